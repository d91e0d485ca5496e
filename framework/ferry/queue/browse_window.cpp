#include "ferry/queue/browse_window.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace ferry {

namespace {

bool filters_by_time(const browse_query& query) {
  return query.published_from != time_point{} || query.published_to != never;
}

// Only the payload's row tells when it was published, so a filter by time has to
// look at more than it shows; how much is bounded.
std::uint64_t messages_to_look_at(const browse_query& query) {
  return filters_by_time(query) ? longest_browse : query.limit;
}

browsed_run part_of(const browsed_run& item, sequence_number first, std::uint64_t count) {
  auto part = item;
  if (first > item.run.first)
    (void)split_front(part.run, value_of(first) - value_of(item.run.first));
  part.run = split_front(part.run, count);
  return part;
}

} // namespace

browse_window::browse_window(const browse_query& query)
  : query_(query),
    most_(messages_to_look_at(query)) {
  std::ranges::sort(query_.sequences);
  auto twice = std::ranges::unique(query_.sequences);
  query_.sequences.erase(twice.begin(), twice.end());
}

void browse_window::add(const browsed_run& item) {
  if (!wants(item.state) || item.run.last() < first())
    return;
  if (!query_.sequences.empty())
    return keep_listed(item);
  auto begin = std::max(item.run.first, first());
  auto count = value_of(item.run.last()) - value_of(begin) + 1;
  is_cut_ = is_cut_ || count > most_;
  keep(part_of(item, begin, std::min(count, most_)));
}

void browse_window::keep_listed(const browsed_run& item) {
  auto at = std::ranges::lower_bound(query_.sequences, std::max(item.run.first, first()));
  for (; at != query_.sequences.end() && *at <= item.run.last(); ++at)
    keep(part_of(item, *at, 1));
}

void browse_window::keep(browsed_run item) {
  if (is_full_before(item.run.first)) {
    is_cut_ = true;
    return;
  }
  size_ += item.run.count;
  auto first = item.run.first;
  kept_.emplace(first, std::move(item));
  shorten();
}

void browse_window::shorten() {
  while (size_ > most_) {
    is_cut_ = true;
    auto last = std::prev(kept_.end());
    auto& run = last->second.run;
    auto surplus = std::min(size_ - most_, run.count);
    size_ -= surplus;
    if (surplus == run.count)
      kept_.erase(last);
    else
      run = split_front(run, run.count - surplus);
  }
}

browse_view browse_window::take(sequence_number newest) {
  auto view = browse_view{{}, is_cut_, newest};
  for (auto& [first, item] : kept_)
    view.runs.push_back(std::move(item));
  kept_.clear();
  return view;
}

sequence_number browse_window::first() const noexcept {
  auto begin = advanced(query_.after, 1);
  return query_.sequences.empty() ? begin : std::max(begin, query_.sequences.front());
}

bool browse_window::ends_before(sequence_number sequence) const noexcept {
  auto is_beyond_list = !query_.sequences.empty() && sequence > query_.sequences.back();
  return is_beyond_list || is_full_before(sequence);
}

bool browse_window::is_full_before(sequence_number sequence) const noexcept {
  return size_ == most_ && sequence > kept_.rbegin()->second.run.last();
}

} // namespace ferry
