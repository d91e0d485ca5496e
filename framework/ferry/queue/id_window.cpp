#include "ferry/queue/id_window.hpp"

#include <algorithm>
#include <utility>

namespace ferry {

std::vector<std::string> id_window::remember(time_point now, std::string_view id) {
  auto forgotten = std::vector<std::string>{};
  if (max_ids_ == 0)
    return forgotten;
  auto met = ids_.empty() ? now : std::max(now, ids_.back().met);
  if (auto known = places_.find(id); known != places_.end()) {
    known->second->met = met;
    ids_.splice(ids_.end(), ids_, known->second);
    return forgotten;
  }
  ids_.push_back({std::string{id}, met});
  places_.emplace(ids_.back().id, std::prev(ids_.end()));
  while (ids_.size() > max_ids_)
    forgotten.push_back(forget_oldest());
  return forgotten;
}

std::vector<std::string> id_window::expire(time_point now) {
  auto forgotten = std::vector<std::string>{};
  while (!ids_.empty() && *next_expiry() <= now)
    forgotten.push_back(forget_oldest());
  return forgotten;
}

std::optional<time_point> id_window::next_expiry() const {
  if (ids_.empty())
    return std::nullopt;
  return later(ids_.front().met, max_age_);
}

// The key must go before the text that it looks at.
std::string id_window::forget_oldest() {
  auto& oldest = ids_.front();
  places_.erase(oldest.id);
  auto id = std::move(oldest.id);
  ids_.pop_front();
  return id;
}

} // namespace ferry
