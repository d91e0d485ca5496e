#include "ferry/retry/retry_policy.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <limits>
#include <rapidcheck.h>

namespace {

using namespace ferry;
using namespace std::chrono_literals;

constexpr auto middle = 0.5; // the jitter's neutral point
constexpr auto last_delivery = std::numeric_limits<std::uint32_t>::max();
constexpr auto almost_one = 1.0 - std::numeric_limits<double>::epsilon() / 2;

retry_policy growing(duration first, duration cap, double factor) {
  return {retry_growth::exponential, first, cap, factor, 0.0};
}

BOOST_AUTO_TEST_SUITE(retry_policy_suite)

BOOST_AUTO_TEST_CASE(by_default_the_wait_doubles_from_one_second_to_five_minutes) {
  auto policy = retry_policy{};
  BOOST_TEST((wait_after(policy, 1, middle) == 1s));
  BOOST_TEST((wait_after(policy, 2, middle) == 2s));
  BOOST_TEST((wait_after(policy, 9, middle) == 256s));
  BOOST_TEST((wait_after(policy, 10, middle) == 5min));
  BOOST_TEST((wait_after(policy, 11, middle) == 5min));
}

BOOST_AUTO_TEST_CASE(by_default_ten_percent_of_jitter_keep_messages_apart) {
  auto policy = retry_policy{};
  BOOST_TEST((wait_after(policy, 1, 0.0) == 900ms));
  BOOST_TEST((wait_after(policy, 1, 0.25) == 950ms));
  BOOST_TEST((wait_after(policy, 1, 0.75) == 1050ms));
  BOOST_TEST((wait_after(policy, 1, almost_one) <= 1100ms));
  BOOST_TEST((wait_after(policy, 1, almost_one) > 1099ms));
}

BOOST_AUTO_TEST_CASE(jitter_never_lifts_a_wait_above_the_cap) {
  BOOST_TEST((wait_after(retry_policy{}, 10, 0.75) == 5min));
  BOOST_TEST((wait_after(retry_policy{}, 10, 0.25) == 285s));
}

BOOST_AUTO_TEST_CASE(jitter_as_large_as_the_wait_never_makes_it_negative) {
  auto policy = retry_policy{};
  policy.jitter = 1.0;
  BOOST_TEST((wait_after(policy, 1, 0.0) == 0s));
  BOOST_TEST((wait_after(policy, 1, almost_one) <= 2s));
}

BOOST_AUTO_TEST_CASE(an_immediate_retry_waits_for_nothing) {
  auto policy = retry_policy{};
  policy.growth = retry_growth::immediate;
  BOOST_TEST((wait_after(policy, 1, almost_one) == 0s));
  BOOST_TEST((wait_after(policy, last_delivery, almost_one) == 0s));
}

BOOST_AUTO_TEST_CASE(a_linear_wait_grows_by_the_same_each_time_up_to_the_cap) {
  auto policy = retry_policy{retry_growth::linear, 10s, 25s, 1.0, 0.0};
  BOOST_TEST((wait_after(policy, 1, middle) == 10s));
  BOOST_TEST((wait_after(policy, 2, middle) == 20s));
  BOOST_TEST((wait_after(policy, 3, middle) == 25s));
  BOOST_TEST((wait_after(policy, last_delivery, middle) == 25s));
}

BOOST_AUTO_TEST_CASE(listed_waits_come_in_order_and_the_last_one_repeats) {
  auto policy = retry_presets::nats({3s, 1s, 2s});
  BOOST_TEST((wait_after(policy, 1, middle) == 3s));
  BOOST_TEST((wait_after(policy, 2, middle) == 1s));
  BOOST_TEST((wait_after(policy, 3, middle) == 2s));
  BOOST_TEST((wait_after(policy, 4, middle) == 2s));
  BOOST_TEST((wait_after(policy, last_delivery, middle) == 2s));
}

BOOST_AUTO_TEST_CASE(the_rocketmq_preset_has_its_sixteen_waits_and_two_hours_after_them) {
  auto policy = retry_presets::rocketmq();
  auto total = duration::zero();
  for (auto deliveries = 1u; deliveries <= 16; ++deliveries)
    total += wait_after(policy, deliveries, middle);
  BOOST_TEST((wait_after(policy, 1, middle) == 10s));
  BOOST_TEST((wait_after(policy, 2, middle) == 30s));
  BOOST_TEST((wait_after(policy, 3, middle) == 1min));
  BOOST_TEST((wait_after(policy, 12, middle) == 10min));
  BOOST_TEST((wait_after(policy, 13, middle) == 20min));
  BOOST_TEST((wait_after(policy, 17, middle) == 2h));
  BOOST_TEST((total == 4h + 45min + 40s));
}

BOOST_AUTO_TEST_CASE(the_rabbitmq_preset_is_linear_between_its_two_bounds) {
  auto policy = retry_presets::rabbitmq(1s, 3s);
  BOOST_TEST((wait_after(policy, 2, 0.0) == 2s));
  BOOST_TEST((wait_after(policy, 9, 0.0) == 3s));
}

BOOST_AUTO_TEST_CASE(a_fixed_wait_does_not_grow) {
  auto policy = retry_policy{retry_growth::fixed, 3s, 5min, 2.0, 0.0};
  BOOST_TEST((wait_after(policy, 1, middle) == 3s));
  BOOST_TEST((wait_after(policy, last_delivery, middle) == 3s));
}

BOOST_AUTO_TEST_CASE(a_factor_of_one_does_not_grow) {
  BOOST_TEST((wait_after(growing(3s, 5min, 1.0), last_delivery, middle) == 3s));
}

BOOST_AUTO_TEST_CASE(the_longest_history_waits_for_the_cap) {
  BOOST_TEST((wait_after(growing(1s, 8760h, 1000.0), last_delivery, middle) == 8760h));
}

BOOST_AUTO_TEST_CASE(a_first_wait_of_zero_stays_zero_after_any_number_of_deliveries) {
  // the growth overflows to infinity, and zero times infinity is no number
  auto policy = growing(0s, 5min, 2.0);
  for (auto deliveries : {1u, 1024u, 1025u, 1026u, last_delivery})
    BOOST_TEST((wait_after(policy, deliveries, middle) == 0s), deliveries);
}

BOOST_AUTO_TEST_CASE(every_wait_lies_between_zero_and_the_cap) {
  BOOST_TEST(rc::check("0 <= wait <= cap", [] {
    auto growth =
      *rc::gen::element(retry_growth::immediate, retry_growth::fixed, retry_growth::exponential);
    auto cap = *rc::gen::inRange<std::int64_t>(0, duration{8760h}.count());
    auto first = *rc::gen::inRange<std::int64_t>(0, cap + 1);
    auto factor = *rc::gen::inRange(1, 1001);
    auto jitter = *rc::gen::inRange(0, 101) / 100.0;
    auto random = *rc::gen::inRange(0, 1000) / 1000.0;
    auto deliveries = *rc::gen::arbitrary<std::uint32_t>();
    auto policy =
      retry_policy{growth, duration{first}, duration{cap}, static_cast<double>(factor), jitter};
    auto wait = wait_after(policy, std::max(deliveries, 1u), random);
    RC_ASSERT(wait >= duration::zero());
    RC_ASSERT(wait <= policy.cap);
  }));
}

BOOST_AUTO_TEST_CASE(a_later_delivery_never_waits_less) {
  BOOST_TEST(rc::check("monotone without jitter", [] {
    auto policy = growing(duration{*rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000)}, 8760h,
                          *rc::gen::inRange(1, 1001));
    auto deliveries = *rc::gen::inRange(1u, 2000u);
    RC_ASSERT(wait_after(policy, deliveries, middle) <= wait_after(policy, deliveries + 1, middle));
  }));
}

BOOST_AUTO_TEST_CASE(each_growth_has_a_name) {
  BOOST_TEST(to_string(retry_growth::immediate) == "immediate");
  BOOST_TEST(to_string(retry_growth::fixed) == "fixed");
  BOOST_TEST(to_string(retry_growth::exponential) == "exponential");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
