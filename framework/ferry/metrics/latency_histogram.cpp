#include "ferry/metrics/latency_histogram.hpp"

#include <cmath>
#include <numeric>

namespace ferry {

latency_histogram& latency_histogram::operator+=(const latency_histogram& other) noexcept {
  for (auto i = std::size_t{0}; i < bucket_count; ++i)
    counts_[i] += other.counts_[i];
  sum_ += other.sum_;
  return *this;
}

latency_histogram::bucket_counts latency_histogram::cumulative_counts() const noexcept {
  auto sums = bucket_counts{};
  std::partial_sum(counts_.begin(), counts_.end(), sums.begin());
  return sums;
}

std::uint64_t latency_histogram::count() const noexcept {
  return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

duration latency_histogram::quantile(double rank) const noexcept {
  auto sums = cumulative_counts();
  auto all = static_cast<double>(sums.back());
  if (all == 0.0)
    return duration::zero();
  auto wanted = rank > 0.0 ? std::min(std::ceil(rank * all), all) : 1.0; // NaN is 0
  auto found = std::ranges::find_if(
    sums, [wanted](std::uint64_t sum) { return static_cast<double>(sum) >= wanted; });
  return upper_bound(static_cast<std::size_t>(found - sums.begin()));
}

} // namespace ferry
