#include "ferry/supervision/reopening_policy.hpp"

#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::testing {
namespace {

struct reopening_policy_fixture {
  reopening_policy policy; // 200 ms to 30 s

  duration wait_at(duration when, double random = 0.5) {
    return policy.failed(at(when), random) - at(when);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(reopening_policy_suite, reopening_policy_fixture)

BOOST_AUTO_TEST_CASE(the_first_failure_is_followed_by_the_shortest_wait) {
  BOOST_TEST((wait_at(10s) == 200ms));
}

BOOST_AUTO_TEST_CASE(the_wait_doubles_with_each_failure) {
  (void)wait_at(1s);
  BOOST_TEST((wait_at(2s) == 400ms));
  BOOST_TEST((wait_at(3s) == 800ms));
}

BOOST_AUTO_TEST_CASE(it_is_tried_for_ever_and_the_wait_stops_growing_at_the_longest) {
  for (auto i = 0; i < 10'000; ++i)
    (void)wait_at(1s);
  BOOST_TEST((wait_at(2s) == 30s));
}

BOOST_AUTO_TEST_CASE(the_wait_is_spread_by_a_fifth_to_both_sides) {
  BOOST_TEST((wait_at(1s, 0.0) == 160ms));
  auto other = reopening_policy{};
  auto longest = other.failed(at(1s), 0.999999) - at(1s);
  BOOST_TEST((longest > 239ms));
  BOOST_TEST((longest < 240ms));
}

BOOST_AUTO_TEST_CASE(a_journal_that_fails_right_after_it_was_opened_waits_longer_still) {
  (void)wait_at(1s);
  policy.opened(at(2s));
  BOOST_TEST((wait_at(32s - 1ns) == 400ms));
}

BOOST_AUTO_TEST_CASE(a_journal_that_held_for_the_longest_wait_starts_over) {
  (void)wait_at(1s);
  (void)wait_at(2s);
  policy.opened(at(2s));
  BOOST_TEST((wait_at(32s) == 200ms));
}

BOOST_AUTO_TEST_CASE(the_time_while_it_was_closed_does_not_count_as_holding) {
  policy.opened(at(0s));
  (void)wait_at(1s);
  BOOST_TEST((wait_at(100s) == 400ms));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
