#include "benchmarks/goals.hpp"

#include "benchmarks/catalogue.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace ferry::benchmarks;

struct goals_fixture {
  goal ratio{"", {"fast", "rate"}, {{"slow", "rate"}}, bound::at_least, 1.5};
  goal absolute{"", {"fast", "rate"}, {}, bound::at_most, 30.0};
  results measured{{"fast", {{{"rate", 90.0}}, {{"rate", 30.0}}, {{"rate", 20.0}}}},
                   {"slow", {{{"rate", 5.0}}, {{"rate", 20.0}}, {{"rate", 99.0}}}}};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(goals_suite, goals_fixture)

BOOST_AUTO_TEST_CASE(a_ratio_is_that_of_the_medians) {
  BOOST_TEST(achieved(ratio, measured).value() == 1.5);
}

BOOST_AUTO_TEST_CASE(a_goal_without_a_base_is_held_against_the_median_itself) {
  BOOST_TEST(achieved(absolute, measured).value() == 30.0);
}

BOOST_AUTO_TEST_CASE(nothing_is_said_where_one_side_was_not_measured) {
  measured.erase("slow");
  BOOST_TEST(!achieved(ratio, measured).has_value());
  BOOST_TEST(achieved(absolute, measured).has_value());
  measured.clear();
  BOOST_TEST(!achieved(absolute, measured).has_value());
}

BOOST_AUTO_TEST_CASE(a_goal_is_reached_exactly_at_its_limit) {
  BOOST_TEST(is_reached(ratio, 1.5));
  BOOST_TEST(!is_reached(ratio, 1.49));
  BOOST_TEST(is_reached(absolute, 30.0));
  BOOST_TEST(!is_reached(absolute, 30.1));
}

BOOST_AUTO_TEST_CASE(every_goal_speaks_of_scenarios_that_exist) {
  for (const auto& name : scenarios_of_goals())
    if (name != "rabbitmq_round_trip" && name != "nats_round_trip") // built on demand
      BOOST_TEST(find_scenario(name) != nullptr, name);
}

BOOST_AUTO_TEST_SUITE_END()
