// Messages as rows: how runs are written, and found again after a restart.
// Transactions are the caller's.

#pragma once

#include "ferry/persistence/journal.hpp"
#include "ferry/persistence/queue_mark.hpp"
#include "ferry/persistence/row_extents.hpp"
#include "ferry/persistence/sqlite_content_types.hpp"
#include "ferry/persistence/sqlite_statements.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace ferry::persistence {

/// The tables `message`, `extent` and `suspect`.
///
/// Errors   Throws `sqlite_failure`.
/// Cost     Starting a step costs as much as writing a row, so a step writes
///          `rows_at_once` of them; the rest of a run is written one by one.
/// Threads  One owner at a time.
class sqlite_message_table {
public:
  /// Reads which extents there are.
  explicit sqlite_message_table(sqlite_statements& statements);

  // -- modifiers --------------------------------------------------------------

  /// Adds the rows of `run`, which has a page.
  void insert(queue_id queue, const message_run& run);

  /// Removes what there is of `rows`; returns how many that were.
  [[nodiscard]] std::uint64_t erase(queue_id queue, sequence_range rows);

  void reschedule(queue_id queue, const records::reschedule& change);

  /// Notes those of `rows` that are there.
  void suspect(queue_id queue, sequence_range rows);
  void clear_suspects(queue_id queue, sequence_range rows);

  /// Drops the suspects whose rows are gone.
  void drop_gone_suspects();

  /// Notes which extents began and ended; at the end of each transaction.
  void write_extents();

  // -- reading ----------------------------------------------------------------

  /// Fills in which rows `queue` has, and how many bytes of payload. Only those that
  /// `mark` does not vouch for are looked at. Extents without a row end.
  void scan(stored_queue& queue, const queue_mark& mark);

  [[nodiscard]] std::vector<sequence_number> read_suspects(queue_id queue);

private:
  struct row_values;

  void insert(const message_run& run, const row_stretch& stretch);
  void insert_together(const row_values& first, std::span<const envelope> items);
  void insert_plain(const row_values& first, std::span<const envelope> items);
  void insert_any(row_values first, std::span<const envelope> items);
  void bind(named_statement& statement, int place, const row_values& row, const envelope& item);
  void bind_headers(named_statement& statement, int place,
                    const std::shared_ptr<const header_map>& headers);

  sqlite_statements& statements_;
  sqlite_content_types types_;
  row_extents extents_;
  std::shared_ptr<const header_map> last_headers_; // held, so that its address stays its own
  std::string last_headers_text_;
};

} // namespace ferry::persistence
