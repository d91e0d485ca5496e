#include "ferry/queue/refused_publishes.hpp"

namespace ferry {

void refused_publishes::add(session_id session, publish_number number) {
  refused_[session].insert(number);
}

void refused_publishes::forget_before(session_id session, publish_number oldest) {
  auto found = refused_.find(session);
  if (found == refused_.end())
    return;
  auto& numbers = found->second;
  numbers.erase(numbers.begin(), numbers.lower_bound(oldest));
  if (numbers.empty())
    refused_.erase(found);
}

void refused_publishes::forget(session_id session) {
  refused_.erase(session);
}

bool refused_publishes::contains(session_id session, publish_number number) const {
  auto found = refused_.find(session);
  return found != refused_.end() && found->second.contains(number);
}

} // namespace ferry
