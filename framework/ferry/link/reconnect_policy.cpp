#include "ferry/link/reconnect_policy.hpp"

#include <limits>
#include <utility>

namespace ferry {

namespace {

// Clients that lost the same broker do not come back in the same instant.
constexpr auto first_wait = std::chrono::milliseconds{50};

duration share_of(duration whole, double part) {
  return duration{static_cast<std::int64_t>(static_cast<double>(whole.count()) * part)};
}

} // namespace

reconnect_policy::reconnect_policy(time_point now, std::size_t addresses, reconnect_config config)
  : addresses_(addresses),
    config_(std::move(config)),
    lost_at_(now) {
}

std::optional<reconnect_policy::attempt> reconnect_policy::next(time_point now, double random) {
  auto has_held = !lost_at_ && now >= later(tried_at_, config_.backoff.cap);
  if (!lost_at_)
    lost_at_ = now;
  if (has_held) {
    failures_ = 1;
    return try_at(later(now, share_of(first_wait, random)));
  }
  if (config_.give_up_after && now >= later(*lost_at_, *config_.give_up_after))
    return std::nullopt;
  auto tried = failures_;
  if (failures_ < std::numeric_limits<std::uint32_t>::max())
    ++failures_;
  if (tried == 0)
    return try_at(now);
  address_ = (address_ + 1) % addresses_;
  auto rounds = static_cast<std::uint32_t>(tried / addresses_);
  auto wait = tried % addresses_ == 0 ? wait_after(config_.backoff, rounds, random) : duration{};
  return try_at(later(now, wait));
}

void reconnect_policy::opened() noexcept {
  lost_at_.reset();
}

reconnect_policy::attempt reconnect_policy::try_at(time_point when) {
  tried_at_ = when;
  return {address_, when};
}

} // namespace ferry
