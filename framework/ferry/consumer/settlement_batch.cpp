#include "ferry/consumer/settlement_batch.hpp"

namespace ferry {

namespace {

// Nacks that leave the wait to the policy stay apart, because each of them is to
// draw a jitter of its own.
bool continues(const settlement& before, const settlement& item) {
  return (item.kind != settle_kind::nack || item.delay)
         && advanced(before.first, before.count) == item.first && before.kind == item.kind
         && before.delay == item.delay && before.due == item.due && before.retry == item.retry
         && before.reason == item.reason;
}

} // namespace

void settlement_batch::add(settlement item) {
  if (!items_.empty() && continues(items_.back(), item))
    items_.back().count += item.count;
  else
    items_.push_back(std::move(item));
}

} // namespace ferry
