// Instants and durations as the cores see them. Nothing here can tell the time:
// the shells read a clock and pass `now`.

#pragma once

#include <chrono>
#include <cstdint>

namespace ferry {

using duration = std::chrono::nanoseconds;

/// Counts nanoseconds since the Unix epoch, so that a due time still means the
/// same after a restart. It has no `now()` on purpose.
struct timeline {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = ferry::duration;
  using time_point = std::chrono::time_point<timeline>;
  static constexpr bool is_steady = false;
};

using time_point = timeline::time_point;

/// No deadline, no due time: later than every instant that a clock can show.
inline constexpr auto never = time_point::max();

/// `start + wait`, or `never` where the sum would not fit.
[[nodiscard]] constexpr time_point later(time_point start, duration wait) noexcept {
  if (wait.count() > 0 && start > never - wait)
    return never;
  return start + wait;
}

/// The integer that crosses a boundary: nanoseconds since the Unix epoch.
[[nodiscard]] constexpr std::int64_t to_ns(time_point instant) noexcept {
  return instant.time_since_epoch().count();
}

[[nodiscard]] constexpr time_point from_ns(std::int64_t since_epoch_ns) noexcept {
  return time_point{duration{since_epoch_ns}};
}

} // namespace ferry
