#include "ferry/message.hpp"

#include <algorithm>
#include <cassert>

namespace ferry {

payload::payload(std::span<const std::byte> bytes) : size_(bytes.size()) {
  auto copy = std::make_shared_for_overwrite<std::byte[]>(size_);
  std::ranges::copy(bytes, copy.get());
  bytes_ = std::move(copy);
}

message_run split_front(message_run& run, std::uint64_t count) {
  assert(count >= 1 && count <= run.count);
  auto front = run;
  front.count = count;
  run.first = advanced(run.first, count);
  run.count -= count;
  if (run.page)
    run.offset += static_cast<std::uint32_t>(count);
  return front;
}

divided_run divide(message_run run, std::vector<sequence_range> ranges) {
  std::ranges::sort(ranges, {}, &sequence_range::first);
  auto parts = divided_run{};
  for (const auto& range : ranges) {
    auto end = advanced(range.first, range.count);
    if (run.count == 0 || end <= run.first)
      continue;
    if (range.first > run.last())
      break;
    if (range.first > run.first)
      parts.outside.push_back(split_front(run, value_of(range.first) - value_of(run.first)));
    auto length = std::min(run.count, value_of(end) - value_of(run.first));
    parts.inside.push_back(split_front(run, length));
  }
  if (run.count > 0)
    parts.outside.push_back(std::move(run));
  return parts;
}

std::size_t resident_bytes(const message_run& run) noexcept {
  auto total = std::size_t{0};
  for (const auto& item : run.envelopes())
    total += item.body.size();
  return total;
}

bool continues(const message_run& run, const message_run& next) noexcept {
  return run.page == next.page && run.deliveries == next.deliveries
         && advanced(run.first, run.count) == next.first
         && (!run.page || run.offset + run.count == next.offset);
}

} // namespace ferry
