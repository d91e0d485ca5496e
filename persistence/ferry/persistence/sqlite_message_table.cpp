#include "ferry/persistence/sqlite_message_table.hpp"

#include "ferry/persistence/append_run.hpp"
#include "ferry/persistence/headers_json.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace ferry::persistence {

struct sqlite_message_table::row_values {
  row_key key;
  std::uint32_t deliveries;
};

namespace {

bool are_plain(std::span<const envelope> items) {
  return std::ranges::all_of(items, [&](const envelope& item) {
    return !item.headers && item.content == items.front().content;
  });
}

} // namespace

sqlite_message_table::sqlite_message_table(sqlite_statements& statements)
  : statements_(statements),
    types_(statements) {
  statements_.read_extents.each_row([&](const named_statement& row) {
    extents_.know(queue_id{static_cast<std::uint32_t>(row.number(0))},
                  sequence_number{static_cast<std::uint64_t>(row.number(1))},
                  extent_number{static_cast<std::uint64_t>(row.number(2))});
  });
}

// -- modifiers ----------------------------------------------------------------

void sqlite_message_table::insert(queue_id queue, const message_run& run) {
  assert(run.is_resident() && run.last() <= last_sequence);
  for (const auto& stretch : extents_.store(queue, {run.first, run.count}, resident_bytes(run)))
    insert(run, stretch);
}

void sqlite_message_table::insert(const message_run& run, const row_stretch& stretch) {
  auto row = row_values{stretch.keys.first, run.deliveries};
  auto before = value_of(stretch.first) - value_of(run.first);
  for (auto rest = run.envelopes().subspan(before, stretch.count()); !rest.empty();) {
    auto together = rest.size() < rows_at_once ? std::size_t{1} : std::size_t{rows_at_once};
    insert_together(row, rest.first(together));
    row.key += static_cast<row_key>(together);
    rest = rest.subspan(together);
  }
}

void sqlite_message_table::insert_together(const row_values& row, std::span<const envelope> items) {
  if (items.size() == rows_at_once && are_plain(items))
    insert_plain(row, items);
  else
    insert_any(row, items);
}

// What the rows share is bound once: most of the time that an insert takes beside
// SQLite's own goes into binding.
void sqlite_message_table::insert_plain(const row_values& row, std::span<const envelope> items) {
  auto& statement = statements_.insert_plain_messages;
  statement.with(row.key, std::int64_t{row.deliveries}, types_.id_of(items.front().content));
  auto place = values_of_plain_rows;
  for (const auto& item : items) {
    statement.bind(place + 1, to_ns(item.published_at));
    statement.bind(place + 2, item.body.bytes());
    place += values_per_plain_row;
  }
  statement.run();
}

void sqlite_message_table::insert_any(row_values row, std::span<const envelope> items) {
  auto& statement = items.size() == 1 ? statements_.insert_message : statements_.insert_messages;
  auto place = 0;
  for (const auto& item : items) {
    bind(statement, place, row, item);
    place += values_per_row;
    ++row.key;
  }
  statement.run();
}

void sqlite_message_table::bind(named_statement& statement, int place, const row_values& row,
                                const envelope& item) {
  statement.bind(place + 1, row.key);
  statement.bind(place + 2, to_ns(item.published_at));
  statement.bind(place + 3, std::int64_t{row.deliveries});
  statement.bind(place + 4, types_.id_of(item.content));
  bind_headers(statement, place + 5, item.headers);
  statement.bind(place + 6, item.body.bytes());
}

void sqlite_message_table::bind_headers(named_statement& statement, int place,
                                        const std::shared_ptr<const header_map>& headers) {
  if (!headers)
    return statement.bind_null(place);
  if (headers != last_headers_)
    last_headers_text_ = to_json(*headers);
  last_headers_ = headers;
  statement.bind(place, last_headers_text_);
}

std::uint64_t sqlite_message_table::erase(queue_id queue, sequence_range rows) {
  auto erased = std::uint64_t{0};
  for (const auto& [first, keys] : extents_.find(queue, rows)) {
    auto count = static_cast<std::uint64_t>(statements_.erase_messages.with(keys).run());
    extents_.erased(queue, first, count);
    erased += count;
  }
  return erased;
}

void sqlite_message_table::reschedule(queue_id queue, const records::reschedule& change) {
  auto deliveries = std::int64_t{change.deliveries};
  auto due_ns = to_ns(change.due);
  for (const auto& [first, keys] : extents_.find(queue, {change.first, change.count}))
    if (change.attempt.empty())
      statements_.reschedule_messages.with(keys.first, keys.last, deliveries, due_ns).run();
    else
      statements_.add_attempt.with(keys.first, keys.last, deliveries, due_ns, change.attempt)
        .run();
}

void sqlite_message_table::suspect(queue_id queue, sequence_range rows) {
  for (const auto& [first, keys] : extents_.find(queue, rows))
    statements_.suspect.with(keys).run();
}

void sqlite_message_table::clear_suspects(queue_id queue, sequence_range rows) {
  for (const auto& [first, keys] : extents_.find(queue, rows))
    statements_.clear_suspects.with(keys).run();
}

void sqlite_message_table::drop_gone_suspects() {
  statements_.drop_gone_suspects.run();
}

void sqlite_message_table::write_extents() {
  for (const auto& [queue, first, number] : extents_.take_changes())
    if (number == extent_number::none)
      statements_.end_extent.with(number_of(queue), number_of(first)).run();
    else
      statements_.begin_extent.with(number_of(queue), number_of(first), number_of(number)).run();
}

// -- reading ------------------------------------------------------------------

void sqlite_message_table::scan(stored_queue& queue, const queue_mark& mark) {
  auto last_touched = number_of(mark.untouched_from) - 1;
  auto& rows = statements_.scan_messages.with(number_of(queue.id), std::int64_t{0}, last_touched);
  rows.each_row([&](const named_statement& row) {
    auto next = stored_run{};
    next.run.count = 1;
    next.run.first = sequence_of(row);
    next.run.deliveries = static_cast<std::uint32_t>(row.number(1));
    next.due = from_ns(row.number(2));
    append_run(queue.runs, std::move(next));
    queue.payload_bytes += static_cast<std::uint64_t>(row.number(3));
  });
  if (auto untouched = mark.untouched(); untouched.count > 0) {
    append_run(queue.runs, stored_run{std::move(untouched), {}});
    queue.payload_bytes = mark.payload_bytes;
  }
  extents_.recount(queue);
}

std::vector<sequence_number> sqlite_message_table::read_suspects(queue_id queue) {
  auto suspects = std::vector<sequence_number>{};
  statements_.read_suspects.with(number_of(queue)).each_row([&](const named_statement& row) {
    suspects.push_back(sequence_of(row));
  });
  return suspects;
}

} // namespace ferry::persistence
