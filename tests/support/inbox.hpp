// Where callbacks of other threads leave what they were told, for the test to read.

#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <utility>

namespace ferry::testing {

template <class T>
class inbox {
public:
  void put(T item) {
    auto lock = std::lock_guard{mutex_};
    items_.push_back(std::move(item));
    changed_.notify_all();
  }

  /// The oldest item; waits for it for at most 20 s.
  [[nodiscard]] T take() {
    auto lock = std::unique_lock{mutex_};
    if (!changed_.wait_for(lock, std::chrono::seconds{20}, [this] { return !items_.empty(); }))
      throw std::runtime_error("nothing came in time");
    auto first = std::move(items_.front());
    items_.pop_front();
    return first;
  }

  [[nodiscard]] std::size_t size() const {
    auto lock = std::lock_guard{mutex_};
    return items_.size();
  }

private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<T> items_;
};

} // namespace ferry::testing
