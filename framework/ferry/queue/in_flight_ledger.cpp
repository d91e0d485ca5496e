#include "ferry/queue/in_flight_ledger.hpp"

#include <algorithm>
#include <iterator>

namespace ferry {

namespace {

// The counter below the epoch starts at 1, so that tag 0 never exists. Epochs meet
// again after 2^24 openings, when no delivery of the first round can be left.
delivery_tag first_tag_of(epoch opened) {
  return delivery_tag{(std::uint64_t{value_of(opened)} << 40) + 1};
}

} // namespace

in_flight_ledger::in_flight_ledger(epoch opened, duration longest)
  : next_tag_(first_tag_of(opened)),
    longest_(longest) {
}

delivery_tag in_flight_ledger::open(time_point now, consumer_id holder, message_run run,
                                    duration term) {
  auto tag = next_tag_;
  next_tag_ = advanced(tag, run.count);
  insert({tag, holder, std::move(run), later(now, std::min(term, longest_)), now, term});
  return tag;
}

std::vector<lease> in_flight_ledger::close(consumer_id holder, delivery_tag first,
                                           std::uint64_t count) {
  auto ended = std::vector<lease>{};
  auto end = advanced(first, std::min(count, UINT64_MAX - value_of(first)));
  auto at = leases_.upper_bound(first);
  if (at != leases_.begin())
    --at;
  while (at != leases_.end() && at->first < end) {
    auto current = at++;
    auto from = std::max(first, current->first);
    auto until = std::min(end, advanced(current->first, current->second.run.count));
    if (from < until && current->second.holder == holder)
      ended.push_back(carve(current, from, value_of(until) - value_of(from)));
  }
  return ended;
}

std::uint64_t in_flight_ledger::extend(time_point now, consumer_id holder, delivery_tag first,
                                       std::uint64_t count, std::optional<duration> term) {
  auto extended = std::uint64_t{0};
  for (auto& item : close(holder, first, count)) {
    extended += item.run.count;
    item.deadline = std::min(later(now, term.value_or(item.term)), later(item.opened, longest_));
    insert(std::move(item));
  }
  return extended;
}

std::vector<lease> in_flight_ledger::keep(consumer_id holder, delivery_tag first,
                                          std::uint64_t count) {
  auto kept = close(holder, first, count);
  for (auto& item : kept) {
    item.is_kept = true;
    insert(item);
  }
  return kept;
}

std::vector<lease> in_flight_ledger::expire(time_point now) {
  auto ended = std::vector<lease>{};
  while (!deadlines_.empty() && deadlines_.begin()->first <= now)
    ended.push_back(remove(leases_.find(deadlines_.begin()->second)));
  return ended;
}

std::vector<lease> in_flight_ledger::release(consumer_id holder) {
  auto ended = std::vector<lease>{};
  for (auto at = leases_.begin(); at != leases_.end();) {
    auto current = at++;
    if (current->second.holder == holder)
      ended.push_back(remove(current));
  }
  return ended;
}

std::optional<time_point> in_flight_ledger::next_deadline() const {
  if (deadlines_.empty())
    return std::nullopt;
  return deadlines_.begin()->first;
}

void in_flight_ledger::insert(lease item) {
  size_ += item.run.count;
  deadlines_.emplace(item.deadline, item.first_tag);
  leases_.emplace(item.first_tag, std::move(item));
}

lease in_flight_ledger::remove(lease_map::iterator at) {
  auto node = leases_.extract(at);
  auto& item = node.mapped();
  size_ -= item.run.count;
  deadlines_.erase({item.deadline, item.first_tag});
  return std::move(item);
}

// Takes a part out of a lease; what lies before and after it stays leased.
lease in_flight_ledger::carve(lease_map::iterator at, delivery_tag first, std::uint64_t count) {
  auto rest = remove(at);
  auto part = rest;
  auto before = value_of(first) - value_of(rest.first_tag);
  if (before > 0)
    insert({rest.first_tag, rest.holder, split_front(rest.run, before), rest.deadline, rest.opened,
            rest.term, rest.is_kept});
  part.first_tag = first;
  part.run = split_front(rest.run, count);
  if (rest.run.count > 0)
    insert({advanced(first, count), rest.holder, std::move(rest.run), rest.deadline, rest.opened,
            rest.term, rest.is_kept});
  return part;
}

} // namespace ferry
