#include "ferry/persistence/read_ranges.hpp"

#include <algorithm>
#include <iterator>

namespace ferry::persistence {

namespace {

void deduct(page_limit& limit, const std::vector<message_run>& runs) {
  for (const auto& run : runs) {
    limit.rows -= std::min(limit.rows, static_cast<std::uint32_t>(run.count));
    limit.bytes -= std::min(limit.bytes, resident_bytes(run));
  }
}

} // namespace

result<rows_read> read_ranges(journal_reader& source, queue_id queue,
                              std::span<const row_range> ranges, page_limit limit) {
  auto found = rows_read{};
  for (const auto& range : ranges) {
    if (limit.rows == 0 || limit.bytes == 0) {
      found.covered = sequence_number{value_of(range.first) - 1};
      return found;
    }
    auto page = source.read(queue, range.first, range.last, limit);
    if (!page)
      return page.why();
    deduct(limit, page->runs);
    std::ranges::move(page->runs, std::back_inserter(found.runs));
    if (page->covered < range.last) {
      found.covered = page->covered;
      return found;
    }
  }
  return found;
}

} // namespace ferry::persistence
