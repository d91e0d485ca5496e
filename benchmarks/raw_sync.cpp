#include "raw_sync.hpp"

#include "scenario.hpp"

#include <algorithm>
#include <array>

#include <fcntl.h>
#include <unistd.h>

namespace ferry::benchmarks {

namespace {

constexpr auto syncs = std::size_t{51};

/// A file that is gone afterwards.
class probe_file {
public:
  explicit probe_file(const std::filesystem::path& folder)
    : path_(folder / "sync_probe"),
      file_(::open(path_.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600)) {
    if (file_ < 0)
      throw wrong_run("cannot write to " + folder.string());
  }

  probe_file(const probe_file&) = delete;
  probe_file& operator=(const probe_file&) = delete;

  ~probe_file() {
    ::close(file_);
    auto ignored = std::error_code{};
    std::filesystem::remove(path_, ignored);
  }

  void append_and_sync() {
    if (::write(file_, block_.data(), block_.size()) < 0 || ::fdatasync(file_) != 0)
      throw wrong_run("cannot sync " + path_.string());
  }

private:
  std::filesystem::path path_;
  int file_;
  std::array<char, 4096> block_{};
};

} // namespace

std::chrono::nanoseconds raw_sync_time(const std::filesystem::path& folder) {
  auto file = probe_file{folder};
  auto times = std::array<std::chrono::nanoseconds, syncs>{};
  for (auto& time : times) {
    auto before = steady::now();
    file.append_and_sync();
    time = steady::now() - before;
  }
  std::ranges::sort(times);
  return times[syncs / 2];
}

} // namespace ferry::benchmarks
