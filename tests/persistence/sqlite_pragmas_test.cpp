#include "ferry/persistence/sqlite_pragmas.hpp"

#include "support/printing.hpp"
#include "support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

using namespace ferry;
using namespace ferry::persistence;

namespace {

std::string complaint(const durability_pragmas& found) {
  auto outcome = check_pragmas("journal", found);
  BOOST_REQUIRE(!outcome.ok());
  BOOST_TEST(outcome.why().code == errc::journal_unsafe);
  return outcome.why().text;
}

bool mentions(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(sqlite_pragmas_suite)

BOOST_AUTO_TEST_CASE(what_was_promised_is_accepted) {
  BOOST_TEST(check_pragmas("journal", {"wal", 2}).ok());
}

BOOST_AUTO_TEST_CASE(another_journal_mode_is_refused_by_name_and_value) {
  auto text = complaint({"delete", 2});
  BOOST_TEST(mentions(text, "journal_mode is delete instead of wal"));
  BOOST_TEST(!mentions(text, "synchronous"));
}

BOOST_AUTO_TEST_CASE(another_synchronous_is_refused_by_name_and_value) {
  BOOST_TEST(mentions(complaint({"wal", 1}), "synchronous is 1 instead of 2"));
  BOOST_TEST(mentions(complaint({"wal", 3}), "synchronous is 3 instead of 2"));
}

BOOST_AUTO_TEST_CASE(every_difference_is_named) {
  auto text = complaint({"off", 0});
  BOOST_TEST(mentions(text, "journal_mode is off"));
  BOOST_TEST(mentions(text, "synchronous is 0"));
}

BOOST_AUTO_TEST_CASE(what_is_set_in_a_file_is_read_back_as_promised) {
  auto directory = testing::temporary_directory{};
  auto database =
    SQLite::Database{directory.file("file"), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
  set_pragmas(database);
  BOOST_TEST(check_pragmas("journal", read_pragmas(database)).ok());
}

BOOST_AUTO_TEST_CASE(a_reading_connection_cannot_write) {
  auto directory = testing::temporary_directory{};
  auto database =
    SQLite::Database{directory.file("file"), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
  set_reading_pragmas(database);
  BOOST_CHECK_THROW(database.exec("CREATE TABLE book (title TEXT)"), SQLite::Exception);
}

BOOST_AUTO_TEST_CASE(a_database_that_cannot_have_a_log_is_found_out) {
  auto database = SQLite::Database{":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
  set_pragmas(database);
  BOOST_TEST(mentions(complaint(read_pragmas(database)), "journal_mode is memory"));
}

BOOST_AUTO_TEST_SUITE_END()
