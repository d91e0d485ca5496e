#include "ferry/queue/held_producers.hpp"

namespace ferry {

std::optional<session_id> held_producers::add(held_producer item) {
  if (!waiting_.insert(item.session).second)
    return std::nullopt;
  order_.push_back(item);
  return order_.size() > most_ ? std::optional{take()} : std::nullopt;
}

session_id held_producers::take() {
  auto session = order_.front().session;
  order_.pop_front();
  waiting_.erase(session);
  return session;
}

} // namespace ferry
