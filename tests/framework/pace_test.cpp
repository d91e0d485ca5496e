#include "ferry/queue/pace.hpp"

#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::testing {
namespace {

/// How many go until `end`, when somebody asks again whenever he is told to.
std::uint64_t gone_until(pace& rate, time_point end) {
  auto gone = std::uint64_t{0};
  for (auto now = at(0s); now <= end; now = rate.next()) {
    auto count = rate.allowance(now);
    rate.spend(count);
    gone += count;
  }
  return gone;
}

} // namespace

BOOST_AUTO_TEST_SUITE(pace_suite)

BOOST_AUTO_TEST_CASE(without_a_rate_everything_may_go_at_once) {
  auto rate = pace{0};
  BOOST_TEST(rate.allowance(at(0s)) == UINT64_MAX);
}

BOOST_AUTO_TEST_CASE(the_first_may_go_when_its_time_is_over_and_not_before) {
  auto rate = pace{10};
  BOOST_TEST(rate.allowance(at(0s)) == 0u);
  BOOST_TEST(rate.next() == at(100ms));
  BOOST_TEST(rate.allowance(at(100ms - 1ns)) == 0u);
  BOOST_TEST(rate.allowance(at(100ms)) == 1u);
}

BOOST_AUTO_TEST_CASE(every_full_second_lets_exactly_the_rate_go) {
  for (auto per_second : {1u, 3u, 10u, 1000u, 4'000'000'000u}) {
    auto rate = pace{per_second};
    BOOST_TEST(gone_until(rate, at(7s)) == std::uint64_t{7} * per_second);
    auto again = pace{per_second};
    BOOST_TEST(gone_until(again, at(7s - 1ns)) < std::uint64_t{7} * per_second);
  }
}

BOOST_AUTO_TEST_CASE(a_high_rate_goes_in_steps_of_ten_milliseconds) {
  auto rate = pace{100'000};
  BOOST_TEST(rate.allowance(at(0s)) == 0u);
  BOOST_TEST(rate.next() == at(10ms));
  BOOST_TEST(rate.allowance(at(10ms)) == 1000u);
}

BOOST_AUTO_TEST_CASE(who_falls_behind_catches_up_by_one_second_at_most) {
  auto rate = pace{10};
  BOOST_TEST(rate.allowance(at(0s)) == 0u);
  BOOST_TEST(rate.allowance(at(1h)) == 10u);
  rate.spend(10);
  BOOST_TEST(rate.allowance(at(1h)) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
