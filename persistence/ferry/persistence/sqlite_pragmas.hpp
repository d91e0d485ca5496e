// The settings of the connection. Those that durability stands on are read back,
// because SQLite answers a pragma that it cannot follow with silence.

#pragma once

#include "ferry/result.hpp"

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <string>

namespace ferry::persistence {

/// What a receipt relies on.
struct durability_pragmas {
  std::string journal_mode = "wal";
  std::int64_t synchronous = 2; // FULL: every commit waits for the disk

  friend bool operator==(const durability_pragmas&, const durability_pragmas&) = default;
};

/// Sets all pragmas.
/// Throws   sqlite_failure
void set_pragmas(SQLite::Database& database);

/// Sets those of a connection that only reads, and could not write if it tried.
/// Throws   sqlite_failure
void set_reading_pragmas(SQLite::Database& database);

/// Sets those of the connection that moves the log.
/// Throws   sqlite_failure
void set_upkeep_pragmas(SQLite::Database& database);

/// Sets what only a file without a byte can still be told, see docs/benchmarks.md.
/// Throws   sqlite_failure
void set_file_pragmas(SQLite::Database& database);

/// Asks SQLite how long a page is.
/// Throws   sqlite_failure
[[nodiscard]] std::uint64_t read_page_bytes(SQLite::Database& database);

/// Asks SQLite whether free pages can be given back a few at a time.
/// Throws   sqlite_failure
[[nodiscard]] bool can_shrink(SQLite::Database& database);

/// Asks SQLite which of them hold.
/// Throws   sqlite_failure
[[nodiscard]] durability_pragmas read_pragmas(SQLite::Database& database);

/// Compares what holds with what ferry promises.
/// Errors   errc::journal_unsafe, with the name and the value of each difference
[[nodiscard]] status check_pragmas(const std::string& path, const durability_pragmas& found);

} // namespace ferry::persistence
