#include "ferry/consumer/delivery_inbox.hpp"

#include <algorithm>
#include <utility>

namespace ferry {

void delivery_inbox::add(delivered_run item) {
  waiting_.push_back(std::move(item));
}

void delivery_inbox::drop_expired(time_point now) {
  std::erase_if(waiting_, [now](const delivered_run& held) { return held.deadline <= now; });
}

std::vector<settlement> delivery_inbox::renew(time_point now) {
  auto renewals = std::vector<settlement>{};
  for (auto& item : waiting_) {
    auto renewed = std::min(later(now, item.lease), item.limit);
    if (item.deadline - now > item.lease - item.lease / 4 || renewed <= item.deadline)
      continue;
    item.deadline = renewed;
    renewals.push_back({item.first_tag, item.run.count, settle_kind::extend, item.lease, {}});
  }
  return renewals;
}

delivered_run delivery_inbox::take(std::uint64_t count) {
  auto& front = waiting_.front();
  auto part = front;
  part.run = split_front(front.run, std::min(front.run.count, count));
  front.first_tag = advanced(front.first_tag, part.run.count);
  if (front.run.count == 0)
    waiting_.pop_front();
  return part;
}

} // namespace ferry
