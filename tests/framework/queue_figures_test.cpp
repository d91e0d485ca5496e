#include "ferry/metrics/queue_figures.hpp"

#include <boost/test/unit_test.hpp>
#include <set>
#include <string_view>

namespace {

using namespace ferry;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(queue_figures_suite)

// -- the list -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(every_number_stands_in_the_list_once) {
  auto figures = queue_figures{};
  auto next = std::uint64_t{0};
  for (const auto& item : queue_numbers)
    figures.*item.value = ++next;
  next = 0;
  for (const auto& item : queue_numbers)
    BOOST_TEST((figures.*item.value) == ++next, item.name);
}

BOOST_AUTO_TEST_CASE(no_two_figures_share_a_name) {
  auto names = std::set<std::string_view>{};
  for (const auto& item : queue_numbers)
    BOOST_TEST(names.insert(item.name).second, item.name);
  for (const auto& item : queue_latencies)
    BOOST_TEST(names.insert(item.name).second, item.name);
  for (const auto& item : queue_ratios)
    BOOST_TEST(names.insert(item.name).second, item.name);
}

// -- sums ---------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_sum_adds_every_number_and_every_latency) {
  auto one = queue_figures{};
  auto two = queue_figures{};
  auto place = std::uint64_t{0};
  for (const auto& item : queue_numbers) {
    one.*item.value = ++place;
    two.*item.value = 100 * place;
  }
  for (const auto& item : queue_latencies) {
    (one.*item.value).add(1us, ++place);
    (two.*item.value).add(1us, 100 * place);
  }
  one += two;
  place = 0;
  for (const auto& item : queue_numbers)
    BOOST_TEST((one.*item.value) == 101 * ++place, item.name);
  for (const auto& item : queue_latencies)
    BOOST_TEST((one.*item.value).count() == 101 * ++place, item.name);
}

BOOST_AUTO_TEST_CASE(the_ratios_of_a_sum_weigh_each_queue_by_what_it_did) {
  auto calm = queue_figures{.delivered = 99};
  auto troubled = queue_figures{.delivered = 1, .nacked = 1};
  troubled += calm;
  BOOST_TEST(troubled.failure_rate() == 0.01);
}

// -- ratios -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(every_ratio_of_a_queue_that_did_nothing_is_zero) {
  auto idle = queue_figures{};
  for (const auto& item : queue_ratios)
    BOOST_TEST((idle.*item.value)() == 0.0, item.name);
}

BOOST_AUTO_TEST_CASE(four_endings_are_failures_and_the_others_are_not) {
  auto figures = queue_figures{
    .delivered = 20, .nacked = 1, .rejected = 2, .expired = 3, .orphaned = 4};
  BOOST_TEST(figures.failed() == 10u);
  BOOST_TEST(figures.failure_rate() == 0.5);
  figures.acknowledged = figures.released = figures.deferred = figures.stale = 9;
  BOOST_TEST(figures.failed() == 10u);
}

BOOST_AUTO_TEST_CASE(the_persistence_ratio_is_the_share_that_was_stored) {
  BOOST_TEST((queue_figures{.published = 4, .journaled = 4}.persistence_ratio()) == 1.0);
  BOOST_TEST((queue_figures{.published = 4, .journaled = 1}.persistence_ratio()) == 0.25);
  BOOST_TEST((queue_figures{.published = 4}.persistence_ratio()) == 0.0);
}

BOOST_AUTO_TEST_CASE(the_retry_ratio_is_the_share_of_redeliveries_that_led_to_an_ack) {
  auto figures = queue_figures{.redelivered = 8, .acknowledged = 100, .recovered = 2};
  BOOST_TEST(figures.retry_ratio() == 0.25);
}

// -- throughput ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(throughput_is_what_was_added_per_second) {
  auto earlier = queue_figures{.published = 10, .delivered = 20, .acknowledged = 30};
  auto later = queue_figures{.published = 15, .delivered = 22, .acknowledged = 30};
  auto rate = throughput(earlier, later, 500ms);
  BOOST_TEST(rate.published == 10.0);
  BOOST_TEST(rate.delivered == 4.0);
  BOOST_TEST(rate.acknowledged == 0.0);
}

BOOST_AUTO_TEST_CASE(a_counter_that_went_down_began_anew) {
  auto before_restart = queue_figures{.published = 1000};
  auto after_restart = queue_figures{.published = 6};
  BOOST_TEST(throughput(before_restart, after_restart, 2s).published == 3.0);
}

BOOST_AUTO_TEST_CASE(within_no_time_there_is_no_throughput) {
  auto later = queue_figures{.published = 1};
  BOOST_TEST(throughput({}, later, 0s).published == 0.0);
  BOOST_TEST(throughput({}, later, -1s).published == 0.0);
  BOOST_TEST(throughput({}, later, 1ns).published > 0.0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
