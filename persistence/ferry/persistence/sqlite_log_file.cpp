#include "ferry/persistence/sqlite_log_file.hpp"

#include "ferry/persistence/sqlite_failure.hpp"

#include <sqlite3.h>

#include <vector>

namespace ferry::persistence {

namespace {

constexpr auto zeros_at_once = 1 << 16; // a file of SQLite takes less than 128 KiB at once

void check(int code) {
  if (code != SQLITE_OK)
    throw SQLite::Exception("the file of the log cannot be made longer", code);
}

// SQLite's own descriptor, as for everything that touches an open database.
::sqlite3_file& log_of(SQLite::Database& database) {
  ::sqlite3_file* file = nullptr;
  check(::sqlite3_file_control(database.getHandle(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &file));
  if (!file || !file->pMethods)
    check(SQLITE_CANTOPEN);
  return *file;
}

void write_zeros(::sqlite3_file& file, ::sqlite3_int64 from, ::sqlite3_int64 to) {
  const auto zeros = std::vector<char>(zeros_at_once);
  for (auto place = from; place < to; place += zeros_at_once)
    check(file.pMethods->xWrite(&file, zeros.data(), zeros_at_once, place));
  check(file.pMethods->xSync(&file, SQLITE_SYNC_NORMAL));
}

} // namespace

void lengthen_log(SQLite::Database& database, std::uint64_t bytes) {
  named("lengthen log", [&] {
    auto& file = log_of(database);
    auto size = ::sqlite3_int64{0};
    check(file.pMethods->xFileSize(&file, &size));
    if (auto wanted = static_cast<::sqlite3_int64>(bytes); size < wanted)
      write_zeros(file, size, wanted);
  });
}

} // namespace ferry::persistence
