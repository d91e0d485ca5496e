#include "ferry/queue/deduplication_window.hpp"

#include <algorithm>

namespace ferry {

std::vector<session_id> deduplication_window::remember(time_point now, session_id session,
                                                       publish_number up_to) {
  auto when = by_use_.empty() ? now : std::max(now, by_use_.rbegin()->second.when);
  auto& known = sessions_[session];
  by_use_.erase(known.use);
  known = {std::max(known.up_to, up_to), ++uses_};
  by_use_.emplace(known.use, session_use{session, when});
  auto forgotten = std::vector<session_id>{};
  while (sessions_.size() > max_sessions_)
    forgotten.push_back(forget_oldest());
  return forgotten;
}

std::vector<session_id> deduplication_window::expire(time_point now) {
  auto forgotten = std::vector<session_id>{};
  while (!by_use_.empty() && *next_expiry() <= now)
    forgotten.push_back(forget_oldest());
  return forgotten;
}

std::optional<time_point> deduplication_window::next_expiry() const {
  if (by_use_.empty())
    return std::nullopt;
  return later(by_use_.begin()->second.when, max_age_);
}

session_id deduplication_window::forget_oldest() {
  auto session = by_use_.begin()->second.session;
  by_use_.erase(by_use_.begin());
  sessions_.erase(session);
  return session;
}

publish_verdict deduplication_window::judge(session_id session, publish_number oldest,
                                            publish_number first, std::uint64_t count) const {
  auto found = sessions_.find(session);
  auto stored = found == sessions_.end() ? publish_number::none : found->second.up_to;
  auto expected = std::max(oldest, advanced(stored, 1));
  if (first > expected)
    return {0, expected};
  return {std::min(count, value_of(expected) - value_of(first)), publish_number::none};
}

} // namespace ferry
