#include "benchmarks/catalogue.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

namespace {

using namespace ferry::benchmarks;

settings changed(const char* name, const overrides& changes) {
  return settings_for(*find_scenario(name), changes);
}

} // namespace

BOOST_AUTO_TEST_SUITE(catalogue_suite)

BOOST_AUTO_TEST_CASE(every_scenario_has_a_name_of_its_own_and_is_found_by_it) {
  auto names = std::set<std::string>{};
  for (const auto& item : own_scenarios()) {
    BOOST_TEST(names.insert(item.name).second);
    BOOST_TEST(find_scenario(item.name) == &item);
  }
  BOOST_TEST(find_scenario("no_such_scenario") == nullptr);
}

BOOST_AUTO_TEST_CASE(a_scenario_keeps_its_usual_settings_unless_told_otherwise) {
  BOOST_TEST(changed("durable_round_trip_large", {}).payload_bytes == 1024);
  BOOST_TEST(changed("durable_round_trip_large", {.payload_bytes = 200}).payload_bytes == 200);
  BOOST_TEST(changed("durable_round_trip", {.messages = 7}).messages == 7);
}

BOOST_AUTO_TEST_CASE(the_depth_changes_deep_queues_only) {
  BOOST_TEST(changed("churn_deep", {.depth = 5000}).depth == 5000);
  BOOST_TEST(changed("churn_shallow", {.depth = 5000}).depth == 1000);
  BOOST_TEST(changed("durable_round_trip", {.depth = 5000}).depth == 0);
}

BOOST_AUTO_TEST_CASE(a_scenario_without_a_number_of_messages_does_not_get_one) {
  BOOST_TEST(changed("backlog", {.messages = 7}).messages == 0);
}

BOOST_AUTO_TEST_SUITE_END()
