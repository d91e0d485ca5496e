#include "ferry/queue/ready_index.hpp"

#include <algorithm>
#include <iterator>

namespace ferry {

namespace {

// How many messages from the front of `run` fit; never fewer than one.
std::uint64_t fitting(const message_run& run, std::uint64_t max_messages, std::size_t max_bytes) {
  auto count = std::uint64_t{1};
  auto bytes = run.envelopes().front().body.size();
  for (const auto& item : run.envelopes().subspan(1)) {
    bytes += item.body.size();
    if (count == max_messages || bytes > max_bytes)
      break;
    ++count;
  }
  return count;
}

void forget_page(message_run& run) {
  run.page.reset();
  run.offset = 0;
}

} // namespace

void ready_index::add(message_run run) {
  if (run.is_resident() && budget_ != SIZE_MAX
      && resident_bytes_ + ferry::resident_bytes(run) > budget_)
    forget_page(run);
  insert(std::move(run));
}

std::optional<message_run> ready_index::take(std::uint64_t max_messages, std::size_t max_bytes) {
  if (runs_.empty() || !runs_.begin()->second.is_resident() || max_messages == 0)
    return std::nullopt;
  auto node = runs_.extract(runs_.begin());
  auto& rest = node.mapped();
  auto taken = split_front(rest, fitting(rest, max_messages, max_bytes));
  size_ -= taken.count;
  resident_bytes_ -= ferry::resident_bytes(taken);
  if (rest.count > 0) {
    node.key() = rest.first;
    runs_.insert(runs_.begin(), std::move(node));
  }
  return taken;
}

void ready_index::load(sequence_number first, sequence_number covered,
                       std::vector<message_run> found) {
  auto at = runs_.find(first);
  if (at == runs_.end() || at->second.is_resident())
    return; // not what was asked for: the answer is out of date
  auto rest = std::move(at->second);
  runs_.erase(at);
  auto replaced = std::min(rest.count, value_of(covered) - value_of(first) + 1);
  size_ -= rest.count;
  auto end = advanced(rest.first, replaced);
  (void)split_front(rest, replaced);
  if (rest.count > 0)
    insert(std::move(rest));
  for (auto& run : found)
    if (run.first < end)
      insert(run.last() < end ? std::move(run)
                              : split_front(run, value_of(end) - value_of(run.first)));
}

std::vector<message_run> ready_index::take(std::span<const sequence_number> wanted) {
  auto taken = std::vector<message_run>{};
  for (auto sequence : wanted)
    if (auto run = take(sequence))
      taken.push_back(std::move(*run));
  return taken;
}

// Cuts the message out of its run; what lies before and after it stays ready.
std::optional<message_run> ready_index::take(sequence_number wanted) {
  auto at = runs_.upper_bound(wanted);
  if (at == runs_.begin() || (--at)->second.last() < wanted)
    return std::nullopt;
  auto rest = std::move(at->second);
  runs_.erase(at);
  auto first = rest.first;
  if (auto before = value_of(wanted) - value_of(first); before > 0)
    runs_.emplace(first, split_front(rest, before));
  auto part = split_front(rest, 1);
  if (rest.count > 0)
    runs_.emplace(rest.first, std::move(rest));
  size_ -= 1;
  resident_bytes_ -= ferry::resident_bytes(part);
  return part;
}

std::optional<disk_range> ready_index::missing() const {
  if (runs_.empty() || runs_.begin()->second.is_resident())
    return std::nullopt;
  const auto& run = runs_.begin()->second;
  return disk_range{run.first, run.last()};
}

void ready_index::insert(message_run run) {
  size_ += run.count;
  resident_bytes_ += ferry::resident_bytes(run);
  auto next = runs_.lower_bound(run.first);
  if (next != runs_.begin() && !run.is_resident()) {
    auto& before = std::prev(next)->second;
    if (continues(before, run)) {
      before.count += run.count;
      return;
    }
  }
  runs_.emplace_hint(next, run.first, std::move(run));
}

} // namespace ferry
