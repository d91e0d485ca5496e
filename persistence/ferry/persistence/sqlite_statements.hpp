// The SQL that runs while a journal is open, all of it on one page of the source
// file: prepared once, kept open, each statement with the name by which errors
// speak of it.

#pragma once

#include "ferry/ids.hpp"
#include "ferry/persistence/row_key.hpp"
#include "ferry/persistence/sqlite_failure.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

namespace ferry::persistence {

/// One prepared statement.
///
/// Invariants  Between two calls it is reset. Values stay bound until they are
///             bound again, so what is the same for many rows is bound once.
/// Errors      Every function throws `sqlite_failure` with the statement's name.
/// Threads     One owner at a time.
class named_statement {
public:
  named_statement(SQLite::Database& database, const char* name, const std::string& sql);

  // -- modifiers --------------------------------------------------------------

  /// Binds to the parameter `place`, from 1. A text is copied; bytes are not, they
  /// outlive the call of `run`.
  void bind(int place, std::int64_t value);
  void bind(int place, const std::string& text);
  void bind(int place, std::span<const std::byte> bytes);
  void bind_null(int place);

  /// Binds all of `values`, from place 1 on.
  template <class... Values>
  named_statement& with(const Values&... values) {
    auto place = 0;
    (bind(++place, values), ...);
    return *this;
  }

  named_statement& with(key_range keys) {
    return with(keys.first, keys.last);
  }

  /// Runs to the end, without rows; returns how many were changed.
  int run();

  /// Calls `visit(row)` for each row of the result.
  template <class Visitor>
  void each_row(Visitor visit) {
    auto ended = reset_at_end{statement_};
    while (next())
      visit(std::as_const(*this));
  }

  /// The same, until `visit(row)` returns false.
  template <class Visitor>
  void while_rows(Visitor visit) {
    auto ended = reset_at_end{statement_};
    while (next() && visit(std::as_const(*this))) {
    }
  }

  // -- the current row --------------------------------------------------------

  [[nodiscard]] std::int64_t number(int column) const;
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] bool is_null(int column) const;

  /// Valid until the next row.
  [[nodiscard]] std::span<const std::byte> bytes(int column) const;

private:
  struct reset_at_end {
    SQLite::Statement& statement;
    ~reset_at_end() {
      statement.tryReset();
    }
  };

  bool next();

  const char* name_;
  SQLite::Statement statement_;
};

/// An id or an enumerator as SQLite keeps it.
template <class Enumeration>
[[nodiscard]] constexpr std::int64_t number_of(Enumeration item) noexcept {
  return static_cast<std::int64_t>(item);
}

/// The first column of a statement that reads messages or suspects.
[[nodiscard]] inline sequence_number sequence_of(const named_statement& row) {
  return sequence_number{static_cast<std::uint64_t>(row.number(0))};
}

/// How many rows `insert_messages` writes, and how many values each of them takes.
inline constexpr int rows_at_once = 32;
inline constexpr int values_per_row = 6;

/// The same of `insert_plain_messages`: rows in order, without headers, whose first
/// key, deliveries and content type are bound once.
inline constexpr int values_of_plain_rows = 3;
inline constexpr int values_per_plain_row = 2;

/// What a connection needs that reads messages only.
struct sqlite_read_statements {
  explicit sqlite_read_statements(SQLite::Database& database);

  named_statement read_messages, read_content_types;
};

/// All statements of a journal.
struct sqlite_statements : sqlite_read_statements {
  explicit sqlite_statements(SQLite::Database& database);

  named_statement begin, commit, roll_back;
  named_statement open_epoch;
  named_statement count_pages, count_free_pages;
  named_statement insert_message, insert_messages, insert_plain_messages;
  named_statement erase_messages, reschedule_messages;
  named_statement add_attempt;
  named_statement scan_messages;
  named_statement begin_extent, end_extent, read_extents;
  named_statement insert_queue, insert_option;
  named_statement read_queues, read_options;
  named_statement mark_queue, read_marks;
  named_statement remember_session, forget_session, read_sessions, read_last_use;
  named_statement remember_id, forget_id, read_ids;
  named_statement suspect, clear_suspects, drop_gone_suspects, read_suspects;
  named_statement insert_content_type;
};

} // namespace ferry::persistence
