#include "ferry/retry/retry_policy.hpp"

#include <algorithm>
#include <cmath>

namespace ferry {

namespace {

using namespace std::chrono_literals;

// In double: a power or a product overflows an integer long before it reaches the
// cap. The power can become infinite, which a first wait of zero must not meet.
double grown(const retry_policy& policy, std::uint32_t deliveries) {
  auto first = static_cast<double>(policy.first.count());
  switch (policy.growth) {
  case retry_growth::immediate: return 0.0;
  case retry_growth::fixed: return first;
  case retry_growth::linear: return first * static_cast<double>(deliveries);
  case retry_growth::exponential:
    return first == 0.0 ? 0.0 : first * std::pow(policy.factor, deliveries - 1.0);
  case retry_growth::listed: break;
  }
  if (policy.waits.empty())
    return 0.0;
  auto place = std::min<std::size_t>(deliveries, policy.waits.size()) - 1;
  return static_cast<double>(policy.waits[place].count());
}

retry_policy listed(std::vector<duration> waits) {
  auto policy = retry_policy{};
  policy.growth = retry_growth::listed;
  policy.cap = waits.empty() ? duration::zero() : *std::ranges::max_element(waits);
  policy.first = std::min(policy.first, policy.cap);
  policy.jitter = 0.0;
  policy.waits = std::move(waits);
  return policy;
}

} // namespace

std::string_view to_string(retry_growth growth) noexcept {
  switch (growth) {
  case retry_growth::immediate: return "immediate";
  case retry_growth::fixed: return "fixed";
  case retry_growth::exponential: return "exponential";
  case retry_growth::linear: return "linear";
  case retry_growth::listed: return "listed";
  }
  return "unknown";
}

duration wait_after(const retry_policy& policy, std::uint32_t deliveries,
                    double random) noexcept {
  auto cap = static_cast<double>(policy.cap.count());
  auto wait = std::min(grown(policy, std::max(deliveries, 1u)), cap);
  auto spread = wait * policy.jitter * (2.0 * random - 1.0);
  return std::min(duration{std::llround(wait + spread)}, policy.cap);
}

retry_policy retry_presets::rocketmq() {
  auto waits = std::vector<duration>{10s, 30s};
  for (auto minutes = 1; minutes <= 10; ++minutes)
    waits.emplace_back(minutes * 1min);
  waits.insert(waits.end(), {20min, 30min, 1h, 2h});
  return listed(std::move(waits));
}

retry_policy retry_presets::rabbitmq(duration shortest, duration longest) {
  auto policy = retry_policy{};
  policy.growth = retry_growth::linear;
  policy.first = shortest;
  policy.cap = longest;
  policy.jitter = 0.0;
  return policy;
}

retry_policy retry_presets::nats(std::vector<duration> backoff) {
  return listed(std::move(backoff));
}

} // namespace ferry
