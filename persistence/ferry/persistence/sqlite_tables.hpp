// All tables of a journal as one: what records do to them, and what they tell after a
// restart. Transactions and failures are the journal's.

#pragma once

#include "ferry/persistence/commit_ledger.hpp"
#include "ferry/persistence/journal.hpp"
#include "ferry/persistence/sqlite_message_table.hpp"
#include "ferry/persistence/sqlite_queue_table.hpp"
#include "ferry/persistence/sqlite_statements.hpp"
#include "ferry/persistence/write_batch.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace ferry::persistence {

/// How many messages a commit has stored and erased.
struct row_counts {
  std::uint64_t stored = 0;
  std::uint64_t erased = 0;
};

/// Messages, queues, and the notes that a commit writes at its end.
///
/// Errors   Throws `sqlite_failure`; `std::runtime_error` for a queue that is not
///          there. After that the object is of no use: its notes may be ahead of the
///          disk.
/// Threads  One owner at a time.
class sqlite_tables {
public:
  explicit sqlite_tables(sqlite_statements& statements);

  // -- modifiers; each within a transaction -----------------------------------

  [[nodiscard]] queue_id insert(const std::string& name, const queue_config& config);

  /// Carries out all of `batches`, in their order.
  [[nodiscard]] row_counts write(std::span<const write_batch* const> batches);

  /// All queues with what they hold. Notes what was searched for it, so that the next
  /// opening need not.
  [[nodiscard]] std::vector<stored_queue> recover();

private:
  void apply(queue_id queue, const records::store& record);
  void apply(queue_id queue, const records::erase& record);
  void apply(queue_id queue, const records::reschedule& record);
  void apply(queue_id queue, const records::remember_session& record);
  void apply(queue_id queue, const records::forget_session& record);
  void apply(queue_id queue, const records::remember_id& record);
  void apply(queue_id queue, const records::forget_id& record);
  void apply(queue_id queue, const records::suspect& record);
  void apply(queue_id queue, const records::clear_suspect& record);
  void apply(queue_id queue, const records::take_over& record);
  void recover(stored_queue& queue);
  void tighten(const stored_queue& queue);

  sqlite_message_table messages_;
  sqlite_queue_table queues_;
  commit_ledger ledger_;
  row_counts counts_; // of the commit under way
};

} // namespace ferry::persistence
