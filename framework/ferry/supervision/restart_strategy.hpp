// Whether a lost child is started again, and when.

#pragma once

#include "ferry/retry/retry_policy.hpp"
#include "ferry/time.hpp"

#include <cstdint>
#include <deque>
#include <optional>

namespace ferry {

/// How a supervisor treats its children. The words and the intensity are those
/// of Erlang/OTP's supervisors, the back-off is Pekko's.
struct restart_config {
  std::uint32_t intensity = 3;               // restarts allowed within `period`
  duration period = std::chrono::seconds{5};
  retry_policy backoff{retry_growth::exponential, std::chrono::milliseconds{200},
                       std::chrono::seconds{30}, 2.0, 0.2};
};

/// Remembers the recent losses of one child.
///
/// Time        Never reads a clock; the caller passes `now`.
/// Errors      None.
/// Threads     One owner at a time; no locking inside.
class restart_strategy {
public:
  explicit restart_strategy(restart_config config) : config_(config) {
  }

  /// Notes that the child ended unexpectedly at `now`. Returns when to start it
  /// again, or `nullopt` when it was lost more than `intensity` times within
  /// `period` and should be given up.
  /// Range    `random` in [0, 1) spreads the wait
  [[nodiscard]] std::optional<time_point> child_lost(time_point now, double random);

private:
  restart_config config_;
  std::deque<time_point> losses_; // within the last period, oldest first
};

} // namespace ferry
