// SQLite's checkpoint as a function: moves pages of the log into the database.

#pragma once

#include <SQLiteCpp/Database.h>

#include <cstdint>

namespace ferry::persistence {

enum class checkpoint_kind : std::uint8_t {
  passive, // as far as no reader is in the way; never waits
  full,    // waits, as long as the connection's patience, for readers and others who do the same
};

/// In pages of the log.
struct checkpoint_outcome {
  std::uint64_t log_pages = 0;
  std::uint64_t moved_pages = 0; // all that were ever moved since the log began

  [[nodiscard]] bool is_complete() const noexcept {
    return moved_pages == log_pages;
  }
};

/// Somebody in the way is no error: then less is moved, or nothing. SQLite syncs the
/// database only when it moved everything.
/// Throws   sqlite_failure
[[nodiscard]] checkpoint_outcome checkpoint(SQLite::Database& database, checkpoint_kind kind);

/// Has the disk take what was moved so far.
/// Throws   sqlite_failure
void sync_database(SQLite::Database& database);

} // namespace ferry::persistence
