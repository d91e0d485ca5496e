// Processes that are there before they are needed: whoever measures has threads, and a
// process with threads must not fork.

#pragma once

#include "scenario.hpp"

#include <array>
#include <cstdint>
#include <utility>

#include <csignal>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ferry::benchmarks {

/// A process that waits for a number, works with it, and says numbers. It is killed when
/// the object goes away.
/// Expects   a process without threads: it is made before the first actor system
class standby {
public:
  /// What the process says goes to the object's `listen`.
  class voice {
  public:
    explicit voice(int pipe) : pipe_(pipe) {
    }

    void say(std::int64_t number) const {
      if (::write(pipe_, &number, sizeof number) != sizeof number)
        ::_exit(1);
    }

  private:
    int pipe_;
  };

  /// Starts a process in which `work(number, voice)` runs once it is called; it must not
  /// return.
  template <class Work>
  explicit standby(Work work) {
    if (::pipe(said_.data()) != 0 || ::pipe(asked_.data()) != 0)
      throw wrong_run("no pipe to a process of its own");
    process_ = ::fork();
    if (process_ == 0)
      run(std::move(work));
    ::close(said_[1]);
    ::close(asked_[0]);
  }

  standby(const standby&) = delete;
  standby& operator=(const standby&) = delete;

  ~standby() {
    end();
    ::close(asked_[1]);
    ::close(said_[0]);
  }

  void call(std::int64_t number) {
    if (::write(asked_[1], &number, sizeof number) != sizeof number)
      throw wrong_run("a process of its own does not listen");
  }

  /// The next number that the process says.
  [[nodiscard]] std::int64_t listen() {
    auto number = std::int64_t{0};
    if (::read(said_[0], &number, sizeof number) != sizeof number)
      throw wrong_run("a process of its own has ended");
    return number;
  }

  void send(int signal) const {
    if (process_ > 0)
      ::kill(process_, signal);
  }

  /// Kills it, and waits until it is gone.
  void end() {
    send(SIGKILL);
    if (auto process = std::exchange(process_, 0); process > 0)
      ::waitpid(process, nullptr, 0);
  }

private:
  template <class Work>
  [[noreturn]] void run(Work work) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL); // whoever measures may be killed itself
    ::close(said_[0]);
    ::close(asked_[1]);
    auto number = std::int64_t{0};
    if (::read(asked_[0], &number, sizeof number) == sizeof number)
      work(number, voice{said_[1]});
    ::_exit(0);
  }

  std::array<int, 2> said_{};
  std::array<int, 2> asked_{};
  ::pid_t process_ = 0;
};

} // namespace ferry::benchmarks
