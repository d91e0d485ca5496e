#include "ferry/queue/deduplication_window.hpp"

#include <algorithm>

namespace ferry {

std::vector<session_id> deduplication_window::remember(session_id session, publish_number up_to) {
  auto& known = sessions_[session];
  by_use_.erase(known.used);
  known = {std::max(known.up_to, up_to), ++uses_};
  by_use_.emplace(known.used, session);
  auto forgotten = std::vector<session_id>{};
  while (sessions_.size() > max_sessions_) {
    auto oldest = by_use_.begin();
    forgotten.push_back(oldest->second);
    sessions_.erase(oldest->second);
    by_use_.erase(oldest);
  }
  return forgotten;
}

publish_verdict deduplication_window::judge(session_id session, publish_number oldest,
                                            publish_number first, std::uint64_t count) const {
  auto found = sessions_.find(session);
  auto expected = found == sessions_.end() ? oldest : advanced(found->second.up_to, 1);
  if (first > expected)
    return {0, expected};
  return {std::min(count, value_of(expected) - value_of(first)), publish_number::none};
}

} // namespace ferry
