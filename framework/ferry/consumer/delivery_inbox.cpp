#include "ferry/consumer/delivery_inbox.hpp"

#include <algorithm>
#include <utility>

namespace ferry {

void delivery_inbox::add(time_point now, delivered_run item) {
  auto lease = item.deadline - now;
  waiting_.push_back({std::move(item), lease});
}

void delivery_inbox::drop_expired(time_point now) {
  std::erase_if(waiting_, [now](const entry& held) { return held.item.deadline <= now; });
}

std::vector<settlement> delivery_inbox::renew(time_point now) {
  auto renewals = std::vector<settlement>{};
  for (auto& [item, lease] : waiting_)
    if (item.deadline - now <= lease - lease / 4) {
      item.deadline = later(now, lease);
      renewals.push_back({item.first_tag, item.run.count, settle_kind::extend, lease, {}});
    }
  return renewals;
}

delivered_run delivery_inbox::take(std::uint64_t count) {
  auto& front = waiting_.front().item;
  auto part = delivered_run{front.first_tag, {}, front.deadline};
  part.run = split_front(front.run, std::min(front.run.count, count));
  front.first_tag = advanced(front.first_tag, part.run.count);
  if (front.run.count == 0)
    waiting_.pop_front();
  return part;
}

} // namespace ferry
