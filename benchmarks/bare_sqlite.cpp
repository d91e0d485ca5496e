// The floor: the same SQLite, the same pragmas, nobody in between.

#include "scenario.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace ferry::benchmarks {

namespace {

using steady = std::chrono::steady_clock;

SQLite::Database opened(const std::filesystem::path& file) {
  auto database = SQLite::Database{file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
  database.exec("PRAGMA journal_mode=WAL");
  database.exec("PRAGMA synchronous=FULL");
  database.exec("CREATE TABLE message(key INTEGER PRIMARY KEY, payload BLOB NOT NULL)");
  return database;
}

/// Inserts and deletes by key, `batch` of each per commit.
class bare_loop {
public:
  explicit bare_loop(const std::filesystem::path& file) : database_(opened(file)) {
  }

  void commit(std::int64_t first, std::int64_t batch, const std::string& payload) {
    database_.exec("BEGIN IMMEDIATE");
    for (auto key = first; key < first + batch; ++key) {
      insert_.bind(1, key);
      insert_.bindNoCopy(2, payload.data(), static_cast<int>(payload.size()));
      insert_.exec();
      insert_.reset();
    }
    for (auto key = first - batch; key < first; ++key) { // what the commit before added
      delete_.bind(1, key);
      delete_.exec();
      delete_.reset();
    }
    database_.exec("COMMIT");
  }

private:
  SQLite::Database database_;
  SQLite::Statement insert_{database_, "INSERT INTO message VALUES(?, ?)"};
  SQLite::Statement delete_{database_, "DELETE FROM message WHERE key = ?"};
};

outcome run_loop(const settings& given, std::int64_t batch, std::uint64_t messages) {
  auto loop = bare_loop{given.folder / "bare.db"};
  auto payload = std::string(given.payload_bytes, 'x');
  auto result = outcome{messages, {}, {}, 0};
  auto start = steady::now();
  for (auto first = std::int64_t{0}; first < static_cast<std::int64_t>(messages); first += batch) {
    auto before = steady::now();
    loop.commit(first, batch, payload);
    result.latencies.push_back(steady::now() - before);
    ++result.commits;
  }
  result.elapsed = steady::now() - start;
  return result;
}

} // namespace

outcome bare_sqlite_loop(const settings& given) {
  auto result = run_loop(given, 1000, given.messages);
  result.latencies.clear(); // of whole batches: not comparable with single messages
  return result;
}

outcome bare_sqlite_single_commits(const settings& given) {
  return run_loop(given, 1, std::min<std::uint64_t>(given.messages, 5000));
}

std::chrono::nanoseconds raw_sync_time(const std::filesystem::path& folder) {
  auto path = folder / "sync_probe";
  auto file = ::open(path.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0)
    throw wrong_run("cannot write to " + folder.string());
  auto block = std::array<char, 4096>{};
  auto times = std::vector<std::chrono::nanoseconds>{};
  for (auto i = 0; i < 200; ++i) {
    auto before = steady::now();
    if (::write(file, block.data(), block.size()) < 0 || ::fdatasync(file) != 0)
      throw wrong_run("cannot sync " + path.string());
    times.push_back(steady::now() - before);
  }
  ::close(file);
  std::filesystem::remove(path);
  std::ranges::nth_element(times, times.begin() + 100);
  return times[100];
}

} // namespace ferry::benchmarks
