#include "ferry/link/intake.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace ferry;

} // namespace

BOOST_AUTO_TEST_SUITE(intake_suite)

BOOST_AUTO_TEST_CASE(reading_stops_when_the_limit_is_reached_and_not_before) {
  auto taken = intake{100};
  BOOST_TEST(!taken.take(99));
  BOOST_TEST(!taken.is_stopped());
  BOOST_TEST(taken.take(1));
  BOOST_TEST(taken.is_stopped());
}

BOOST_AUTO_TEST_CASE(it_is_told_once_that_reading_stops) {
  auto taken = intake{100};
  BOOST_TEST(taken.take(150));
  BOOST_TEST(!taken.take(1));
}

BOOST_AUTO_TEST_CASE(reading_goes_on_below_half_of_the_limit) {
  auto taken = intake{100};
  BOOST_TEST(taken.take(100));
  BOOST_TEST(!taken.answer(50));
  BOOST_TEST(taken.answer(1));
  BOOST_TEST(!taken.is_stopped());
}

BOOST_AUTO_TEST_CASE(it_is_told_once_that_reading_goes_on) {
  auto taken = intake{100};
  BOOST_TEST(taken.take(100));
  BOOST_TEST(taken.answer(60));
  BOOST_TEST(!taken.answer(40));
}

BOOST_AUTO_TEST_CASE(more_answers_than_there_were_bytes_leave_nothing_unanswered) {
  auto taken = intake{100};
  BOOST_TEST(!taken.answer(1000));
  BOOST_TEST(!taken.take(99));
  BOOST_TEST(taken.take(1));
}

BOOST_AUTO_TEST_SUITE_END()
