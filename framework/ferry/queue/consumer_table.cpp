#include "ferry/queue/consumer_table.hpp"

#include <algorithm>
#include <utility>

namespace ferry {

consumer_id consumer_table::add(subscriber item) {
  last_added_ = advanced(last_added_, 1);
  consumers_.emplace(last_added_, account{std::move(item), {}, false});
  return last_added_;
}

void consumer_table::remove(consumer_id consumer) {
  consumers_.erase(consumer);
}

void consumer_table::set_limit(consumer_id consumer, credit limit) {
  if (auto found = consumers_.find(consumer); found != consumers_.end())
    found->second.who.limit = limit;
}

void consumer_table::charge(consumer_id consumer, credit amount) {
  if (auto found = consumers_.find(consumer); found != consumers_.end()) {
    found->second.held.messages += amount.messages;
    found->second.held.bytes += amount.bytes;
  }
}

void consumer_table::refund(consumer_id consumer, credit amount) {
  if (auto found = consumers_.find(consumer); found != consumers_.end()) {
    auto& held = found->second.held;
    held.messages -= std::min(held.messages, amount.messages);
    held.bytes -= std::min(held.bytes, amount.bytes);
  }
}

void consumer_table::hold_back(consumer_id consumer) {
  if (auto found = consumers_.find(consumer); found != consumers_.end())
    found->second.is_held_back = true;
}

void consumer_table::let_go(consumer_id consumer) {
  if (auto found = consumers_.find(consumer); found != consumers_.end())
    found->second.is_held_back = false;
}

bool consumer_table::has_room() const {
  return std::ranges::any_of(consumers_, [](const auto& item) { return has_room(item.second); });
}

std::optional<consumer_id> consumer_table::next() {
  auto at = consumers_.upper_bound(last_served_);
  for (auto seen = std::size_t{0}; seen < consumers_.size(); ++seen, ++at) {
    if (at == consumers_.end())
      at = consumers_.begin();
    if (has_room(at->second))
      return last_served_ = at->first;
  }
  return std::nullopt;
}

credit consumer_table::room(consumer_id consumer) const {
  auto found = consumers_.find(consumer);
  if (found == consumers_.end() || !has_room(found->second))
    return {};
  const auto& limit = found->second.who.limit;
  const auto& held = found->second.held;
  return {limit.messages - held.messages, limit.bytes - std::min(limit.bytes, held.bytes)};
}

std::string consumer_table::name_of(consumer_id consumer) const {
  auto found = consumers_.find(consumer);
  if (found != consumers_.end() && !found->second.who.name.empty())
    return found->second.who.name;
  return "consumer-" + std::to_string(value_of(consumer));
}

std::optional<duration> consumer_table::lease_of(consumer_id consumer) const {
  auto found = consumers_.find(consumer);
  return found == consumers_.end() ? std::nullopt : found->second.who.lease;
}

bool consumer_table::has_room(const account& item) noexcept {
  const auto& limit = item.who.limit;
  return !item.is_held_back && item.held.messages < limit.messages
         && (item.held.bytes < limit.bytes || item.held.messages == 0);
}

} // namespace ferry
