#include "ferry/queue/browse.hpp"

#include <algorithm>
#include <string>

namespace ferry {

namespace {

// Reads the rows of one page in order; what is asked for only grows.
class row_reader {
public:
  explicit row_reader(const rows_read& rows) : rest_(rows.runs) {
  }

  /// The row `sequence`, or null when there is none.
  const envelope* find(sequence_number sequence) {
    while (!rest_.empty() && rest_.front().last() < sequence)
      rest_ = rest_.subspan(1);
    if (rest_.empty() || rest_.front().first > sequence)
      return nullptr;
    auto place = value_of(sequence) - value_of(rest_.front().first);
    return &rest_.front().envelopes()[static_cast<std::size_t>(place)];
  }

private:
  std::span<const message_run> rest_;
};

bool is_wanted(const browse_query& query, const envelope& item) {
  return item.published_at >= query.published_from && item.published_at < query.published_to;
}

envelope shown(const browse_query& query, const envelope& item) {
  auto copy = item;
  if (query.payload == browse_payload::without)
    copy.body = {};
  return copy;
}

} // namespace

std::string_view to_string(message_state state) noexcept {
  switch (state) {
  case message_state::committing: return "committing";
  case message_state::ready: return "ready";
  case message_state::in_flight: return "in flight";
  case message_state::delayed: return "delayed";
  case message_state::dying: return "dying";
  case message_state::moving: return "moving";
  }
  return "unknown";
}

error check(const browse_query& query) {
  if (query.limit >= 1 && query.limit <= longest_browse)
    return {};
  return {errc::invalid_argument, "browse_query::limit is " + std::to_string(query.limit)
                                    + ", allowed is 1 to " + std::to_string(longest_browse)};
}

std::vector<row_range> rows_missing(const browse_view& view) {
  auto ranges = std::vector<row_range>{};
  for (const auto& item : view.runs) {
    if (item.run.is_resident())
      continue;
    if (!ranges.empty() && advanced(ranges.back().last, 1) == item.run.first)
      ranges.back().last = item.run.last();
    else
      ranges.push_back({item.run.first, item.run.last()});
  }
  return ranges;
}

browse_page page_of(const browse_query& query, const browse_view& view, const rows_read& rows) {
  auto page = browse_page{{}, {}, view.newest};
  auto reader = row_reader{rows};
  auto seen = query.after;
  for (const auto& part : view.runs)
    for (auto i = std::uint64_t{0}; i < part.run.count; ++i) {
      auto sequence = advanced(part.run.first, i);
      auto is_read = part.run.is_resident() || sequence <= rows.covered;
      if (!is_read || page.items.size() == query.limit) {
        page.next = seen;
        return page;
      }
      seen = sequence;
      const auto* item = part.run.is_resident()
                           ? &part.run.envelopes()[static_cast<std::size_t>(i)]
                           : reader.find(sequence);
      if (item && is_wanted(query, *item))
        page.items.push_back({sequence, part.state, part.run.deliveries, part.due, part.consumer,
                              shown(query, *item)});
    }
  if (view.is_cut)
    page.next = seen;
  return page;
}

} // namespace ferry
