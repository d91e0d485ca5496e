#include "ferry/supervision/restart_strategy.hpp"

#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::testing {
namespace {

struct restart_strategy_fixture {
  restart_strategy strategy{restart_config{}}; // 3 in 5 s, waits from 200 ms

  std::optional<time_point> lost(duration when) {
    return strategy.child_lost(at(when), 0.5);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(restart_strategy_suite, restart_strategy_fixture)

BOOST_AUTO_TEST_CASE(the_first_loss_is_followed_by_a_restart_after_the_shortest_wait) {
  BOOST_TEST(lost(10s) == std::optional{at(10s + 200ms)});
}

BOOST_AUTO_TEST_CASE(the_wait_doubles_with_each_loss_within_the_period) {
  (void)lost(0s);
  BOOST_TEST(lost(1s) == std::optional{at(1s + 400ms)});
  BOOST_TEST(lost(2s) == std::optional{at(2s + 800ms)});
}

BOOST_AUTO_TEST_CASE(three_losses_within_the_period_are_borne_and_the_fourth_is_not) {
  (void)lost(0s);
  (void)lost(1s);
  BOOST_TEST(lost(2s).has_value());
  BOOST_TEST(!lost(5s - 1ns).has_value());
}

BOOST_AUTO_TEST_CASE(a_loss_that_is_as_old_as_the_period_is_forgotten) {
  (void)lost(0s);
  (void)lost(1s);
  (void)lost(2s);
  BOOST_TEST(lost(5s).has_value());
}

BOOST_AUTO_TEST_CASE(after_a_quiet_period_the_wait_is_the_shortest_again) {
  (void)lost(0s);
  (void)lost(1s);
  BOOST_TEST(lost(20s) == std::optional{at(20s + 200ms)});
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
