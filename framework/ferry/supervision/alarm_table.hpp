// Many wishes to be woken, one timer.

#pragma once

#include "ferry/time.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace ferry {

/// Keeps at most one alarm per sleeper, and tells the earliest.
///
/// Time        Never reads a clock; the caller passes `now`.
/// Errors      None.
/// Cost        O(log sleepers) per call.
/// Threads     One owner at a time; no locking inside.
class alarm_table {
public:
  using sleeper_id = std::uint64_t;

  // -- modifiers --------------------------------------------------------------

  /// Wakes `sleeper` at `when`, instead of any time that was set before.
  void set(sleeper_id sleeper, time_point when);

  void cancel(sleeper_id sleeper);

  /// Takes out everyone whose time has come at `now`, the earliest first.
  [[nodiscard]] std::vector<sleeper_id> take_due(time_point now);

  // -- properties -------------------------------------------------------------

  /// The earliest alarm, or `nullopt` when everyone sleeps on.
  [[nodiscard]] std::optional<time_point> next() const;

private:
  std::map<sleeper_id, time_point> alarms_;
  std::set<std::pair<time_point, sleeper_id>> by_time_;
};

} // namespace ferry
