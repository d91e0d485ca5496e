#include "ferry/retry/retry_policy.hpp"

#include <algorithm>
#include <cmath>

namespace ferry {

namespace {

// In double: the power overflows an integer long before it reaches the cap. It
// can become infinite, which a first wait of zero must not be multiplied by.
double grown(const retry_policy& policy, std::uint32_t deliveries) {
  auto first = static_cast<double>(policy.first.count());
  if (policy.growth == retry_growth::fixed || policy.first == duration::zero())
    return first;
  return first * std::pow(policy.factor, static_cast<double>(deliveries) - 1.0);
}

} // namespace

std::string_view to_string(retry_growth growth) noexcept {
  switch (growth) {
  case retry_growth::immediate: return "immediate";
  case retry_growth::fixed: return "fixed";
  case retry_growth::exponential: return "exponential";
  }
  return "unknown";
}

duration wait_after(const retry_policy& policy, std::uint32_t deliveries,
                    double random) noexcept {
  if (policy.growth == retry_growth::immediate)
    return duration::zero();
  auto cap = static_cast<double>(policy.cap.count());
  auto wait = std::min(grown(policy, std::max(deliveries, 1u)), cap);
  auto spread = wait * policy.jitter * (2.0 * random - 1.0);
  return std::min(duration{std::llround(wait + spread)}, policy.cap);
}

} // namespace ferry
