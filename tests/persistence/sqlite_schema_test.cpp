#include "ferry/persistence/sqlite_schema.hpp"

#include "ferry/persistence/sqlite_journal.hpp"
#include "support/printing.hpp"
#include "support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <limits>

using namespace ferry;
using namespace ferry::persistence;

namespace {

constexpr auto create = "CREATE TABLE book (title TEXT)";
constexpr auto add_author = "ALTER TABLE book ADD COLUMN author TEXT";
constexpr auto add_twice = "ALTER TABLE book ADD COLUMN year; ALTER TABLE book ADD COLUMN year";

struct sqlite_schema_fixture {
  testing::temporary_directory directory;

  SQLite::Database open() const {
    return {directory.file("file"), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
  }

  void run(const std::string& sql) const {
    open().exec(sql);
  }

  std::int64_t number(const std::string& sql) const {
    return open().execAndGet(sql).getInt64();
  }

  template <class... Steps>
  status prepare_with(Steps... steps) const {
    auto database = open();
    return prepare(database, std::array<schema_step, sizeof...(Steps)>{steps...});
  }

  // Expects that the file is refused, and not a byte of it changed.
  void expect_foreign(const std::string& reason) const {
    auto before = directory.bytes("file");
    auto database = open();
    auto outcome = prepare(database);
    BOOST_REQUIRE(!outcome.ok());
    BOOST_TEST(outcome.why().code == errc::journal_foreign);
    BOOST_TEST(outcome.why().text.find(reason) != std::string::npos, outcome.why().text);
    BOOST_TEST((directory.bytes("file") == before));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(sqlite_schema_suite, sqlite_schema_fixture)

// -- creating and migrating ---------------------------------------------------

BOOST_AUTO_TEST_CASE(an_absent_file_becomes_a_journal_of_the_current_version) {
  auto database = open();
  BOOST_TEST(prepare(database).ok());
  BOOST_TEST(number("PRAGMA application_id") == application_id);
  BOOST_TEST(number("PRAGMA user_version") == static_cast<std::int64_t>(schema_steps().size()));
  BOOST_TEST(number("SELECT count(*) FROM journal_meta") == 1);
}

BOOST_AUTO_TEST_CASE(a_new_journal_has_long_pages_and_can_be_made_shorter) {
  auto database = open();
  BOOST_TEST(prepare(database).ok());
  BOOST_TEST(number("PRAGMA page_size") == 8192);
  BOOST_TEST(number("PRAGMA auto_vacuum") == 2);
}

BOOST_AUTO_TEST_CASE(a_file_without_a_byte_becomes_a_journal) {
  directory.write("file", "");
  auto database = open();
  BOOST_TEST(prepare(database).ok());
}

BOOST_AUTO_TEST_CASE(a_journal_of_the_current_version_is_left_as_it_is) {
  BOOST_TEST(prepare_with(create).ok());
  auto before = directory.bytes("file");
  BOOST_TEST(prepare_with(create).ok());
  BOOST_TEST((directory.bytes("file") == before));
}

BOOST_AUTO_TEST_CASE(creating_runs_every_step) {
  BOOST_TEST(prepare_with(create, add_author).ok());
  BOOST_TEST(number("PRAGMA user_version") == 2);
  BOOST_TEST(number("SELECT count(author) FROM book") == 0);
}

BOOST_AUTO_TEST_CASE(an_older_journal_runs_the_missing_steps_and_keeps_its_rows) {
  BOOST_TEST(prepare_with(create).ok());
  run("INSERT INTO book VALUES ('Emma')");
  BOOST_TEST(prepare_with(create, add_author).ok());
  BOOST_TEST(number("PRAGMA user_version") == 2);
  BOOST_TEST(number("SELECT count(*) FROM book WHERE author IS NULL") == 1);
}

BOOST_AUTO_TEST_CASE(a_step_that_fails_leaves_the_version_before_it) {
  BOOST_TEST(prepare_with(create).ok());
  auto outcome = prepare_with(create, add_author, add_twice);
  BOOST_REQUIRE(!outcome.ok());
  BOOST_TEST(outcome.why().code == errc::journal_failed);
  BOOST_TEST(outcome.why().text.find("migrate to version 3") != std::string::npos);
  BOOST_TEST(number("PRAGMA user_version") == 2);
  BOOST_TEST(number("SELECT count(*) FROM pragma_table_info('book')") == 2);
}

// -- released versions --------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_journal_of_version_1_is_opened_with_all_it_holds) {
  {
    auto database = open();
    BOOST_TEST(prepare(database, schema_steps().first(1)).ok());
  }
  run(
    "INSERT INTO queue VALUES (1, 'orders', 6);"
    "INSERT INTO producer_session VALUES (1, 7, 3, 1);"
    "INSERT INTO message (key, published_at, deliveries, content, headers, payload, due_at)"
    " VALUES ((1 << 40) + 4, 9, 0, 0, NULL, 'tea', 0), ((1 << 40) + 5, 9, 2, 0, NULL, 'rum', 70)");
  auto disk = open_sqlite_journal({.path = directory.file("file")}).value();
  auto found = disk->recover().value().at(0);
  BOOST_TEST(found.name == "orders");
  BOOST_TEST(found.next == sequence_number{6});
  BOOST_TEST(testing::sequences(found.runs[0].run) == (testing::list{4}));
  BOOST_TEST(found.runs.at(1).due == from_ns(70));
  BOOST_TEST(found.sessions.at(0).up_to == publish_number{3});
  BOOST_TEST(found.sessions[0].used == time_point{});
  BOOST_TEST(found.ids.empty());
  BOOST_TEST(found.suspects.empty());
  auto page = disk->read(found.id, sequence_number{4}, sequence_number{5}, {}).value();
  BOOST_TEST(testing::texts(page.runs.at(1)) == "rum");
  BOOST_TEST(number("PRAGMA user_version") == static_cast<std::int64_t>(schema_steps().size()));
}

BOOST_AUTO_TEST_CASE(a_journal_of_version_2_learns_what_its_queues_hold) {
  {
    auto database = open();
    BOOST_TEST(prepare(database, schema_steps().first(2)).ok());
  }
  run("INSERT INTO queue VALUES (1, 'orders', 6), (2, 'bills', 1);"
      "INSERT INTO message (key, published_at, deliveries, content, headers, payload, due_at)"
      " VALUES ((1 << 40) + 4, 9, 1, 0, NULL, 'tea', 0), ((1 << 40) + 5, 9, 0, 0, NULL, 'rum', 0)");
  {
    auto database = open();
    BOOST_TEST(prepare(database).ok());
  }
  BOOST_TEST(number("SELECT payload_bytes FROM progress WHERE queue = 1 AND session = 0") == 6);
  BOOST_TEST(number("SELECT payload_bytes FROM progress WHERE queue = 2 AND session = 0") == 0);
  auto disk = open_sqlite_journal({.path = directory.file("file")}).value();
  auto found = disk->recover().value().at(0);
  BOOST_TEST(testing::sequences(found.runs.at(0).run) == (testing::list{4}));
  BOOST_TEST(testing::sequences(found.runs.at(1).run) == (testing::list{5}));
  BOOST_TEST(number("SELECT untouched_from FROM progress WHERE queue = 1 AND session = 0") == 5);
  BOOST_TEST(number("SELECT untouched_from FROM progress WHERE queue = 2 AND session = 0") == 1);
}

BOOST_AUTO_TEST_CASE(a_journal_of_version_2_keeps_how_far_its_queues_and_producers_were) {
  {
    auto database = open();
    BOOST_TEST(prepare(database, schema_steps().first(2)).ok());
  }
  run("INSERT INTO queue VALUES (1, 'orders', 6), (2, 'bills', 1);"
      "INSERT INTO producer_session VALUES (1, 7, 3, 2, 70), (1, -1, 4, 1, 60), (2, 7, 9, 3, 80);");
  auto disk = open_sqlite_journal({.path = directory.file("file")}).value();
  auto found = disk->recover().value();
  BOOST_TEST(found.at(0).next == sequence_number{6});
  BOOST_TEST(found.at(1).next == sequence_number{1});
  const auto& sessions = found[0].sessions;
  BOOST_TEST(sessions.at(0).session == session_id{std::numeric_limits<std::uint64_t>::max()});
  BOOST_TEST(sessions.at(1).session == session_id{7});
  BOOST_TEST(sessions[1].up_to == publish_number{3});
  BOOST_TEST(sessions[1].used == from_ns(70));
  BOOST_TEST(found[1].sessions.at(0).up_to == publish_number{9});
  BOOST_TEST(number("SELECT count(*) FROM sqlite_schema WHERE name = 'producer_session'") == 0);
}

BOOST_AUTO_TEST_CASE(a_journal_of_version_3_keeps_its_rows_and_goes_on_behind_them) {
  {
    auto database = open();
    BOOST_TEST(prepare(database, schema_steps().first(3)).ok());
  }
  run("INSERT INTO queue VALUES (1, 'orders'), (2, 'bills'), (3, 'letters');"
      "INSERT INTO progress (queue, session, up_to, untouched_from, payload_bytes)"
      " VALUES (1, 0, (5 << 20) + 1, 4, 9), (2, 0, 7, 8, 3), (3, 0, 0, 1, 0);"
      "INSERT INTO suspect VALUES ((2 << 40) + 7);"
      "INSERT INTO message (key, published_at, deliveries, content, headers, payload, due_at)"
      " VALUES ((1 << 40) + 3, 9, 1, 0, NULL, 'tea', 0), ((1 << 40) + (5 << 20), 9, 0, 0, NULL,"
      " 'rum', 0), ((1 << 40) + (5 << 20) + 1, 9, 0, 0, NULL, 'gin', 0),"
      " ((2 << 40) + 7, 9, 1, 0, NULL, 'oil', 0)");
  auto disk = open_sqlite_journal({.path = directory.file("file")}).value();
  auto found = disk->recover().value();
  auto orders = found.at(0).id;
  BOOST_TEST(testing::sequences(found[0].runs.at(0).run) == (testing::list{3}));
  BOOST_TEST(testing::sequences(found.at(1).runs.at(0).run) == (testing::list{7}));
  BOOST_TEST((found[1].suspects == std::vector{sequence_number{7}}));
  BOOST_TEST(found.at(2).runs.empty());
  auto far = sequence_number{std::uint64_t{5} << 20};
  auto page = disk->read(orders, sequence_number{1}, last_sequence, {}).value();
  BOOST_TEST(testing::texts(page.runs.at(0)) == "tea");
  BOOST_TEST((page.runs.at(1).first == far));
  BOOST_TEST(testing::texts(page.runs[1]) == "rumgin");
  BOOST_TEST(number("SELECT count(*) FROM extent") == 3);
  BOOST_TEST(number("SELECT sum(sequence) FROM messages") == 3 + 7 + 2 * (5 << 20) + 1);
}

// -- foreign files ------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_newer_journal_is_refused_untouched) {
  BOOST_TEST(prepare_with(create).ok());
  run("PRAGMA user_version = " + std::to_string(schema_steps().size() + 1));
  expect_foreign("of version " + std::to_string(schema_steps().size() + 1));
}

BOOST_AUTO_TEST_CASE(the_file_of_another_application_is_refused_untouched) {
  run("CREATE TABLE book (title TEXT); PRAGMA application_id = 1");
  expect_foreign("application_id is 0x00000001");
}

BOOST_AUTO_TEST_CASE(an_empty_file_of_another_application_is_refused_untouched) {
  run("PRAGMA application_id = 1");
  expect_foreign("belongs to another application");
}

BOOST_AUTO_TEST_CASE(tables_without_an_application_are_refused_untouched) {
  run("CREATE TABLE book (title TEXT)");
  expect_foreign("belongs to another application");
}

BOOST_AUTO_TEST_CASE(a_version_without_an_application_is_refused_untouched) {
  run("PRAGMA user_version = 1");
  expect_foreign("belongs to another application");
}

BOOST_AUTO_TEST_CASE(a_foreign_file_in_wal_mode_is_refused_untouched) {
  run("PRAGMA journal_mode = WAL; CREATE TABLE book (title TEXT)");
  expect_foreign("belongs to another application");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_database_is_refused_untouched) {
  directory.write("file", std::string(5000, 'x'));
  expect_foreign("is not a SQLite database");
}

BOOST_AUTO_TEST_SUITE_END()
