#include "ferry/persistence/leftover_rows.hpp"

#include <algorithm>

namespace ferry::persistence {

namespace {

constexpr auto most_rows = std::uint64_t{4096};
constexpr auto most_bytes = std::uint64_t{4} << 20;

std::uint64_t rows_in(const stored_queue& queue) {
  auto total = std::uint64_t{0};
  for (const auto& item : queue.runs)
    total += item.run.count;
  return total;
}

} // namespace

void leftover_rows::add(const stored_queue& queue, sequence_number end) {
  auto bytes_each = queue.payload_bytes / std::max(rows_in(queue), std::uint64_t{1});
  for (const auto& item : queue.runs)
    if (item.run.first < end) {
      auto count = std::min(item.run.count, value_of(end) - value_of(item.run.first));
      left_.push_back({queue.id, {item.run.first, count}, bytes_each});
    }
}

std::optional<write_batch> leftover_rows::next() {
  if (left_.empty())
    return std::nullopt;
  auto& [queue, rows, bytes_each] = left_.front();
  auto fitting = most_bytes / std::max(bytes_each, std::uint64_t{1});
  auto count = std::min(std::clamp(fitting, std::uint64_t{1}, most_rows), rows.count);
  auto step = write_batch{queue, {records::erase{rows.first, count, count * bytes_each}}};
  rows = {advanced(rows.first, count), rows.count - count};
  if (rows.count == 0)
    left_.pop_front();
  return step;
}

} // namespace ferry::persistence
