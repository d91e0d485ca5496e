// A process that cannot write to any file, as on a disk that is full or gone.

#pragma once

#include <csignal>
#include <sys/resource.h>

namespace ferry::testing {

/// While it lives, every write to a regular file of this process fails.
class full_disk {
public:
  full_disk() {
    std::signal(SIGXFSZ, SIG_IGN); // the write is to fail, not the process
    ::getrlimit(RLIMIT_FSIZE, &before_);
    auto none = before_;
    none.rlim_cur = 0;
    ::setrlimit(RLIMIT_FSIZE, &none);
  }

  full_disk(const full_disk&) = delete;
  full_disk& operator=(const full_disk&) = delete;

  ~full_disk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
  }

private:
  rlimit before_{};
};

} // namespace ferry::testing
