#include "ferry/persistence/sqlite_reader.hpp"

#include "ferry/persistence/sqlite_failure.hpp"
#include "ferry/persistence/sqlite_message_reader.hpp"
#include "ferry/persistence/sqlite_pragmas.hpp"
#include "ferry/persistence/sqlite_statements.hpp"

#include <SQLiteCpp/Database.h>

#include <utility>

namespace ferry::persistence {

namespace {

class sqlite_reader final : public journal_reader {
public:
  explicit sqlite_reader(std::unique_ptr<SQLite::Database> database)
    : database_(std::move(database)),
      statements_(*database_),
      messages_(statements_) {
  }

  // A statement is reset when its page is whole: a snapshot that were held longer
  // would keep the log from beginning anew.
  result<stored_page> read(queue_id queue, sequence_number first, sequence_number last,
                           page_limit limit) override {
    try {
      return messages_.read(queue, first, last, limit);
    } catch (const std::exception& cause) {
      return explain(database_->getFilename(), cause);
    }
  }

private:
  std::unique_ptr<SQLite::Database> database_;
  sqlite_read_statements statements_;
  sqlite_message_reader messages_;
};

} // namespace

std::unique_ptr<journal_reader> open_sqlite_reader(const std::string& path,
                                                   std::chrono::milliseconds patience) {
  const auto flags = SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX;
  auto database = named("open file for reading", [&] {
    return std::make_unique<SQLite::Database>(path, flags, static_cast<int>(patience.count()));
  });
  set_reading_pragmas(*database);
  return std::make_unique<sqlite_reader>(std::move(database));
}

} // namespace ferry::persistence
