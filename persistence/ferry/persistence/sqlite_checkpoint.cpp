#include "ferry/persistence/sqlite_checkpoint.hpp"

#include "ferry/persistence/sqlite_failure.hpp"

#include <sqlite3.h>

#include <algorithm>

namespace ferry::persistence {

namespace {

std::uint64_t pages(int counted) {
  return static_cast<std::uint64_t>(std::max(counted, 0));
}

} // namespace

checkpoint_outcome checkpoint(SQLite::Database& database, checkpoint_kind kind) {
  return named("checkpoint", [&] {
    auto mode =
      kind == checkpoint_kind::passive ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_FULL;
    auto log = -1;
    auto moved = -1;
    auto code = ::sqlite3_wal_checkpoint_v2(database.getHandle(), "main", mode, &log, &moved);
    if (code != SQLITE_OK && code != SQLITE_BUSY)
      throw SQLite::Exception(database.getHandle(), code);
    return checkpoint_outcome{pages(log), pages(moved)};
  });
}

// Through SQLite's own descriptor: closing another one would drop its locks.
void sync_database(SQLite::Database& database) {
  named("sync database", [&] {
    ::sqlite3_file* file = nullptr;
    auto code =
      ::sqlite3_file_control(database.getHandle(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (code == SQLITE_OK && file && file->pMethods)
      code = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
    if (code != SQLITE_OK)
      throw SQLite::Exception("the database file cannot be synced", code);
  });
}

} // namespace ferry::persistence
