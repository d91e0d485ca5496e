#include "ferry/persistence/sqlite_queue_table.hpp"

#include <bit>
#include <stdexcept>

namespace ferry::persistence {

namespace {

// Sessions are random 64-bit numbers and SQLite's integers are signed, so they
// are kept by bit pattern.
std::int64_t as_stored(session_id session) {
  return std::bit_cast<std::int64_t>(value_of(session));
}

session_id as_session(std::int64_t stored) {
  return session_id{std::bit_cast<std::uint64_t>(stored)};
}

} // namespace

// -- modifiers ----------------------------------------------------------------

queue_id sqlite_queue_table::insert(const std::string& name, const queue_config& config) {
  auto id = std::int64_t{0};
  statements_.insert_queue.with(name).each_row([&](const auto& row) { id = row.number(0); });
  if (id > number_of(last_queue))
    throw std::runtime_error("no id is left for queue \"" + name + "\"; a journal holds "
                             + std::to_string(number_of(last_queue)) + " queues");
  for (const auto& [option, value] : to_options(config))
    statements_.insert_option.with(id, option, value).run();
  auto queue = queue_id{static_cast<std::uint32_t>(id)};
  write(queue, {});
  return queue;
}

void sqlite_queue_table::write(const commit_ledger& ledger) {
  for (auto queue : ledger.changed())
    write(queue, ledger.mark_of(queue));
  for (const auto& [key, mark] : ledger.sessions())
    write_session(key, mark);
}

void sqlite_queue_table::write(queue_id queue, const queue_mark& mark) {
  statements_.mark_queue
    .with(number_of(queue), number_of(mark.next) - 1, number_of(mark.untouched_from),
          static_cast<std::int64_t>(mark.payload_bytes))
    .run();
}

void sqlite_queue_table::write_session(const commit_ledger::session_key& key,
                                       const session_mark& mark) {
  auto [queue, session] = key;
  if (mark.used == 0)
    statements_.forget_session.with(number_of(queue), as_stored(session)).run();
  else
    statements_.remember_session
      .with(number_of(queue), as_stored(session), number_of(mark.up_to),
            static_cast<std::int64_t>(mark.used), to_ns(mark.used_at))
      .run();
}

void sqlite_queue_table::remember(queue_id queue, const records::remember_id& name) {
  statements_.remember_id.with(number_of(queue), number_of(name.kind), name.id, to_ns(name.at))
    .run();
}

void sqlite_queue_table::forget(queue_id queue, const records::forget_id& name) {
  statements_.forget_id.with(number_of(queue), number_of(name.kind), name.id).run();
}

// -- reading ------------------------------------------------------------------

std::vector<stored_queue> sqlite_queue_table::read() {
  auto queues = std::vector<stored_queue>{};
  statements_.read_queues.each_row([&](const named_statement& row) {
    auto& queue = queues.emplace_back();
    queue.id = queue_id{static_cast<std::uint32_t>(row.number(0))};
    queue.name = row.text(1);
  });
  for (auto& queue : queues) {
    queue.config = read_config(queue);
    queue.sessions = read_sessions(queue.id);
    queue.ids = read_ids(queue.id);
  }
  return queues;
}

std::map<queue_id, queue_mark> sqlite_queue_table::read_marks() {
  auto marks = std::map<queue_id, queue_mark>{};
  statements_.read_marks.each_row([&](const named_statement& row) {
    marks[queue_id{static_cast<std::uint32_t>(row.number(0))}] = {
      sequence_number{static_cast<std::uint64_t>(row.number(1)) + 1},
      sequence_number{static_cast<std::uint64_t>(row.number(2))},
      static_cast<std::uint64_t>(row.number(3))};
  });
  return marks;
}

std::uint64_t sqlite_queue_table::last_use() {
  auto last = std::int64_t{0};
  statements_.read_last_use.each_row([&](const auto& row) { last = row.number(0); });
  return static_cast<std::uint64_t>(last);
}

queue_config sqlite_queue_table::read_config(const stored_queue& queue) {
  auto options = option_list{};
  statements_.read_options.with(number_of(queue.id)).each_row([&](const auto& row) {
    options.emplace_back(row.text(0), row.text(1));
  });
  auto config = from_options(options);
  if (!config)
    throw std::runtime_error("queue \"" + queue.name + "\": " + config.why().text);
  return *config;
}

std::vector<stored_session> sqlite_queue_table::read_sessions(queue_id queue) {
  auto sessions = std::vector<stored_session>{};
  statements_.read_sessions.with(number_of(queue)).each_row([&](const auto& row) {
    sessions.push_back({as_session(row.number(0)),
                        publish_number{static_cast<std::uint64_t>(row.number(1))},
                        from_ns(row.number(2))});
  });
  return sessions;
}

std::vector<stored_id> sqlite_queue_table::read_ids(queue_id queue) {
  auto ids = std::vector<stored_id>{};
  statements_.read_ids.with(number_of(queue)).each_row([&](const auto& row) {
    ids.push_back({static_cast<id_kind>(row.number(0)), row.text(1), from_ns(row.number(2))});
  });
  return ids;
}

} // namespace ferry::persistence
