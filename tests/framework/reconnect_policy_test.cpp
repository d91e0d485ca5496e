#include "ferry/link/reconnect_policy.hpp"

#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace ferry::testing {
namespace {

/// Waits without jitter: 50, 100, 200, 400, 800, 800 ms ...
reconnect_config exact(std::optional<duration> give_up_after = {}) {
  auto config = reconnect_config{};
  config.backoff.jitter = 0.0;
  config.give_up_after = give_up_after;
  return config;
}

struct reconnect_policy_fixture {
  reconnect_policy policy{at(0s), 1, exact()};

  /// The next attempts, each after the last one failed at once, as "address:wait in ms".
  std::string attempts(int count, reconnect_policy& of, double random = 0.0) {
    auto text = std::string{};
    for (auto i = 0; i < count; ++i) {
      auto next = of.next(now, random);
      if (!next)
        return text + " given up";
      auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(next->when - now);
      text += (text.empty() ? "" : " ") + std::to_string(next->address) + ":"
              + std::to_string(wait.count());
      now = next->when;
    }
    return text;
  }

  std::string attempts(int count) {
    return attempts(count, policy);
  }

  time_point now = at(0s);
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(reconnect_policy_suite, reconnect_policy_fixture)

BOOST_AUTO_TEST_CASE(the_first_attempt_is_made_at_once) {
  BOOST_TEST(attempts(1) == "0:0");
}

BOOST_AUTO_TEST_CASE(the_wait_doubles_up_to_the_longest) {
  BOOST_TEST(attempts(8) == "0:0 0:50 0:100 0:200 0:400 0:800 0:800 0:800");
}

BOOST_AUTO_TEST_CASE(it_goes_on_for_ever_unless_told_otherwise) {
  (void)attempts(10'000);
  BOOST_TEST(attempts(1) == "0:800");
}

BOOST_AUTO_TEST_CASE(all_addresses_are_tried_before_it_waits) {
  auto three = reconnect_policy{at(0s), 3, exact()};
  BOOST_TEST(attempts(7, three) == "0:0 1:0 2:0 0:50 1:0 2:0 0:100");
}

BOOST_AUTO_TEST_CASE(a_lost_link_is_dialed_again_where_it_was) {
  auto three = reconnect_policy{at(0s), 3, exact()};
  (void)attempts(2, three);
  three.opened();
  now += 1h;
  BOOST_TEST(attempts(4, three) == "1:0 2:0 0:0 1:50");
}

BOOST_AUTO_TEST_CASE(those_who_lost_the_same_broker_come_back_spread_over_50_ms) {
  (void)attempts(1);
  policy.opened();
  now += 1h;
  BOOST_TEST(attempts(1, policy, 0.5) == "0:25");
}

BOOST_AUTO_TEST_CASE(the_wait_is_spread_by_a_fifth_to_both_sides) {
  auto spread = reconnect_policy{at(0s), 1, {}};
  (void)attempts(4, spread);
  BOOST_TEST(attempts(1, spread, 0.0) == "0:320");
  BOOST_TEST((spread.next(now, 0.999999)->when - now <= 800ms));
}

// A broker that cuts whoever it lets in was dialed forty times a second.
BOOST_AUTO_TEST_CASE(a_link_that_is_lost_right_after_it_opened_did_not_work) {
  (void)attempts(1);
  for (auto wait : {"0:50", "0:100", "0:200", "0:400", "0:800", "0:800"}) {
    policy.opened();
    BOOST_TEST(attempts(1) == wait);
  }
}

BOOST_AUTO_TEST_CASE(a_link_that_held_for_the_longest_wait_worked_and_one_that_did_not_failed) {
  (void)attempts(3);
  policy.opened();
  now += 800ms - 1ns;
  BOOST_TEST(attempts(1) == "0:200");
  policy.opened();
  now += 800ms;
  BOOST_TEST(attempts(2) == "0:0 0:50");
}

BOOST_AUTO_TEST_CASE(it_gives_up_at_the_limit_and_not_before) {
  auto patient = reconnect_policy{at(0s), 1, exact(10s)};
  (void)patient.next(at(0s), 0.0);
  BOOST_TEST(patient.next(at(10s - 1ns), 0.0).has_value());
  BOOST_TEST(!patient.next(at(10s), 0.0).has_value());
  BOOST_TEST(!patient.next(at(11s), 0.0).has_value());
}

BOOST_AUTO_TEST_CASE(the_limit_counts_from_the_loss_of_the_last_link) {
  auto patient = reconnect_policy{at(0s), 1, exact(10s)};
  (void)patient.next(at(0s), 0.0);
  patient.opened();
  (void)patient.next(at(1h), 0.0);
  BOOST_TEST(patient.next(at(1h + 10s - 1ns), 0.0).has_value());
  BOOST_TEST(!patient.next(at(1h + 10s), 0.0).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
