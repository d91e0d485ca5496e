#include "ferry/queue/unheard_refusals.hpp"

#include <algorithm>
#include <utility>

namespace ferry {

void unheard_refusals::add(const publish_outcome& outcome) {
  for (const auto& item : outcome.refused)
    refused_[outcome.session].insert_or_assign(item.number, item.why);
}

void unheard_refusals::forget_before(session_id session, publish_number oldest) {
  auto found = refused_.find(session);
  if (found == refused_.end())
    return;
  auto& numbers = found->second;
  numbers.erase(numbers.begin(), numbers.lower_bound(oldest));
  if (numbers.empty())
    refused_.erase(found);
}

publish_outcome unheard_refusals::completed(publish_outcome outcome) const {
  auto found = refused_.find(outcome.session);
  if (found == refused_.end())
    return outcome;
  for (const auto& [number, why] : found->second)
    if (number <= outcome.up_to
        && std::ranges::find(outcome.refused, number, &refusal::number) == outcome.refused.end())
      outcome.refused.push_back({number, why});
  std::ranges::sort(outcome.refused, {}, &refusal::number);
  return outcome;
}

} // namespace ferry
