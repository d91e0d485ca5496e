// How rows that arrive one by one become runs.

#pragma once

#include "ferry/persistence/journal.hpp"

#include <utility>
#include <vector>

namespace ferry::persistence {

/// Lengthens the last run by `next` where it continues it, or opens another run.
inline void append_run(std::vector<message_run>& runs, message_run next) {
  if (!runs.empty() && continues(runs.back(), next))
    runs.back().count += next.count;
  else
    runs.push_back(std::move(next));
}

/// As above; rows that are due at different instants never share a run.
inline void append_run(std::vector<stored_run>& runs, stored_run next) {
  if (!runs.empty() && runs.back().due == next.due && continues(runs.back().run, next.run))
    runs.back().run.count += next.run.count;
  else
    runs.push_back(std::move(next));
}

} // namespace ferry::persistence
