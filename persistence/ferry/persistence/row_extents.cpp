#include "ferry/persistence/row_extents.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace ferry::persistence {

namespace {

std::uint64_t distance(sequence_number from, sequence_number to) {
  return value_of(to) - value_of(from);
}

// As far as sequences go: a range may be as long as its writer likes.
sequence_number last_of(const sequence_range& rows) {
  auto room = value_of(last_sequence) - std::min(value_of(rows.first), value_of(last_sequence));
  return advanced(rows.first, std::min(rows.count - 1, room));
}

// The last one that begins at `sequence` or before; else the end.
template <class Extents>
auto extent_of(Extents& all, sequence_number sequence) {
  auto behind = std::ranges::upper_bound(all, sequence, {}, &row_extent::first);
  return behind == all.begin() ? all.end() : std::prev(behind);
}

// The first sequence behind the keys of `which`.
template <class Extents, class Place>
sequence_number end_of(const Extents& all, Place which) {
  auto end = advanced(which->first, places_per_extent);
  auto next = std::next(which);
  return next == all.end() ? end : std::min(end, next->first);
}

row_stretch stretch_of(const row_extent& extent, sequence_number first, sequence_number last) {
  return {first,
          {key_of(extent.number, distance(extent.first, first)),
           key_of(extent.number, distance(extent.first, last))}};
}

} // namespace

// -- modifiers ----------------------------------------------------------------

void row_extents::know(queue_id queue, sequence_number first, extent_number number) {
  auto& all = queues_[queue];
  auto behind = std::ranges::upper_bound(all, first, {}, &row_extent::first);
  all.insert(behind, {first, number, places_per_extent});
  newest_ = std::max(newest_, number);
}

void row_extents::recount(const stored_queue& queue) {
  auto& all = queues_[queue.id];
  for (auto& extent : all)
    extent.rows = 0;
  for (const auto& [run, due] : queue.runs)
    for (const auto& stretch : find(queue.id, {run.first, run.count}))
      extent_of(all, stretch.first)->rows += stretch.count();
  for (auto at = all.size(); at > 0; --at)
    end_if_empty(queue.id, all, all.begin() + static_cast<std::ptrdiff_t>(at - 1));
}

std::vector<row_stretch> row_extents::store(queue_id queue, sequence_range rows,
                                            std::uint64_t bytes) {
  auto stored = std::vector<row_stretch>{};
  auto& all = queues_[queue];
  while (rows.count > 0) {
    auto at = place_for(queue, all, rows.first, bytes);
    auto count = std::min(rows.count, distance(rows.first, end_of(all, at)));
    stored.push_back(stretch_of(*at, rows.first, advanced(rows.first, count - 1)));
    at->rows += count;
    rows = {advanced(rows.first, count), rows.count - count};
  }
  return stored;
}

row_extents::place row_extents::place_for(queue_id queue, extents& all, sequence_number first,
                                          std::uint64_t bytes) {
  auto at = extent_of(all, first);
  if (at == all.end() || end_of(all, at) <= first)
    return begin(queue, all, first);
  auto is_last = std::next(at) == all.end();
  auto is_at_the_end = at->number == newest_;
  if (is_last && !is_at_the_end && at->first < first && bytes >= bytes_for_the_end)
    return begin(queue, all, first);
  return at;
}

row_extents::place row_extents::begin(queue_id queue, extents& all, sequence_number first) {
  if (newest_ == last_extent)
    throw std::length_error("no key is left for another message");
  newest_ = advanced(newest_, 1);
  changes_.push_back({queue, first, newest_});
  auto behind = std::ranges::upper_bound(all, first, {}, &row_extent::first);
  auto begun = all.insert(behind, {first, newest_, 0});
  if (begun == all.begin() || std::prev(begun)->rows > 0)
    return begun;
  return end(queue, all, std::prev(begun));
}

row_extents::place row_extents::end(queue_id queue, extents& all, place which) {
  changes_.push_back({queue, which->first, extent_number::none});
  return all.erase(which);
}

void row_extents::end_if_empty(queue_id queue, extents& all, place which) {
  if (which->rows == 0 && std::next(which) != all.end())
    end(queue, all, which);
}

void row_extents::erased(queue_id queue, sequence_number first, std::uint64_t count) {
  auto found = queues_.find(queue);
  if (found == queues_.end())
    return;
  auto at = extent_of(found->second, first);
  if (at == found->second.end())
    return;
  at->rows -= std::min(at->rows, count);
  end_if_empty(queue, found->second, at);
}

std::vector<extent_change> row_extents::take_changes() {
  return std::exchange(changes_, {});
}

// -- properties ---------------------------------------------------------------

std::vector<row_stretch> row_extents::find(queue_id queue, sequence_range rows) const {
  auto stretches = std::vector<row_stretch>{};
  auto found = queues_.find(queue);
  if (found == queues_.end() || rows.count == 0)
    return stretches;
  const auto& all = found->second;
  auto last = last_of(rows);
  auto at = extent_of(all, rows.first);
  for (at = at == all.end() ? all.begin() : at; at != all.end() && at->first <= last; ++at) {
    auto from = std::max(rows.first, at->first);
    auto to = std::min(last, sequence_number{value_of(end_of(all, at)) - 1});
    if (from <= to)
      stretches.push_back(stretch_of(*at, from, to));
  }
  return stretches;
}

} // namespace ferry::persistence
