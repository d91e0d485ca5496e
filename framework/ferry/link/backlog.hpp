// How much may wait for a peer that reads slowly, or not at all.

#pragma once

#include <cstddef>

namespace ferry {

/// Tells when those who cause long letters are to wait, and when they may go on: a peer
/// that asks for much and reads little must not cost memory without bound.
///
/// Errors      None.
/// Threads     One owner at a time; no locking inside.
class backlog {
public:
  /// Full from a weight of `limit` bytes on, until less than half of them are left.
  explicit backlog(std::size_t limit) : limit_(limit) {
  }

  // -- modifiers --------------------------------------------------------------

  /// Notes that so much waits now; true: whether it is full has changed.
  [[nodiscard]] bool note(std::size_t weight) noexcept {
    auto was_full = is_full_;
    is_full_ = weight >= (is_full_ ? limit_ / 2 : limit_);
    return is_full_ != was_full;
  }

  // -- properties -------------------------------------------------------------

  [[nodiscard]] bool is_full() const noexcept {
    return is_full_;
  }

private:
  std::size_t limit_;
  bool is_full_ = false;
};

} // namespace ferry
