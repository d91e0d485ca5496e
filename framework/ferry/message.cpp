#include "ferry/message.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace ferry {

namespace {

// Of a map with a control block, and of one header in it; measured.
constexpr auto map_bytes = std::size_t{80};
constexpr auto header_bytes = std::size_t{112};
constexpr auto text_in_place = std::size_t{15};
constexpr auto lone_payload_bytes = std::size_t{24}; // of one that is not packed

std::size_t bytes_beside(const std::string& text) {
  return text.size() > text_in_place ? text.size() + text_in_place : 0;
}

std::size_t bytes_of(const payload& body) {
  return body.size() + (body.size() > payload_packer::largest ? lone_payload_bytes : 0);
}

std::size_t bytes_of(const header_map& headers) {
  auto total = map_bytes;
  for (const auto& [name, text] : headers)
    total += header_bytes + bytes_beside(name) + bytes_beside(text);
  return total;
}

} // namespace

void message_page::push_back(envelope item) {
  auto next = before(items_.size());
  next.payload += item.body.size();
  next.memory += bytes_of(item.body) + envelope_bytes;
  next.memory += item.headers ? bytes_of(*item.headers) : 0;
  sums_.push_back(next);
  item.body = packer_.pack(std::move(item.body));
  items_.push_back(std::move(item));
}

void message_page::reserve(std::size_t count) {
  items_.reserve(count);
  sums_.reserve(count);
}

std::vector<envelope> message_page::release() noexcept {
  sums_.clear();
  packer_ = {};
  return std::exchange(items_, {});
}

std::size_t message_page::fitting(std::size_t offset, std::size_t bytes) const noexcept {
  auto skipped = before(offset).payload;
  auto from = sums_.begin() + static_cast<std::ptrdiff_t>(offset);
  auto beyond = std::upper_bound(from, sums_.end(), bytes, [=](std::size_t most, const sum& item) {
    return item.payload - skipped > most;
  });
  return static_cast<std::size_t>(beyond - from);
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
  return run.page ? run.page->payload_bytes(run.offset, static_cast<std::size_t>(run.count)) : 0;
}

std::size_t memory_bytes(const message_run& run) noexcept {
  if (!run.page || run.count == 0)
    return 0;
  return run.page->memory_bytes(run.offset, static_cast<std::size_t>(run.count)) + run_bytes;
}

bool continues(const message_run& run, const message_run& next) noexcept {
  return run.page == next.page && run.deliveries == next.deliveries
         && advanced(run.first, run.count) == next.first
         && (!run.page || run.offset + run.count == next.offset);
}

} // namespace ferry
