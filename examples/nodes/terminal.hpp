// A program in a terminal: a line of output per event, and an end by Ctrl-C.

#pragma once

#include "ferry/broker.hpp"

#include <chrono>
#include <csignal>
#include <ctime>
#include <iostream>
#include <string>
#include <syncstream>

namespace nodes {

/// Prints a line, whole and at once.
/// Threads  any
inline void say(const std::string& text) {
  std::osyncstream{std::cout} << text << std::endl;
}

/// SIGINT and SIGTERM, as something to wait for.
/// Lifetime  made before there are other threads, so that no thread takes a signal
class stop_signals {
public:
  stop_signals() {
    ::sigemptyset(&signals_);
    ::sigaddset(&signals_, SIGINT);
    ::sigaddset(&signals_, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  }

  /// Waits for a signal, at most for `limit`; tells whether there was one, and from
  /// then on says so at once.
  [[nodiscard]] bool wait_for(std::chrono::nanoseconds limit) {
    auto seconds = std::chrono::duration_cast<std::chrono::seconds>(limit);
    auto rest = ::timespec{seconds.count(), (limit - seconds).count()};
    if (!came_)
      came_ = ::sigtimedwait(&signals_, nullptr, &rest) > 0;
    return came_;
  }

  void wait() {
    while (!wait_for(std::chrono::hours{1}))
      continue;
  }

private:
  ::sigset_t signals_{};
  bool came_ = false;
};

/// Runs a program until it ends by itself or by a signal; returns its exit status. A
/// broker that cannot be reached yet is tried again.
template <class Run>
[[nodiscard]] int run_until_stopped(Run run) {
  auto stop = stop_signals{};
  for (;;) {
    try {
      run(stop);
      return 0;
    } catch (const ferry::failure& mistake) {
      say(mistake.what());
      if (mistake.why().code != ferry::errc::disconnected)
        return 1;
      if (stop.wait_for(std::chrono::seconds{1}))
        return 0;
    }
  }
}

} // namespace nodes
