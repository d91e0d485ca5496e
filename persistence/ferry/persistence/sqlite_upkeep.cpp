#include "ferry/persistence/sqlite_upkeep.hpp"

#include "ferry/persistence/sqlite_checkpoint.hpp"
#include "ferry/persistence/sqlite_failure.hpp"
#include "ferry/persistence/sqlite_pragmas.hpp"

#include <SQLiteCpp/Database.h>

#include <utility>

namespace ferry::persistence {

namespace {

class sqlite_upkeep final : public journal_upkeep {
public:
  explicit sqlite_upkeep(std::unique_ptr<SQLite::Database> database)
    : database_(std::move(database)),
      page_bytes_(read_page_bytes(*database_)) {
  }

  // The sync makes the one short that the journal's own checkpoint has to wait for.
  result<upkeep_report> step() override {
    try {
      auto outcome = checkpoint(*database_, checkpoint_kind::passive);
      sync_database(*database_);
      return upkeep_report{outcome.log_pages * page_bytes_, outcome.moved_pages * page_bytes_};
    } catch (const std::exception& cause) {
      return explain(database_->getFilename(), cause);
    }
  }

private:
  std::unique_ptr<SQLite::Database> database_;
  std::uint64_t page_bytes_;
};

} // namespace

std::unique_ptr<journal_upkeep> open_sqlite_upkeep(const std::string& path,
                                                   std::chrono::milliseconds patience) {
  const auto flags = SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX;
  auto database = named("open file for upkeep", [&] {
    return std::make_unique<SQLite::Database>(path, flags, static_cast<int>(patience.count()));
  });
  set_upkeep_pragmas(*database);
  return std::make_unique<sqlite_upkeep>(std::move(database));
}

} // namespace ferry::persistence
