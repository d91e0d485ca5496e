// The journal in a SQLite file. Its tables are in sqlite_schema, its SQL in
// sqlite_statements; here is only how to open it.

#pragma once

#include "ferry/persistence/checkpoint_policy.hpp"
#include "ferry/persistence/compaction_policy.hpp"
#include "ferry/persistence/journal.hpp"
#include "ferry/result.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace ferry::persistence {

struct sqlite_journal_options {
  std::string path;                         // of the database file; its directory exists
  std::chrono::milliseconds patience{5000}; // for another program that writes to the file
  checkpoint_limits log{};                  // how long it may get
  compaction_limits file{};                 // how much of it may be free
};

/// Opens the journal at `path`, creating it when there is no file.
///
/// Order    The lock file comes first, then the database is looked at, and only a
///          journal of ours is written to.
/// Errors   errc::journal_in_use   another journal object has it open
///          errc::journal_foreign  not a ferry journal, or a newer version's
///          errc::journal_unsafe   it would not survive a power loss
///          errc::journal_failed   everything else, with SQLite's code and text
[[nodiscard]] result<std::unique_ptr<journal>>
open_sqlite_journal(const sqlite_journal_options& options);

} // namespace ferry::persistence
