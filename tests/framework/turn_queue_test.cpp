#include "ferry/supervision/turn_queue.hpp"

#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::testing {
namespace {

using asker = std::optional<turn_queue::asker_id>;

struct turn_queue_fixture {
  turn_queue turns;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(turn_queue_suite, turn_queue_fixture)

BOOST_AUTO_TEST_CASE(the_first_who_asks_has_the_turn_and_the_second_waits) {
  BOOST_TEST(turns.ask(7));
  BOOST_TEST(!turns.ask(8));
}

BOOST_AUTO_TEST_CASE(turns_are_given_in_the_order_of_asking) {
  (void)turns.ask(7);
  (void)turns.ask(9);
  (void)turns.ask(8);
  BOOST_TEST((turns.end(7) == asker{9}));
  BOOST_TEST((turns.end(9) == asker{8}));
  BOOST_TEST((turns.end(8) == asker{}));
}

BOOST_AUTO_TEST_CASE(who_asks_again_keeps_the_place) {
  (void)turns.ask(7);
  (void)turns.ask(8);
  (void)turns.ask(9);
  BOOST_TEST(!turns.ask(7));
  BOOST_TEST(!turns.ask(8));
  BOOST_TEST((turns.end(7) == asker{8}));
}

BOOST_AUTO_TEST_CASE(who_leaves_the_line_passes_nothing_on) {
  (void)turns.ask(7);
  (void)turns.ask(8);
  (void)turns.ask(9);
  BOOST_TEST((turns.end(8) == asker{}));
  BOOST_TEST((turns.end(7) == asker{9}));
}

BOOST_AUTO_TEST_CASE(the_end_of_a_turn_that_nobody_has_is_ignored) {
  BOOST_TEST((turns.end(7) == asker{}));
  BOOST_TEST(turns.ask(7));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
