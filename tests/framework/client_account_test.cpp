#include "ferry/link/client_account.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace ferry;

struct client_account_fixture {
  client_account client{{100, 1000}};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(client_account_suite, client_account_fixture)

// -- what it sent -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(reading_stops_when_the_limit_is_reached_and_not_before) {
  BOOST_TEST(!client.came(99));
  BOOST_TEST(client.came(1));
}

BOOST_AUTO_TEST_CASE(it_is_told_once_that_reading_stops) {
  BOOST_TEST(client.came(150));
  BOOST_TEST(!client.came(1));
}

BOOST_AUTO_TEST_CASE(reading_goes_on_below_half_of_the_limit) {
  BOOST_TEST(client.came(100));
  BOOST_TEST(!client.answered(50));
  BOOST_TEST(client.answered(1));
}

BOOST_AUTO_TEST_CASE(it_is_told_once_that_reading_goes_on) {
  BOOST_TEST(client.came(100));
  BOOST_TEST(client.answered(60));
  BOOST_TEST(!client.answered(40));
}

BOOST_AUTO_TEST_CASE(more_answers_than_there_were_bytes_leave_nothing_unanswered) {
  BOOST_TEST(!client.answered(1000));
  BOOST_TEST(!client.came(99));
  BOOST_TEST(client.came(1));
}

// -- what it does not read --------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_client_is_behind_from_the_limit_on_until_less_than_half_is_left) {
  BOOST_TEST(!client.waits(999));
  BOOST_TEST(!client.is_behind());
  BOOST_TEST(client.waits(1000));
  BOOST_TEST(client.is_behind());
  BOOST_TEST(!client.waits(500));
  BOOST_TEST(client.is_behind());
  BOOST_TEST(client.waits(499));
  BOOST_TEST(!client.is_behind());
}

BOOST_AUTO_TEST_CASE(what_is_answered_to_a_client_that_is_behind_counts_when_it_is_not) {
  BOOST_TEST(client.waits(1000));
  BOOST_TEST(client.came(100));
  BOOST_TEST(!client.answered(60));
  BOOST_TEST(!client.answered(0));
  BOOST_TEST(client.waits(0));
  BOOST_TEST(client.answered(0));
}

// -- whether it lives -------------------------------------------------------------

BOOST_AUTO_TEST_CASE(who_is_listened_to_has_to_be_heard) {
  BOOST_TEST(!client.lives_by_itself());
  BOOST_TEST(!client.lives_by_taking());
  BOOST_TEST(client.waits(1000));
  BOOST_TEST(!client.lives_by_itself());
  BOOST_TEST(!client.lives_by_taking());
}

BOOST_AUTO_TEST_CASE(who_is_not_listened_to_lives_by_itself_unless_it_is_behind) {
  BOOST_TEST(client.came(100));
  BOOST_TEST(client.lives_by_itself());
  BOOST_TEST(!client.lives_by_taking());
  BOOST_TEST(client.waits(1000));
  BOOST_TEST(!client.lives_by_itself());
  BOOST_TEST(client.lives_by_taking());
}

BOOST_AUTO_TEST_SUITE_END()
