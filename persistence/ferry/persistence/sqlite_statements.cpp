#include "ferry/persistence/sqlite_statements.hpp"

#include <cassert>
#include <limits>
#include <string>
#include <utility>

namespace ferry::persistence {

// -- named_statement ----------------------------------------------------------

namespace {

SQLite::Statement prepared(SQLite::Database& database, const char* name, const std::string& sql) {
  return named(name, [&] { return SQLite::Statement(database, sql); });
}

} // namespace

named_statement::named_statement(SQLite::Database& database, const char* name,
                                 const std::string& sql)
  : name_(name),
    statement_(prepared(database, name, sql)) {
}

void named_statement::bind(int place, std::int64_t value) {
  named(name_, [&] { statement_.bind(place, value); });
}

void named_statement::bind(int place, const std::string& text) {
  named(name_, [&] { statement_.bind(place, text); });
}

void named_statement::bind(int place, std::span<const std::byte> bytes) {
  assert(bytes.size() <= std::size_t{std::numeric_limits<int>::max()});
  // SQLite takes a null pointer for NULL, also where an empty blob is meant
  const void* start = bytes.empty() ? "" : static_cast<const void*>(bytes.data());
  named(name_, [&] { statement_.bindNoCopy(place, start, static_cast<int>(bytes.size())); });
}

void named_statement::bind_null(int place) {
  named(name_, [&] { statement_.bind(place); });
}

int named_statement::run() {
  auto ended = reset_at_end{statement_};
  return named(name_, [&] { return statement_.exec(); });
}

bool named_statement::next() {
  return named(name_, [&] { return statement_.executeStep(); });
}

std::int64_t named_statement::number(int column) const {
  return named(name_, [&] { return statement_.getColumn(column).getInt64(); });
}

std::string named_statement::text(int column) const {
  return named(name_, [&] { return statement_.getColumn(column).getString(); });
}

bool named_statement::is_null(int column) const {
  return named(name_, [&] { return statement_.isColumnNull(column); });
}

std::span<const std::byte> named_statement::bytes(int column) const {
  return named(name_, [&] {
    auto value = statement_.getColumn(column);
    const auto* start = static_cast<const std::byte*>(value.getBlob());
    return std::span{start, static_cast<std::size_t>(value.getBytes())};
  });
}

// -- the statements -----------------------------------------------------------

namespace {

std::string insert_messages_sql(int rows) {
  auto sql = std::string{"INSERT INTO message"
                         " (key, published_at, deliveries, content, headers, payload, due_at)"
                         " VALUES (?, ?, ?, ?, ?, ?, 0)"};
  for (auto row = 1; row < rows; ++row)
    sql += ", (?, ?, ?, ?, ?, ?, 0)";
  return sql;
}

std::string insert_plain_messages_sql(int rows) {
  auto sql = std::string{"INSERT INTO message"
                         " (key, deliveries, content, published_at, payload, due_at) VALUES "};
  for (auto row = 0; row < rows; ++row) {
    auto place = values_of_plain_rows + values_per_plain_row * row;
    sql += (row > 0 ? ", (?1 + " : "(?1 + ") + std::to_string(row) + ", ?2, ?3, ?"
           + std::to_string(place + 1) + ", ?" + std::to_string(place + 2) + ", 0)";
  }
  return sql;
}

// The rows of queue ?1 from sequence ?2 to ?3, in order.
std::string select_rows_sql(const std::string& columns) {
  return "SELECT first + key - (number << 20), " + columns
         + " FROM extent CROSS JOIN message"
           " ON key BETWEEN (number << 20) + max(?2 - first, 0)"
           " AND (number << 20) + min(?3 - first, 0xfffff)"
           " WHERE queue = ?1 AND first BETWEEN"
           " (SELECT coalesce(max(first), 0) FROM extent WHERE queue = ?1 AND first <= ?2) AND ?3"
           " ORDER BY first, key";
}

} // namespace

sqlite_read_statements::sqlite_read_statements(SQLite::Database& database)
  : read_messages(database, "read messages",
                  select_rows_sql("deliveries, published_at, content, headers, payload, history")
                    + " LIMIT ?4"),
    read_content_types(database, "read content types",
                       "SELECT id, type, format FROM content_type") {
}

sqlite_statements::sqlite_statements(SQLite::Database& database)
  : sqlite_read_statements(database),
    begin(database, "begin", "BEGIN IMMEDIATE"),
    commit(database, "commit", "COMMIT"),
    roll_back(database, "roll back", "ROLLBACK"),
    open_epoch(database, "open epoch", "UPDATE journal_meta SET epoch = epoch + 1 RETURNING epoch"),
    count_pages(database, "count pages", "PRAGMA page_count"),
    count_free_pages(database, "count free pages", "PRAGMA freelist_count"),
    insert_message(database, "insert message", insert_messages_sql(1)),
    insert_messages(database, "insert messages", insert_messages_sql(rows_at_once)),
    insert_plain_messages(database, "insert plain messages",
                          insert_plain_messages_sql(rows_at_once)),
    erase_messages(database, "erase messages", "DELETE FROM message WHERE key BETWEEN ? AND ?"),
    reschedule_messages(database, "reschedule messages",
                        "UPDATE message SET deliveries = ?3, due_at = ?4"
                        " WHERE key BETWEEN ?1 AND ?2"),
    add_attempt(database, "add attempt",
                "UPDATE message SET deliveries = ?3, due_at = ?4,"
                " history = coalesce(history, '') || ?5 WHERE key BETWEEN ?1 AND ?2"),
    scan_messages(database, "scan messages",
                  select_rows_sql("deliveries, due_at, length(payload)")),
    begin_extent(database, "begin extent",
                 "INSERT INTO extent (queue, first, number) VALUES (?, ?, ?)"),
    end_extent(database, "end extent", "DELETE FROM extent WHERE queue = ? AND first = ?"),
    read_extents(database, "read extents",
                 "SELECT queue, first, number FROM extent ORDER BY queue, first"),
    insert_queue(database, "insert queue", "INSERT INTO queue (name) VALUES (?) RETURNING id"),
    insert_option(database, "insert queue option",
                  "INSERT INTO queue_option (queue, name, value) VALUES (?, ?, ?)"),
    read_queues(database, "read queues", "SELECT id, name FROM queue ORDER BY id"),
    read_options(database, "read queue options",
                 "SELECT name, value FROM queue_option WHERE queue = ? ORDER BY name"),
    mark_queue(database, "mark queue",
               "REPLACE INTO progress (queue, session, up_to, untouched_from, payload_bytes)"
               " VALUES (?, 0, ?, ?, ?)"),
    read_marks(database, "read marks",
               "SELECT queue, up_to, untouched_from, payload_bytes FROM queue"
               " JOIN progress ON queue = id AND session = 0"),
    remember_session(database, "remember session",
                     "REPLACE INTO progress (queue, session, up_to, used, used_at)"
                     " VALUES (?, ?, ?, ?, ?)"),
    forget_session(database, "forget session",
                   "DELETE FROM progress WHERE queue = ? AND session = ?"),
    read_sessions(database, "read sessions",
                  "SELECT session, up_to, used_at FROM progress WHERE queue = ? AND session <> 0"
                  " ORDER BY used"),
    read_last_use(database, "read last use", "SELECT coalesce(max(used), 0) FROM progress"),
    remember_id(database, "remember id",
                "INSERT INTO message_id (queue, kind, id, at) VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET at = excluded.at"),
    forget_id(database, "forget id",
              "DELETE FROM message_id WHERE queue = ? AND kind = ? AND id = ?"),
    read_ids(database, "read ids",
             "SELECT kind, id, at FROM message_id WHERE queue = ? ORDER BY at, id, kind"),
    suspect(database, "suspect",
            "INSERT OR IGNORE INTO suspect SELECT key FROM message WHERE key BETWEEN ? AND ?"),
    clear_suspects(database, "clear suspects", "DELETE FROM suspect WHERE key BETWEEN ? AND ?"),
    drop_gone_suspects(database, "drop gone suspects",
                       "DELETE FROM suspect WHERE key NOT IN (SELECT key FROM message)"),
    read_suspects(database, "read suspects",
                  "SELECT first + key - (number << 20) FROM extent CROSS JOIN suspect"
                  " ON key BETWEEN number << 20 AND (number << 20) + 0xfffff"
                  " WHERE queue = ? ORDER BY first, key"),
    insert_content_type(database, "insert content type",
                        "INSERT INTO content_type (type, format) VALUES (?, ?) RETURNING id") {
}

} // namespace ferry::persistence
