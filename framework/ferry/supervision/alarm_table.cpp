#include "ferry/supervision/alarm_table.hpp"

namespace ferry {

void alarm_table::set(sleeper_id sleeper, time_point when) {
  cancel(sleeper);
  alarms_.emplace(sleeper, when);
  by_time_.emplace(when, sleeper);
}

void alarm_table::cancel(sleeper_id sleeper) {
  auto found = alarms_.find(sleeper);
  if (found == alarms_.end())
    return;
  by_time_.erase({found->second, sleeper});
  alarms_.erase(found);
}

std::vector<alarm_table::sleeper_id> alarm_table::take_due(time_point now) {
  auto due = std::vector<sleeper_id>{};
  while (!by_time_.empty() && by_time_.begin()->first <= now) {
    due.push_back(by_time_.begin()->second);
    cancel(due.back());
  }
  return due;
}

std::optional<time_point> alarm_table::next() const {
  if (by_time_.empty())
    return std::nullopt;
  return by_time_.begin()->first;
}

} // namespace ferry
