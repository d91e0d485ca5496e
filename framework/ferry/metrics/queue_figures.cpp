#include "ferry/metrics/queue_figures.hpp"

namespace ferry {

queue_figures& queue_figures::operator+=(const queue_figures& other) noexcept {
  for (const auto& item : queue_numbers)
    this->*item.value += other.*item.value;
  for (const auto& item : queue_latencies)
    this->*item.value += other.*item.value;
  return *this;
}

queue_throughput throughput(const queue_figures& earlier, const queue_figures& later,
                            duration elapsed) noexcept {
  if (elapsed <= duration::zero())
    return {};
  auto seconds = std::chrono::duration<double>{elapsed}.count();
  auto rate = [&](std::uint64_t queue_figures::*counter) {
    auto grown = later.*counter >= earlier.*counter ? later.*counter - earlier.*counter
                                                    : later.*counter;
    return static_cast<double>(grown) / seconds;
  };
  return {rate(&queue_figures::published), rate(&queue_figures::delivered),
          rate(&queue_figures::acknowledged)};
}

} // namespace ferry
