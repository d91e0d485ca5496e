#include "support/child_process.hpp"
#include "support/random_run.hpp"
#include "support/temporary_directory.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <boost/test/unit_test.hpp>

#include <random>
#include <set>
#include <string>

using namespace ferry::testing;

namespace {

/// What the outside world was told, over all lives of the child.
struct promises {
  std::set<std::uint64_t> confirmed;
  std::set<std::uint64_t> handled;

  void note(const std::string& line) {
    auto space = line.find(' ');
    if (space == std::string::npos)
      return;
    auto number = std::uint64_t{std::stoull(line.substr(space + 1))};
    (line.starts_with("confirmed") ? confirmed : handled).insert(number);
  }
};

std::set<std::uint64_t> numbers(SQLite::Database& file, const std::string& query) {
  auto found = std::set<std::uint64_t>{};
  auto rows = SQLite::Statement{file, query};
  while (rows.executeStep())
    found.insert(static_cast<std::uint64_t>(rows.getColumn(0).getInt64()));
  return found;
}

// The audit lives in the journal's own transactions: what it holds is what was
// committed, told by SQLite and not by ferry.
void install_audit(const std::string& journal) {
  auto file = SQLite::Database{journal, SQLite::OPEN_READWRITE};
  file.exec("CREATE TABLE audit_stored(key INTEGER, number INTEGER);"
            "CREATE TABLE audit_erased(key INTEGER);"
            "CREATE TRIGGER audit_insert AFTER INSERT ON message BEGIN"
            "  INSERT INTO audit_stored VALUES(new.key, CAST(new.payload AS TEXT)); END;"
            "CREATE TRIGGER audit_delete AFTER DELETE ON message BEGIN"
            "  INSERT INTO audit_erased VALUES(old.key); END;");
}

int count(SQLite::Database& file, const std::string& query) {
  return file.execAndGet(query).getInt();
}

struct crash_fixture {
  void live_and_die(std::chrono::microseconds life) {
    first_number += 1'000'000'000; // no two lives publish the same number
    auto child = child_process{{CRASH_CHILD, journal, std::to_string(first_number)}};
    BOOST_REQUIRE(child.read_line() == "ready");
    child.kill_after(life);
    for (auto line = child.read_line(); !line.empty(); line = child.read_line())
      told.note(line);
  }

  temporary_directory folder;
  std::string journal = (folder.path() / "crash.db").string();
  std::uint64_t first_number = 0;
  promises told;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(crash_suite, crash_fixture)

BOOST_AUTO_TEST_CASE(what_was_confirmed_survives_sigkill_and_nothing_is_settled_twice) {
  auto seed = seed_of_this_run();
  BOOST_TEST_MESSAGE("FERRY_SEED=" << seed);
  BOOST_TEST_CONTEXT("FERRY_SEED=" << seed) {
    auto random = std::mt19937{seed};
    auto life = std::uniform_int_distribution{0, 120'000};
    live_and_die(std::chrono::microseconds{1000});
    install_audit(journal);
    told = {};
    for (auto round = 0; round < rounds_of_this_run(30); ++round) {
      live_and_die(std::chrono::microseconds{life(random)});
      auto file = SQLite::Database{journal, SQLite::OPEN_READWRITE};
      auto present = numbers(file, "SELECT CAST(payload AS TEXT) FROM message");
      for (auto number : told.confirmed)
        if (!present.contains(number) && !told.handled.contains(number))
          BOOST_ERROR("message " << number << " was confirmed and is lost");
      BOOST_TEST(count(file, "SELECT count(*) FROM (SELECT key FROM audit_erased"
                             " GROUP BY key HAVING count(*) > 1)")
                 == 0);
      BOOST_TEST(count(file, "SELECT count(*) FROM (SELECT number FROM audit_stored"
                             " GROUP BY number HAVING count(*) > 1)")
                 == 0);
      for (auto number : numbers(file, "SELECT number FROM audit_stored WHERE key IN"
                                       " (SELECT key FROM audit_erased)"))
        if (!told.handled.contains(number))
          BOOST_ERROR("message " << number << " was erased and never handled");
    }
    BOOST_TEST(!told.confirmed.empty());
    BOOST_TEST(!told.handled.empty());
  }
}

BOOST_AUTO_TEST_SUITE_END()
