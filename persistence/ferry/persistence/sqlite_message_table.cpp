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
}

// -- modifiers ----------------------------------------------------------------

void sqlite_message_table::insert(queue_id queue, const message_run& run) {
  assert(run.is_resident() && run.last() <= last_sequence);
  auto row = row_values{key_of(queue, run.first), run.deliveries};
  for (auto rest = run.envelopes(); !rest.empty();) {
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

std::uint64_t sqlite_message_table::erase(key_range keys) {
  return static_cast<std::uint64_t>(statements_.erase_messages.with(keys).run());
}

void sqlite_message_table::reschedule(key_range keys, const records::reschedule& change) {
  auto deliveries = std::int64_t{change.deliveries};
  auto due_ns = to_ns(change.due);
  if (change.attempt.empty())
    statements_.reschedule_messages.with(keys.first, keys.last, deliveries, due_ns).run();
  else
    statements_.add_attempt.with(keys.first, keys.last, deliveries, due_ns, change.attempt).run();
}

void sqlite_message_table::suspect(key_range keys) {
  statements_.suspect.with(keys).run();
}

void sqlite_message_table::clear_suspects(key_range keys) {
  statements_.clear_suspects.with(keys).run();
}

void sqlite_message_table::drop_gone_suspects() {
  statements_.drop_gone_suspects.run();
}

// -- reading ------------------------------------------------------------------

void sqlite_message_table::scan(stored_queue& queue, const queue_mark& mark) {
  auto touched = keys_between(queue.id, sequence_number::none,
                              sequence_number{value_of(mark.untouched_from) - 1});
  statements_.scan_messages.with(touched).each_row([&](const named_statement& row) {
    auto next = stored_run{};
    next.run.count = 1;
    next.run.first = sequence_of(row.number(0));
    next.run.deliveries = static_cast<std::uint32_t>(row.number(1));
    next.due = from_ns(row.number(2));
    append_run(queue.runs, std::move(next));
    queue.payload_bytes += static_cast<std::uint64_t>(row.number(3));
  });
  if (auto untouched = mark.untouched(); untouched.count > 0) {
    append_run(queue.runs, stored_run{std::move(untouched), {}});
    queue.payload_bytes = mark.payload_bytes;
  }
}

std::vector<sequence_number> sqlite_message_table::read_suspects(queue_id queue) {
  auto suspects = std::vector<sequence_number>{};
  statements_.read_suspects.with(keys_of(queue)).each_row([&](const named_statement& row) {
    suspects.push_back(sequence_of(row.number(0)));
  });
  return suspects;
}

} // namespace ferry::persistence
