#include "ferry/supervision/restart_strategy.hpp"

#include <cstdint>

namespace ferry {

std::optional<time_point> restart_strategy::child_lost(time_point now, double random) {
  while (!losses_.empty() && losses_.front() <= now - config_.period)
    losses_.pop_front();
  losses_.push_back(now);
  if (losses_.size() > config_.intensity)
    return std::nullopt;
  auto failures = static_cast<std::uint32_t>(losses_.size());
  return later(now, wait_after(config_.backoff, failures, random));
}

} // namespace ferry
