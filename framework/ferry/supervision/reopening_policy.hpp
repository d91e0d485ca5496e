// When a journal that failed is opened again.

#pragma once

#include "ferry/supervision/restart_strategy.hpp"

#include <optional>
#include <utility>

namespace ferry {

/// Waits longer after each failure, and never gives up: a disk that is full today
/// has room tomorrow. A journal that opens and fails at its first commit is no
/// better than one that does not open, so the waits start over only once it has
/// held for as long as the longest of them.
///
/// Time        Never reads a clock; the caller passes `now`.
/// Errors      None.
/// Threads     One owner at a time; no locking inside.
class reopening_policy {
public:
  explicit reopening_policy(retry_policy backoff = restart_config{}.backoff)
    : backoff_(std::move(backoff)) {
  }

  /// Notes that the journal failed at `now`, or could not be opened. Returns when
  /// to try next.
  /// Range    `random` in [0, 1) spreads the wait
  [[nodiscard]] time_point failed(time_point now, double random);

  /// Notes that the journal was opened at `now`.
  void opened(time_point now);

private:
  retry_policy backoff_;
  std::uint32_t failures_ = 0;          // since it last held
  std::optional<time_point> opened_at_; // `nullopt` until it was opened again
};

} // namespace ferry
