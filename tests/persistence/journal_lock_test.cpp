#include "ferry/persistence/journal_lock.hpp"

#include "support/printing.hpp"
#include "support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

using namespace ferry;
using namespace ferry::persistence;

namespace {

struct journal_lock_fixture {
  testing::temporary_directory directory;
  std::string path = directory.file("journal");

  // How another process fares that tries to take the lock, and ends at once.
  errc code_of_another_process() const {
    auto child = ::fork();
    if (child == 0) {
      auto lock = journal_lock::acquire(path);
      ::_exit(lock ? 0 : static_cast<int>(lock.why().code));
    }
    auto outcome = 0;
    ::waitpid(child, &outcome, 0);
    return static_cast<errc>(WEXITSTATUS(outcome));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(journal_lock_suite, journal_lock_fixture)

BOOST_AUTO_TEST_CASE(the_lock_file_holds_the_process_id) {
  auto lock = journal_lock::acquire(path);
  BOOST_REQUIRE(lock.ok());
  auto pid = 0;
  std::ifstream{lock_path(path)} >> pid;
  BOOST_TEST(pid == ::getpid());
}

BOOST_AUTO_TEST_CASE(a_second_lock_in_this_process_is_refused_and_names_it) {
  auto lock = journal_lock::acquire(path);
  auto second = journal_lock::acquire(path);
  BOOST_REQUIRE(!second.ok());
  BOOST_TEST(second.why().code == errc::journal_in_use);
  BOOST_TEST(second.why().text.find("process " + std::to_string(::getpid())) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(another_process_is_refused_while_the_lock_is_held) {
  auto lock = journal_lock::acquire(path);
  BOOST_TEST(code_of_another_process() == errc::journal_in_use);
}

BOOST_AUTO_TEST_CASE(another_process_gets_the_lock_once_it_is_released) {
  { auto lock = journal_lock::acquire(path); }
  BOOST_TEST(code_of_another_process() == errc::none);
}

BOOST_AUTO_TEST_CASE(a_process_that_ended_leaves_no_lock_behind) {
  BOOST_TEST(code_of_another_process() == errc::none);
  BOOST_TEST(journal_lock::acquire(path).ok());
}

BOOST_AUTO_TEST_CASE(a_refused_lock_does_not_release_the_held_one) {
  auto lock = journal_lock::acquire(path);
  BOOST_TEST(!journal_lock::acquire(path).ok());
  BOOST_TEST(!journal_lock::acquire(path).ok());
}

BOOST_AUTO_TEST_CASE(a_moved_lock_is_held_once) {
  auto lock = journal_lock::acquire(path);
  {
    auto owner = std::move(*lock);
    BOOST_TEST(!journal_lock::acquire(path).ok());
  }
  BOOST_TEST(journal_lock::acquire(path).ok());
}

BOOST_AUTO_TEST_CASE(journals_side_by_side_have_locks_of_their_own) {
  auto lock = journal_lock::acquire(path);
  BOOST_TEST(journal_lock::acquire(directory.file("other")).ok());
}

BOOST_AUTO_TEST_CASE(a_missing_directory_is_named) {
  auto lock = journal_lock::acquire(directory.file("missing/journal"));
  BOOST_REQUIRE(!lock.ok());
  BOOST_TEST(lock.why().code == errc::journal_failed);
  BOOST_TEST(lock.why().text.find("missing/journal.lock") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
