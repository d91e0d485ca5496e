// Counts what arrives on the far side: nothing lost, nothing doubled, and in order
// where an order is promised. What is wrong is thrown as wrong_run.

#pragma once

#include "ferry/metrics/queue_figures.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <semaphore>
#include <vector>

namespace ferry::benchmarks {

/// Parcels numbered from 0 on each of several lines; a line is a queue with one
/// producer and one consumer, so that its parcels arrive in order.
///
/// Threads     `arrived` may be called for several lines at once, and for each line
///             by one thread at a time; the rest by one thread
class ordered_arrivals {
public:
  ordered_arrivals(std::size_t lines, std::uint64_t per_line);

  void arrived(std::size_t line, std::uint64_t number);

  /// Waits until every line is complete.
  /// Errors   a minute passed in which nothing arrived
  void wait();

  /// Errors   something was out of order or doubled
  void verify() const;

  [[nodiscard]] std::uint64_t count() const;

private:
  struct alignas(64) line_state { // a cache line each: lines do not slow each other
    std::atomic<std::uint64_t> next = 0;
    std::atomic<bool> in_order = true;
  };

  std::uint64_t per_line_;
  std::vector<line_state> lines_;
  std::atomic<std::size_t> incomplete_;
  std::binary_semaphore complete_{0};
};

/// Parcels with the numbers from 0 to below `expected`, in any order: several
/// consumers take them from one queue.
///
/// Threads     `arrived` by any number at once; the rest by one thread
class unordered_arrivals {
public:
  explicit unordered_arrivals(std::uint64_t expected);

  void arrived(std::uint64_t number);

  /// As of `ordered_arrivals`, as is the next.
  void wait();
  void verify() const;

private:
  std::uint64_t expected_;
  std::vector<std::atomic<std::uint64_t>> seen_; // one bit per number
  std::atomic<std::uint64_t> count_ = 0;
  std::atomic<bool> doubled_ = false;
  std::binary_semaphore complete_{0};
};

/// Every one of `expected` messages went through the queue once, and none is left.
void verify_drained(const queue_figures& queue, std::uint64_t expected);

/// `expected` messages wait in the queue, and none was delivered.
void verify_filled(const queue_figures& queue, std::uint64_t expected);

} // namespace ferry::benchmarks
