// The floor: the same SQLite, the same pragmas, nobody in between.

#include "scenarios.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <fmt/format.h>

#include <algorithm>

namespace ferry::benchmarks {

namespace {

/// One table of payloads under an integer key, and the statements on it.
class bare_table {
public:
  explicit bare_table(const std::filesystem::path& file, std::size_t payload_bytes)
    : payload_(payload_bytes, 'x'),
      database_(opened(file)) {
  }

  void insert(std::int64_t key) {
    insert_.bind(1, key);
    insert_.bindNoCopy(2, payload_.data(), static_cast<int>(payload_.size()));
    insert_.exec();
    insert_.reset();
  }

  void erase(std::int64_t key) {
    erase_.bind(1, key);
    erase_.exec();
    erase_.reset();
  }

  template <class Work>
  void commit(Work work) {
    database_.exec("BEGIN IMMEDIATE");
    work();
    database_.exec("COMMIT");
  }

  void verify_rows(std::int64_t expected) {
    auto rows = database_.execAndGet("SELECT count(*) FROM message").getInt64();
    if (rows != expected)
      throw wrong_run(fmt::format("{} rows are left instead of {}", rows, expected));
  }

private:
  static SQLite::Database opened(const std::filesystem::path& file) {
    auto database = SQLite::Database{file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
    database.exec("PRAGMA journal_mode=WAL");
    database.exec("PRAGMA synchronous=FULL");
    database.exec("CREATE TABLE message(key INTEGER PRIMARY KEY, payload BLOB NOT NULL)");
    return database;
  }

  std::string payload_;
  SQLite::Database database_;
  SQLite::Statement insert_{database_, "INSERT INTO message VALUES(?, ?)"};
  SQLite::Statement erase_{database_, "DELETE FROM message WHERE key = ?"};
};

constexpr auto batch_size = std::int64_t{1000};

} // namespace

// Each commit inserts a batch and deletes the one before it, by key; a last one
// deletes the last batch.
outcome bare_sqlite_loop(const settings& given) {
  auto table = bare_table{given.folder / "bare.db", given.payload_bytes};
  auto messages = static_cast<std::int64_t>(given.messages);
  auto result = outcome{.messages = given.messages};
  auto start = steady::now();
  for (auto first = std::int64_t{0}; first < messages + batch_size; first += batch_size) {
    table.commit([&] {
      for (auto key = first; key < std::min(first + batch_size, messages); ++key)
        table.insert(key);
      for (auto key = std::max(first - batch_size, std::int64_t{0});
           key < std::min(first, messages); ++key)
        table.erase(key);
    });
    ++result.commits;
  }
  result.elapsed = steady::now() - start;
  table.verify_rows(0);
  return result;
}

// What a receipt has to wait for at least: one row, one commit.
outcome bare_sqlite_single_commits(const settings& given) {
  auto table = bare_table{given.folder / "bare.db", given.payload_bytes};
  auto messages = static_cast<std::int64_t>(given.messages);
  auto result = outcome{.messages = given.messages, .commits = given.messages};
  auto start = steady::now();
  for (auto key = std::int64_t{0}; key < messages; ++key) {
    auto before = steady::now();
    table.commit([&] { table.insert(key); });
    result.latencies.push_back(steady::now() - before);
  }
  result.elapsed = steady::now() - start;
  table.verify_rows(messages);
  return result;
}

} // namespace ferry::benchmarks
