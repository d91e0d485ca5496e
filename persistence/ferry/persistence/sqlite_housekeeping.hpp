// Keeps the files of a journal short: the log by moving it into the database, the
// database by giving free pages back. The policies decide, SQLite does it.

#pragma once

#include "ferry/persistence/checkpoint_policy.hpp"
#include "ferry/persistence/compaction_policy.hpp"
#include "ferry/persistence/journal_figures.hpp"
#include "ferry/persistence/journal_upkeep.hpp"
#include "ferry/persistence/sqlite_checkpoint.hpp"
#include "ferry/persistence/sqlite_statements.hpp"
#include "ferry/result.hpp"

#include <cstdint>

struct sqlite3;

namespace ferry::persistence {

/// The part of it that is done on the journal's own connection, between commits.
///
/// Errors   A log that cannot be moved stays longer, and nothing is lost: that is no
///          failure. What a slice of compaction throws is `sqlite_failure`.
/// Threads  One owner at a time.
class sqlite_housekeeping {
public:
  sqlite_housekeeping(SQLite::Database& database, sqlite_statements& statements,
                      checkpoint_limits log, compaction_limits file);
  sqlite_housekeeping(const sqlite_housekeeping&) = delete;
  sqlite_housekeeping& operator=(const sqlite_housekeeping&) = delete;

  // -- modifiers --------------------------------------------------------------

  /// Somebody makes steps from now on: the log is about to get that long. Within a
  /// transaction.
  void expect_steps();

  /// Looks at how much of the file is free; within a transaction.
  void look_at_pages();

  /// A transaction was committed; moves the log if that is due.
  void committed();

  /// A step has ended; moves the short rest.
  void step_ended(const result<upkeep_report>& outcome);

  /// Gives a slice back; within a transaction, which is committed next.
  void compact();

  void compaction_failed() noexcept {
    file_policy_.failed();
  }

  // -- properties -------------------------------------------------------------

  [[nodiscard]] bool wants_step() const noexcept {
    return log_policy_.wants_step();
  }

  [[nodiscard]] bool wants_compaction() const noexcept {
    return can_shrink_ && file_policy_.slice() > 0;
  }

  /// Fills in what is known here.
  void add_to(journal_figures& figures) const noexcept;

private:
  static int log_grew(void* self, ::sqlite3*, const char*, int pages);
  void carry_out(checkpoint_action action);
  void move_log(checkpoint_kind kind);

  SQLite::Database& database_;
  sqlite_statements& statements_;
  checkpoint_policy log_policy_;
  compaction_policy file_policy_;
  std::uint64_t prepared_bytes_;
  std::uint64_t page_bytes_;
  bool can_shrink_;
  bool compaction_ended_ = false; // with the transaction under way
  std::uint64_t log_pages_ = 0;   // after the last commit
  std::uint64_t checkpoints_ = 0;
  std::uint64_t forced_ = 0;
};

} // namespace ferry::persistence
