#include "ferry/metrics/latency_histogram.hpp"

#include <boost/test/unit_test.hpp>
#include <limits>

namespace {

using namespace ferry;
using namespace std::chrono_literals;

constexpr auto last_bucket = latency_histogram::bucket_count - 1;
constexpr auto longest_bound = latency_histogram::upper_bound(last_bucket - 1);

struct histogram_fixture {
  latency_histogram histogram;

  [[nodiscard]] double sum_ns() const {
    return histogram.sum().count();
  }
};

BOOST_FIXTURE_TEST_SUITE(latency_histogram_suite, histogram_fixture)

// -- buckets ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_bounds_double_from_one_microsecond_to_more_than_an_hour) {
  BOOST_TEST((latency_histogram::upper_bound(0) == 1us));
  BOOST_TEST((latency_histogram::upper_bound(1) == 2us));
  BOOST_TEST((latency_histogram::upper_bound(10) == 1024us));
  BOOST_TEST((longest_bound > 1h));
  BOOST_TEST((longest_bound < 2h));
}

BOOST_AUTO_TEST_CASE(each_bound_belongs_to_its_bucket_and_the_next_nanosecond_to_the_next) {
  for (auto i = std::size_t{0}; i < last_bucket; ++i) {
    auto bound = latency_histogram::upper_bound(i);
    BOOST_TEST(latency_histogram::bucket_of(bound) == i);
    BOOST_TEST(latency_histogram::bucket_of(bound + 1ns) == i + 1);
  }
}

BOOST_AUTO_TEST_CASE(the_last_bucket_has_no_bound) {
  BOOST_TEST((latency_histogram::upper_bound(last_bucket) == duration::max()));
  BOOST_TEST(latency_histogram::bucket_of(duration::max()) == last_bucket);
}

BOOST_AUTO_TEST_CASE(nothing_and_less_than_nothing_are_in_the_first_bucket) {
  histogram.add(0ns);
  histogram.add(-1ns);
  histogram.add(duration::min());
  BOOST_TEST(histogram.counts()[0] == 3u);
  BOOST_TEST(sum_ns() == 0.0);
}

BOOST_AUTO_TEST_CASE(the_cumulative_counts_end_with_all_that_was_counted) {
  histogram.add(1us, 2);
  histogram.add(3us);
  histogram.add(10h, 4);
  auto sums = histogram.cumulative_counts();
  BOOST_TEST(sums[0] == 2u);
  BOOST_TEST(sums[1] == 2u);
  BOOST_TEST(sums[2] == 3u);
  BOOST_TEST(sums[last_bucket - 1] == 3u);
  BOOST_TEST(sums[last_bucket] == 7u);
}

// -- count and sum ------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_latency_can_be_counted_many_times_at_once) {
  histogram.add(5ms, 3);
  BOOST_TEST(histogram.count() == 3u);
  BOOST_TEST(sum_ns() == 15e6);
  histogram.add(5ms, 0);
  BOOST_TEST(histogram.count() == 3u);
}

BOOST_AUTO_TEST_CASE(a_sum_outgrows_what_a_duration_can_hold) {
  histogram.add(1h, 10'000'000);
  BOOST_TEST(sum_ns() == 3.6e19);
  BOOST_TEST(sum_ns() > static_cast<double>(duration::max().count()));
}

BOOST_AUTO_TEST_CASE(two_histograms_are_summed_bucket_by_bucket) {
  histogram.add(1us);
  auto other = latency_histogram{};
  other.add(1us, 2);
  other.add(1s);
  histogram += other;
  auto expected = latency_histogram{};
  expected.add(1us, 3);
  expected.add(1s);
  BOOST_TEST((histogram == expected));
  BOOST_TEST((histogram != other));
}

BOOST_AUTO_TEST_CASE(a_histogram_can_be_made_again_from_its_counts_and_its_sum) {
  histogram.add(7ms, 9);
  BOOST_TEST((latency_histogram{histogram.counts(), histogram.sum()} == histogram));
}

// -- quantiles ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(where_nothing_was_counted_every_quantile_is_zero) {
  BOOST_TEST((histogram.quantile(0.0) == 0ns));
  BOOST_TEST((histogram.quantile(1.0) == 0ns));
}

BOOST_AUTO_TEST_CASE(a_quantile_is_the_bound_of_the_bucket_that_reaches_its_rank) {
  histogram.add(1us, 50);
  histogram.add(900us, 49);
  histogram.add(900ms);
  BOOST_TEST((histogram.quantile(0.5) == 1us));
  BOOST_TEST((histogram.quantile(0.51) == 1024us));
  BOOST_TEST((histogram.quantile(0.99) == 1024us));
  BOOST_TEST((histogram.quantile(0.991) == 1us * (1 << 20)));
  BOOST_TEST((histogram.quantile(1.0) == 1us * (1 << 20)));
}

BOOST_AUTO_TEST_CASE(ranks_outside_0_to_1_are_the_nearest_rank_inside) {
  histogram.add(1us);
  histogram.add(4us);
  BOOST_TEST((histogram.quantile(-1.0) == 1us));
  BOOST_TEST((histogram.quantile(2.0) == 4us));
  BOOST_TEST((histogram.quantile(std::numeric_limits<double>::quiet_NaN()) == 1us));
}

BOOST_AUTO_TEST_CASE(a_quantile_beyond_the_longest_bound_is_unbounded) {
  histogram.add(longest_bound);
  BOOST_TEST((histogram.quantile(1.0) == longest_bound));
  histogram.add(longest_bound + 1ns);
  BOOST_TEST((histogram.quantile(1.0) == duration::max()));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
