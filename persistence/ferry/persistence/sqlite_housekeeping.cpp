#include "ferry/persistence/sqlite_housekeeping.hpp"

#include "ferry/persistence/sqlite_failure.hpp"
#include "ferry/persistence/sqlite_log_file.hpp"
#include "ferry/persistence/sqlite_pragmas.hpp"

#include <sqlite3.h>

#include <string>
#include <utility>

namespace ferry::persistence {

sqlite_housekeeping::sqlite_housekeeping(SQLite::Database& database, sqlite_statements& statements,
                                         checkpoint_limits log, compaction_limits file)
  : database_(database),
    statements_(statements),
    log_policy_(log),
    file_policy_(file),
    prepared_bytes_(log.prepared_bytes),
    page_bytes_(read_page_bytes(database)),
    can_shrink_(can_shrink(database)) {
  ::sqlite3_wal_hook(database_.getHandle(), &sqlite_housekeeping::log_grew, this);
}

void sqlite_housekeeping::add_to(journal_figures& figures) const noexcept {
  figures.log_bytes = log_policy_.log_bytes();
  figures.checkpoints = checkpoints_;
  figures.forced_checkpoints = forced_;
}

// -- the log ------------------------------------------------------------------

// Without the blocks commits are slower until the log has been through all of them.
void sqlite_housekeeping::expect_steps() {
  log_policy_.expect_steps();
  try {
    lengthen_log(database_, prepared_bytes_);
  } catch (const sqlite_failure&) {
  }
}

// SQLite calls it at the end of each commit.
int sqlite_housekeeping::log_grew(void* self, ::sqlite3*, const char*, int pages) {
  static_cast<sqlite_housekeeping*>(self)->log_pages_ = static_cast<std::uint64_t>(pages);
  return SQLITE_OK;
}

// The file itself gets shorter when the log is moved that says so.
void sqlite_housekeeping::committed() {
  carry_out(log_policy_.committed(log_pages_ * page_bytes_));
  if (std::exchange(compaction_ended_, false))
    carry_out(log_policy_.move_now());
}

void sqlite_housekeeping::step_ended(const result<upkeep_report>& outcome) {
  if (outcome)
    carry_out(log_policy_.stepped(*outcome));
  else
    log_policy_.step_failed();
}

void sqlite_housekeeping::carry_out(checkpoint_action action) {
  if (action == checkpoint_action::none)
    return;
  if (action == checkpoint_action::force)
    ++forced_;
  move_log(action == checkpoint_action::force ? checkpoint_kind::full : checkpoint_kind::passive);
  log_policy_.checkpointed();
}

// What was committed is safe in the log. A disk that has no room for the database is
// met again by a later checkpoint, or by a commit, which then fails.
void sqlite_housekeeping::move_log(checkpoint_kind kind) {
  try {
    if (checkpoint(database_, kind).is_complete())
      ++checkpoints_;
  } catch (const sqlite_failure&) {
  }
}

// -- the database -------------------------------------------------------------

void sqlite_housekeeping::look_at_pages() {
  if (!can_shrink_)
    return;
  auto pages = file_pages{0, 0, page_bytes_};
  auto into = [](std::uint64_t& count) {
    return [&](const named_statement& row) { count = static_cast<std::uint64_t>(row.number(0)); };
  };
  statements_.count_pages.each_row(into(pages.all));
  statements_.count_free_pages.each_row(into(pages.free));
  compaction_ended_ = file_policy_.found(pages);
}

void sqlite_housekeeping::compact() {
  named("compact", [&] {
    database_.exec("PRAGMA incremental_vacuum(" + std::to_string(file_policy_.slice()) + ")");
  });
  look_at_pages();
}

} // namespace ferry::persistence
