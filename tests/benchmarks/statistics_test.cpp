#include "benchmarks/statistics.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace ferry::benchmarks;
using namespace std::chrono_literals;

} // namespace

BOOST_AUTO_TEST_SUITE(statistics_suite)

BOOST_AUTO_TEST_CASE(the_median_is_the_middle_value) {
  BOOST_TEST(median({3.0, 1.0, 2.0}) == 2.0);
  BOOST_TEST(median({4.0, 1.0, 3.0, 2.0}) == 3.0);
  BOOST_TEST(median({7.0}) == 7.0);
}

BOOST_AUTO_TEST_CASE(the_median_run_is_shown_whole) {
  auto runs = std::vector<figures>{{{"rate", 3.0}, {"peak_mib", 30.0}},
                                   {{"rate", 1.0}, {"peak_mib", 10.0}},
                                   {{"rate", 2.0}, {"peak_mib", 99.0}}};
  BOOST_TEST(median_run(runs, "rate").at("peak_mib") == 99.0);
}

BOOST_AUTO_TEST_CASE(the_rate_is_messages_by_time) {
  auto result = summarise({.messages = 500, .elapsed = 250ms});
  BOOST_TEST(result.at("rate") == 2000.0);
  BOOST_TEST(result.at("seconds") == 0.25);
}

BOOST_AUTO_TEST_CASE(what_was_not_measured_has_no_figure) {
  auto result = summarise({.messages = 500, .elapsed = 250ms});
  BOOST_TEST(!result.contains("p50_us"));
  BOOST_TEST(!result.contains("per_commit"));
}

BOOST_AUTO_TEST_CASE(commits_are_counted_by_messages_and_by_time) {
  auto result = summarise({.messages = 500, .elapsed = 250ms, .commits = 10});
  BOOST_TEST(result.at("per_commit") == 50.0);
  BOOST_TEST(result.at("commits_per_s") == 40.0);
}

BOOST_AUTO_TEST_CASE(quantiles_are_latencies_that_occurred) {
  auto run = outcome{.messages = 101, .elapsed = 1s};
  for (auto latency = 100us; latency >= 0us; --latency)
    run.latencies.push_back(latency);
  auto result = summarise(std::move(run));
  BOOST_TEST(result.at("p50_us") == 50.0);
  BOOST_TEST(result.at("p99_us") == 99.0);
  BOOST_TEST(result.at("max_us") == 100.0);
}

BOOST_AUTO_TEST_CASE(figures_of_one_scenario_only_are_kept) {
  auto result = summarise({.messages = 1, .elapsed = 1s, .others = {{"open_s", 0.5}}});
  BOOST_TEST(result.at("open_s") == 0.5);
}

BOOST_AUTO_TEST_SUITE_END()
