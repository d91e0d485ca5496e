// What handlers and callbacks on other threads say, as something to wait for.

#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace ferry::testing {

/// A value that other threads change, until it is as a test wishes.
/// Threads     any
template <class Value>
class watched {
public:
  /// Has `work` change the value.
  template <class Work>
  void change(Work work) {
    auto held = std::lock_guard{mutex_};
    work(value_);
    changed_.notify_all();
  }

  /// Whether `wish` comes true of the value within `limit`.
  template <class Wish>
  [[nodiscard]] bool becomes(Wish wish, std::chrono::nanoseconds limit = std::chrono::minutes{1}) {
    auto held = std::unique_lock{mutex_};
    return changed_.wait_for(held, limit, [&] { return wish(std::as_const(value_)); });
  }

  [[nodiscard]] Value now() const {
    auto held = std::lock_guard{mutex_};
    return value_;
  }

private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Value value_{};
};

} // namespace ferry::testing
