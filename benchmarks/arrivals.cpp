#include "arrivals.hpp"

#include "scenario.hpp"

#include <fmt/format.h>

#include <numeric>

namespace ferry::benchmarks {

namespace {

// As long as something arrives within every minute, a slow machine is only slow.
template <class Count>
void wait_for(std::binary_semaphore& complete, Count count) {
  auto before = count();
  while (!complete.try_acquire_for(std::chrono::minutes{1})) {
    auto now = count();
    if (now == before)
      throw wrong_run(fmt::format("only {} messages arrived, and no more for a minute", now));
    before = now;
  }
}

} // namespace

// -- in order -----------------------------------------------------------------

ordered_arrivals::ordered_arrivals(std::size_t lines, std::uint64_t per_line)
  : per_line_(per_line),
    lines_(lines),
    incomplete_(lines) {
}

void ordered_arrivals::arrived(std::size_t line, std::uint64_t number) {
  auto& state = lines_[line];
  auto expected = state.next.load(std::memory_order_relaxed);
  if (number != expected)
    state.in_order.store(false, std::memory_order_relaxed);
  state.next.store(expected + 1, std::memory_order_relaxed);
  if (expected + 1 == per_line_ && incomplete_.fetch_sub(1) == 1)
    complete_.release();
}

void ordered_arrivals::wait() {
  wait_for(complete_, [this] { return count(); });
}

void ordered_arrivals::verify() const {
  for (const auto& line : lines_)
    if (!line.in_order)
      throw wrong_run("messages were doubled or out of order");
}

std::uint64_t ordered_arrivals::count() const {
  return std::accumulate(lines_.begin(), lines_.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const line_state& line) { return sum + line.next; });
}

// -- in any order -------------------------------------------------------------

unordered_arrivals::unordered_arrivals(std::uint64_t expected)
  : expected_(expected),
    seen_(expected / 64 + 1) {
}

void unordered_arrivals::arrived(std::uint64_t number) {
  auto bit = std::uint64_t{1} << number % 64;
  if (number >= expected_ || (seen_[number / 64].fetch_or(bit) & bit) != 0)
    doubled_ = true;
  else if (count_.fetch_add(1) + 1 == expected_)
    complete_.release();
}

void unordered_arrivals::wait() {
  wait_for(complete_, [this] { return count_.load(); });
}

void unordered_arrivals::verify() const {
  if (doubled_)
    throw wrong_run("messages were doubled");
}

// -- what the queue says ------------------------------------------------------

void verify_drained(const queue_figures& queue, std::uint64_t expected) {
  if (queue.acknowledged != expected || queue.redelivered != 0 || queue.waiting() != 0)
    throw wrong_run(fmt::format("of {} messages {} were acked, {} delivered again, {} are left",
                                expected, queue.acknowledged, queue.redelivered, queue.waiting()));
}

void verify_filled(const queue_figures& queue, std::uint64_t expected) {
  if (queue.ready != expected || queue.waiting() != expected || queue.delivered != 0)
    throw wrong_run(fmt::format("of {} messages {} wait, {} of them ready; {} were delivered",
                                expected, queue.waiting(), queue.ready, queue.delivered));
}

} // namespace ferry::benchmarks
