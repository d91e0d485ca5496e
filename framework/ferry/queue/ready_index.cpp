#include "ferry/queue/ready_index.hpp"

#include <algorithm>

namespace ferry {

namespace {

// How many messages from the front of `run` fit; never fewer than one.
std::uint64_t fitting(const message_run& run, std::uint64_t max_messages, std::size_t max_bytes) {
  auto most = std::uint64_t{run.page->fitting(run.offset, max_bytes)};
  return std::max(std::min({run.count, max_messages, most}), std::uint64_t{1});
}

} // namespace

// -- modifiers ----------------------------------------------------------------

void ready_index::add(message_run run) {
  insert(std::move(run));
  shrink(0);
}

void ready_index::put_back(message_run run) {
  insert(std::move(run));
}

std::optional<message_run> ready_index::take(std::uint64_t max_messages, std::size_t max_bytes) {
  if (resident_.empty() || max_messages == 0 || !is_oldest(resident_.begin()))
    return std::nullopt;
  auto node = resident_.extract(resident_.begin());
  auto& rest = node.mapped();
  auto before = memory_bytes(rest);
  auto taken = split_front(rest, fitting(rest, max_messages, max_bytes));
  size_ -= taken.count;
  share_.give_back(before - memory_bytes(rest));
  if (rest.count > 0) {
    node.key() = rest.first;
    resident_.insert(resident_.begin(), std::move(node));
  }
  return taken;
}

records::erase ready_index::load(sequence_number first, sequence_number covered,
                                 std::vector<message_run> found) {
  auto at = from(on_disk_, first);
  if (at == on_disk_.end() || at->first > first)
    return {first, 0, 0}; // what was asked for has left
  auto rest = remove(on_disk_, at);
  if (rest.first < first)
    insert(split_front(rest, value_of(first) - value_of(rest.first)));
  auto replaced = std::min(rest.count, value_of(covered) - value_of(first) + 1);
  auto rows = records::erase{first, replaced, 0};
  auto end = advanced(first, replaced);
  (void)split_front(rest, replaced);
  if (rest.count > 0)
    insert(std::move(rest));
  for (auto& run : found)
    if (run.first < end) {
      auto part = run.last() < end ? std::move(run)
                                   : split_front(run, value_of(end) - value_of(run.first));
      rows.payload_bytes += ferry::resident_bytes(part);
      insert(std::move(part));
    }
  shrink(1);
  return rows;
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
  for (auto* runs : {&resident_, &on_disk_}) {
    auto at = from(*runs, wanted);
    if (at == runs->end() || at->first > wanted)
      continue;
    auto rest = remove(*runs, at);
    if (auto before = value_of(wanted) - value_of(rest.first); before > 0)
      insert(split_front(rest, before));
    auto part = split_front(rest, 1);
    if (rest.count > 0)
      insert(std::move(rest));
    return part;
  }
  return std::nullopt;
}

// -- properties ---------------------------------------------------------------

std::optional<disk_range> ready_index::missing() const {
  if (on_disk_.empty())
    return std::nullopt;
  const auto& run = on_disk_.begin()->second;
  return disk_range{run.first, run.last()};
}

resident_stretch ready_index::ahead(std::uint64_t enough) const {
  auto stretch = resident_stretch{};
  for (auto at = resident_.begin(); at != resident_.end() && is_oldest(at); ++at) {
    stretch.messages += at->second.count;
    stretch.bytes += memory_bytes(at->second);
    if (stretch.messages >= enough)
      break;
  }
  return stretch;
}

bool ready_index::is_oldest(const run_map::const_iterator& resident) const {
  return on_disk_.empty() || resident->first < on_disk_.begin()->first;
}

// -- runs and their bytes -----------------------------------------------------

void ready_index::insert(message_run run) {
  size_ += run.count;
  if (!run.is_resident())
    return insert_on_disk(std::move(run));
  share_.take(memory_bytes(run));
  resident_.emplace_hint(resident_.end(), run.first, std::move(run));
}

void ready_index::insert_on_disk(message_run run) {
  spilled_ += run.count;
  auto next = on_disk_.lower_bound(run.first);
  if (next != on_disk_.end() && continues(run, next->second)) {
    run.count += next->second.count;
    next = on_disk_.erase(next);
  }
  if (next != on_disk_.begin())
    if (auto& before = std::prev(next)->second; continues(before, run)) {
      before.count += run.count;
      return;
    }
  on_disk_.emplace_hint(next, run.first, std::move(run));
}

message_run ready_index::remove(run_map& runs, run_map::const_iterator at) {
  auto run = std::move(runs.extract(at).mapped());
  size_ -= run.count;
  spilled_ -= run.is_resident() ? 0 : run.count;
  share_.give_back(memory_bytes(run));
  return run;
}

// Gives pages up until the share is kept, but for the oldest `least_runs`.
void ready_index::shrink(std::size_t least_runs) {
  while (backing_ == backing::disk && resident_.size() > least_runs && share_.excess() > 0) {
    auto run = remove(resident_, std::prev(resident_.end()));
    run.page.reset();
    run.offset = 0;
    insert(std::move(run));
  }
}

} // namespace ferry
