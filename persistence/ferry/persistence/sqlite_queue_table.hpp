// Queues as rows: names, options, how far they and their producers are, and the
// names that they remember.
// Transactions are the caller's; the messages have their own table.

#pragma once

#include "ferry/persistence/commit_ledger.hpp"
#include "ferry/persistence/journal.hpp"
#include "ferry/persistence/sqlite_statements.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ferry::persistence {

/// The tables `queue`, `queue_option`, `progress` and `message_id`.
///
/// Errors   Throws `sqlite_failure`; `std::runtime_error` for a queue that is not
///          there or whose options cannot be read.
/// Threads  One owner at a time.
class sqlite_queue_table {
public:
  explicit sqlite_queue_table(sqlite_statements& statements) : statements_(statements) {
  }

  // -- modifiers --------------------------------------------------------------

  [[nodiscard]] queue_id insert(const std::string& name, const queue_config& config);

  /// Writes what a commit noted about queues and sessions.
  void write(const commit_ledger& ledger);

  void write(queue_id queue, const queue_mark& mark);

  void remember(queue_id queue, const records::remember_id& name);
  void forget(queue_id queue, const records::forget_id& name);

  // -- reading ----------------------------------------------------------------

  /// All queues by id, without what their marks and messages tell.
  [[nodiscard]] std::vector<stored_queue> read();

  /// The notes on all queues.
  [[nodiscard]] std::map<queue_id, queue_mark> read_marks();

  /// The highest use of a session that was ever noted.
  [[nodiscard]] std::uint64_t last_use();

private:
  void write_session(const commit_ledger::session_key& key, const session_mark& mark);
  queue_config read_config(const stored_queue& queue);
  std::vector<stored_session> read_sessions(queue_id queue);
  std::vector<stored_id> read_ids(queue_id queue);

  sqlite_statements& statements_;
};

} // namespace ferry::persistence
