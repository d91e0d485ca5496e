#include "ferry/persistence/commit_ledger.hpp"

#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

using namespace ferry;
using namespace ferry::persistence;

namespace {

constexpr auto orders = queue_id{1};
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
  ledger.stored(orders, sequence_number{9});
  ledger.stored(orders, sequence_number{4});
  BOOST_TEST(ledger.next().at(orders) == sequence_number{10});
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
  ledger.stored(orders, sequence_number{9});
  remember(alice, 1);
  ledger.clear();
  BOOST_TEST(ledger.next().empty());
  BOOST_TEST(ledger.sessions().empty());
  remember(bob, 1);
  BOOST_TEST(mark(bob).used == 102u);
}

BOOST_AUTO_TEST_SUITE_END()
