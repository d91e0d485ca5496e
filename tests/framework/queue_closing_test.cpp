#include "ferry/link/queue_closing.hpp"

#include <boost/test/unit_test.hpp>

using namespace ferry;

BOOST_AUTO_TEST_SUITE(queue_closing_suite)

BOOST_AUTO_TEST_CASE(a_queue_that_its_broker_calls_closed_or_does_not_know_has_ended_itself) {
  BOOST_TEST((closing_of(errc::closed) == closing::of_the_queue));
  BOOST_TEST((closing_of(errc::no_such_queue) == closing::of_the_queue));
}

BOOST_AUTO_TEST_CASE(a_queue_that_its_broker_still_lists_ends_with_the_broker) {
  BOOST_TEST((closing_of(errc::none) == closing::of_the_broker));
}

BOOST_AUTO_TEST_CASE(a_broker_that_does_not_answer_has_ended) {
  BOOST_TEST((closing_of(std::nullopt) == closing::of_the_broker));
}

BOOST_AUTO_TEST_SUITE_END()
