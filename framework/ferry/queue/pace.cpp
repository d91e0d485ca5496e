#include "ferry/queue/pace.hpp"

#include <chrono>

namespace ferry {

namespace {

using namespace std::chrono_literals;

constexpr auto step = duration{10ms};
constexpr auto second = std::uint64_t{1'000'000'000}; // in nanoseconds

// In two parts, because elapsed time times rate does not fit an integer.
std::uint64_t due_after(duration elapsed, std::uint64_t per_second) {
  auto ns = static_cast<std::uint64_t>(elapsed.count());
  return ns / second * per_second + ns % second * per_second / second;
}

duration time_until(std::uint64_t nth, std::uint64_t per_second) {
  auto rest = (nth % per_second * second + per_second - 1) / per_second;
  return duration{static_cast<duration::rep>(nth / per_second * second + rest)};
}

} // namespace

std::uint64_t pace::allowance(time_point now) {
  if (per_second_ == 0)
    return UINT64_MAX;
  if (!start_)
    start_ = now;
  auto open = due_after(now - *start_, per_second_) - spent_;
  if (open > per_second_) {
    spent_ += open - per_second_;
    open = per_second_;
  }
  return open;
}

time_point pace::next() const {
  auto wait = time_until(spent_ + 1, per_second_);
  return *start_ + (wait + step - 1ns) / step * step;
}

} // namespace ferry
