// Whether a group goes on when it lost a child, and when that is started again.

#pragma once

#include "ferry/supervision/supervision_config.hpp"
#include "ferry/time.hpp"

#include <deque>
#include <optional>

namespace ferry {

/// Remembers the recent losses of one group of children.
///
/// Time        Never reads a clock; the caller passes `now`.
/// Errors      None.
/// Threads     One owner at a time; no locking inside.
class restart_strategy {
public:
  explicit restart_strategy(restart_config config) : config_(config) {
  }

  /// Notes that a child of the group ended unexpectedly at `now`. Returns when to
  /// start it again, or `nullopt` when the group lost children more than `intensity`
  /// times within `period` and should be given up. The wait grows with the losses
  /// of the group; whoever wants it per child has `wait_after`.
  /// Range    `random` in [0, 1) spreads the wait
  [[nodiscard]] std::optional<time_point> child_lost(time_point now, double random);

private:
  restart_config config_;
  std::deque<time_point> losses_; // within the last period, oldest first
};

} // namespace ferry
