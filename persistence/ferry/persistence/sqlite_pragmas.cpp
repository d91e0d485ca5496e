#include "ferry/persistence/sqlite_pragmas.hpp"

#include "ferry/persistence/sqlite_failure.hpp"

namespace ferry::persistence {

namespace {

// Each line can be defended: the first two are the promise, the others speed.
//   wal_autocheckpoint  none within a commit: checkpoint_policy says when and by whom
//   journal_size_limit  a log that grew behind a long reader shrinks again
//   cache_size          16 MiB, in KiB when negative
//   secure_delete       zeroing freed pages would write every payload twice
constexpr auto pragmas = "PRAGMA journal_mode = WAL;"
                         "PRAGMA synchronous = FULL;"
                         "PRAGMA wal_autocheckpoint = 0;"
                         "PRAGMA journal_size_limit = 67108864;"
                         "PRAGMA cache_size = -16384;"
                         "PRAGMA secure_delete = OFF;"
                         "PRAGMA temp_store = MEMORY;";

//   page_size    payloads of 1 KiB go through half as fast in pages of 4 KiB
//   auto_vacuum  the file can be made shorter a few pages at a time
constexpr auto file_pragmas = "PRAGMA page_size = 8192;"
                              "PRAGMA auto_vacuum = INCREMENTAL;";

// A page is read once: a small cache, for the inner nodes of the tree.
constexpr auto reading_pragmas = "PRAGMA query_only = ON;"
                                 "PRAGMA cache_size = -2048;";

// It reads to fetch the file's head; synchronous decides that the log is synced before
// it is moved.
constexpr auto upkeep_pragmas = "PRAGMA synchronous = FULL;"
                                "PRAGMA wal_autocheckpoint = 0;"
                                "PRAGMA cache_size = -256;"
                                "PRAGMA journal_mode;";

std::string unlike(const std::string& pragma, const std::string& asked, const std::string& found) {
  return asked == found ? "" : pragma + " is " + found + " instead of " + asked + "; ";
}

} // namespace

void set_pragmas(SQLite::Database& database) {
  named("set pragmas", [&] { database.exec(pragmas); });
}

void set_reading_pragmas(SQLite::Database& database) {
  named("set reading pragmas", [&] { database.exec(reading_pragmas); });
}

void set_upkeep_pragmas(SQLite::Database& database) {
  named("set upkeep pragmas", [&] { database.exec(upkeep_pragmas); });
}

void set_file_pragmas(SQLite::Database& database) {
  named("set file pragmas", [&] { database.exec(file_pragmas); });
}

bool can_shrink(SQLite::Database& database) {
  return named("read auto_vacuum", [&] {
    return database.execAndGet("PRAGMA auto_vacuum").getInt64() == 2;
  });
}

std::uint64_t read_page_bytes(SQLite::Database& database) {
  return named("read page size", [&] {
    return static_cast<std::uint64_t>(database.execAndGet("PRAGMA page_size").getInt64());
  });
}

durability_pragmas read_pragmas(SQLite::Database& database) {
  return named("read pragmas", [&] {
    return durability_pragmas{database.execAndGet("PRAGMA journal_mode").getString(),
                              database.execAndGet("PRAGMA synchronous").getInt64()};
  });
}

status check_pragmas(const std::string& path, const durability_pragmas& found) {
  auto promised = durability_pragmas{};
  if (found == promised)
    return success();
  auto synchronous = [](const auto& values) { return std::to_string(values.synchronous); };
  return error{errc::journal_unsafe,
               "journal \"" + path + "\" would not survive a power loss: "
                 + unlike("journal_mode", promised.journal_mode, found.journal_mode)
                 + unlike("synchronous", synchronous(promised), synchronous(found))
                 + "keep the journal on a local disk and open it with ferry alone"};
}

} // namespace ferry::persistence
