#include "ferry/persistence/commit_ledger.hpp"

#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

using namespace ferry;
using namespace ferry::persistence;
using namespace ferry::testing;

namespace {

constexpr auto orders = queue_id{1};
constexpr auto bills = queue_id{2};
constexpr auto alice = session_id{7};
constexpr auto bob = session_id{8};

struct commit_ledger_fixture {
  commit_ledger ledger{100};

  void remember(session_id session, std::uint64_t up_to) {
    ledger.remembered(orders, {session, publish_number{up_to}, from_ns(5)});
  }

  session_mark mark(session_id session) const {
    return ledger.sessions().at({orders, session});
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(commit_ledger_suite, commit_ledger_fixture)

BOOST_AUTO_TEST_CASE(the_next_number_follows_the_highest_that_was_stored) {
  ledger.stored(orders, run_of(1, 9));
  ledger.stored(orders, run_of(4, 1));
  BOOST_TEST(ledger.mark_of(orders).next == sequence_number{10});
}

BOOST_AUTO_TEST_CASE(a_note_goes_on_from_what_is_on_disk) {
  ledger.know(orders, {sequence_number{7}, sequence_number{3}, 5});
  ledger.stored(orders, run_of(7, 2));
  ledger.touched(orders, {sequence_number{3}, 1});
  ledger.erased(orders, {sequence_number{4}, 1}, 1);
  BOOST_TEST((ledger.mark_of(orders) == queue_mark{sequence_number{9}, sequence_number{5}, 6}));
}

BOOST_AUTO_TEST_CASE(only_the_notes_that_a_commit_changes_are_written) {
  ledger.know(orders, {});
  ledger.know(bills, {sequence_number{4}, sequence_number{1}, 3});
  ledger.erased(bills, {sequence_number{1}, 1}, 1);
  BOOST_TEST((ledger.changed() == std::set{bills}));
}

BOOST_AUTO_TEST_CASE(of_a_queue_that_is_not_known_nothing_is_erased) {
  ledger.erased(orders, {sequence_number{1}, 1}, 1);
  ledger.touched(orders, {sequence_number{1}, 1});
  BOOST_TEST(ledger.changed().empty());
}

BOOST_AUTO_TEST_CASE(the_last_word_on_a_session_counts) {
  remember(alice, 1);
  remember(alice, 2);
  BOOST_TEST(mark(alice).up_to == publish_number{2});
  BOOST_TEST(mark(alice).used_at == from_ns(5));
  ledger.forgotten(orders, alice);
  BOOST_TEST(mark(alice).used == 0u);
}

BOOST_AUTO_TEST_CASE(uses_grow_from_the_last_one_of_an_earlier_process) {
  remember(alice, 1);
  remember(bob, 1);
  BOOST_TEST(mark(alice).used == 101u);
  BOOST_TEST(mark(bob).used == 102u);
}

BOOST_AUTO_TEST_CASE(another_commit_begins_empty_but_goes_on_counting) {
  ledger.stored(orders, run_of(1, 9));
  remember(alice, 1);
  ledger.clear();
  BOOST_TEST(ledger.changed().empty());
  BOOST_TEST(ledger.mark_of(orders).next == sequence_number{10});
  BOOST_TEST(ledger.sessions().empty());
  remember(bob, 1);
  BOOST_TEST(mark(bob).used == 102u);
}

BOOST_AUTO_TEST_SUITE_END()
