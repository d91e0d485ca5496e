#include "ferry/consumer/delivery_inbox.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace ferry {

delivered_run split_front(delivered_run& item, std::uint64_t count) {
  auto part = item;
  part.run = split_front(item.run, count);
  item.first_tag = advanced(item.first_tag, count);
  return part;
}

std::optional<std::pair<std::vector<delivered_run>, std::vector<delivered_run>>>
halves_of(std::vector<delivered_run> runs) {
  if (runs.size() == 1 && runs.front().run.count > 1) {
    auto front = split_front(runs.front(), runs.front().run.count / 2);
    return std::pair{std::vector{std::move(front)}, std::move(runs)};
  }
  if (runs.size() < 2)
    return std::nullopt;
  auto middle = runs.begin() + static_cast<std::ptrdiff_t>(runs.size() / 2);
  auto rest = std::vector<delivered_run>(std::make_move_iterator(middle),
                                         std::make_move_iterator(runs.end()));
  runs.erase(middle, runs.end());
  return std::pair{std::move(runs), std::move(rest)};
}

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
  auto part = split_front(front, std::min(front.run.count, count));
  if (front.run.count == 0)
    waiting_.pop_front();
  return part;
}

} // namespace ferry
