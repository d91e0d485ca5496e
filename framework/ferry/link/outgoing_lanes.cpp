#include "ferry/link/outgoing_lanes.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace ferry {

void outgoing_lanes::add(letter item) {
  weight_ += weight_of(item);
  lanes_[item.lane].push_back({std::move(item.bytes), 0});
}

void outgoing_lanes::write(std::vector<char>& out, std::size_t enough) {
  while (!lanes_.empty() && out.size() < enough) {
    auto lane = next_lane();
    if (lane->first != lane_id::none) // the link's own words take nobody's turn
      last_ = lane->first;
    write_turn(lane, out);
  }
}

outgoing_lanes::lane_map::iterator outgoing_lanes::next_lane() {
  if (lanes_.begin()->first == lane_id::none)
    return lanes_.begin();
  auto next = lanes_.upper_bound(last_);
  for (;; ++next) {
    if (next == lanes_.end())
      next = lanes_.begin();
    if (may_go(next->second.front()))
      return next; // there is one: where none else may, those that were begun may
  }
}

bool outgoing_lanes::may_go(const waiting_letter& item) const noexcept {
  return !item.is_long() || item.written > 0 || begun_bytes_ == 0
         || (item.bytes.size() <= most_begun_ && begun_bytes_ <= most_begun_ - item.bytes.size());
}

// Short letters share a turn, so that a lane of many is not slower than one of few.
void outgoing_lanes::write_turn(lane_map::iterator lane, std::vector<char>& out) {
  auto& letters = lane->second;
  auto end = out.size() + part_bytes;
  do
    write_part(lane, out);
  while (!letters.empty() && out.size() + frame_header_bytes + letters.front().rest() <= end);
  if (letters.empty())
    lanes_.erase(lane);
}

void outgoing_lanes::write_part(lane_map::iterator lane, std::vector<char>& out) {
  auto& item = lane->second.front();
  auto size = std::min(most_in_a_part, item.rest());
  auto is_last = size == item.rest();
  auto header = to_bytes({static_cast<std::uint32_t>(size), lane->first, is_last});
  auto begin = item.bytes.begin() + static_cast<std::ptrdiff_t>(item.written);
  out.insert(out.end(), header.begin(), header.end());
  out.insert(out.end(), begin, begin + static_cast<std::ptrdiff_t>(size));
  if (item.is_long() && item.written == 0)
    begun_bytes_ += item.bytes.size();
  if (item.is_long() && is_last)
    begun_bytes_ -= item.bytes.size();
  item.written += size;
  weight_ -= size;
  if (!is_last)
    return;
  weight_ -= letter_overhead;
  lane->second.pop_front();
}

} // namespace ferry
