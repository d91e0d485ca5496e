// How long something took, many times over: counts in buckets whose bounds double
// from one microsecond to 71 minutes.

#pragma once

#include "ferry/time.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace ferry {

/// A plain value: copied, compared and summed as a whole.
///
/// Invariants  Bucket i holds what took longer than bucket i - 1 allows, and at
///             most `upper_bound(i)`; the last one has no bound. All histograms
///             have the same buckets, so that any two can be summed.
/// Errors      None. A negative latency, which clocks of two machines can yield,
///             counts as zero.
/// Cost        `add` is a few instructions for any count, and never allocates.
/// Threads     One owner at a time; no locking inside.
class latency_histogram {
public:
  static constexpr auto shortest_bound = duration{std::chrono::microseconds{1}};
  static constexpr auto bucket_count = std::size_t{34}; // 33 with a bound, and the rest

  using bucket_counts = std::array<std::uint64_t, bucket_count>;

  /// Sums outgrow 64 bits of nanoseconds, which are only 292 years: ten million
  /// messages that waited for an hour add up to 1100.
  using total_duration = std::chrono::duration<double, std::nano>;

  latency_histogram() = default;

  latency_histogram(const bucket_counts& counts, total_duration sum) : counts_(counts), sum_(sum) {
  }

  // -- modifiers --------------------------------------------------------------

  /// Counts `times` events that took `latency` each.
  void add(duration latency, std::uint64_t times = 1) noexcept {
    auto counted = std::max(latency, duration::zero());
    counts_[bucket_of(counted)] += times;
    sum_ += total_duration{counted} * static_cast<double>(times);
  }

  latency_histogram& operator+=(const latency_histogram& other) noexcept;

  // -- buckets ----------------------------------------------------------------

  /// The bucket that counts `latency`.
  [[nodiscard]] static constexpr std::size_t bucket_of(duration latency) noexcept {
    if (latency <= shortest_bound)
      return 0;
    auto whole = static_cast<std::uint64_t>((latency.count() - 1) / shortest_bound.count());
    return std::min(static_cast<std::size_t>(std::bit_width(whole)), bucket_count - 1);
  }

  /// The longest latency that `bucket` counts; `duration::max()` for the last.
  [[nodiscard]] static constexpr duration upper_bound(std::size_t bucket) noexcept {
    return bucket < bucket_count - 1 ? shortest_bound * (std::int64_t{1} << bucket)
                                     : duration::max();
  }

  [[nodiscard]] const bucket_counts& counts() const noexcept {
    return counts_;
  }

  /// How many events took at most `upper_bound(i)`, for every bucket i.
  [[nodiscard]] bucket_counts cumulative_counts() const noexcept;

  // -- properties -------------------------------------------------------------

  [[nodiscard]] std::uint64_t count() const noexcept;

  [[nodiscard]] total_duration sum() const noexcept {
    return sum_;
  }

  /// The bound of the bucket with the event that the share `rank` of all events,
  /// 0 to 1, did not outlast: at most twice too long, and never too short. Zero
  /// where nothing was counted.
  [[nodiscard]] duration quantile(double rank) const noexcept;

  friend bool operator==(const latency_histogram&, const latency_histogram&) = default;

private:
  bucket_counts counts_{};
  total_duration sum_{0.0};
};

} // namespace ferry
