// How much of what a peer sent may wait for an answer.

#pragma once

#include <algorithm>
#include <cstddef>

namespace ferry {

/// Stops the reading of a stream while too much of what came is not answered, so that a
/// peer that sends without regard for credit fills its own memory and not ours: the
/// system's buffers fill up, and its writes wait (as TCP's window does it).
///
/// Errors      None.
/// Threads     One owner at a time; no locking inside.
class intake {
public:
  /// Stops at `limit` bytes, and goes on below half of them.
  explicit intake(std::size_t limit) : limit_(limit) {
  }

  // -- modifiers --------------------------------------------------------------

  /// Notes that `bytes` came; true: stop reading now.
  [[nodiscard]] bool take(std::size_t bytes) noexcept {
    unanswered_ += bytes;
    if (is_stopped_ || unanswered_ < limit_)
      return false;
    is_stopped_ = true;
    return true;
  }

  /// Notes that `bytes` of them are answered; true: read on now.
  [[nodiscard]] bool answer(std::size_t bytes) noexcept {
    unanswered_ -= std::min(unanswered_, bytes);
    if (!is_stopped_ || unanswered_ >= limit_ / 2)
      return false;
    is_stopped_ = false;
    return true;
  }

  // -- properties -------------------------------------------------------------

  [[nodiscard]] bool is_stopped() const noexcept {
    return is_stopped_;
  }

private:
  std::size_t limit_;
  std::size_t unanswered_ = 0;
  bool is_stopped_ = false;
};

} // namespace ferry
