// How long a message waits before it is delivered again.

#pragma once

#include "ferry/time.hpp"

#include <cstdint>
#include <string_view>

namespace ferry {

/// How the wait grows from one delivery to the next.
enum class retry_growth : std::uint8_t { immediate, fixed, exponential };

[[nodiscard]] std::string_view to_string(retry_growth growth) noexcept;

/// Decides the wait after a failed delivery.
/// Default   exponential, 1 s, then twice as long each time up to 5 min, with
///           10 % jitter so that messages that failed together come back apart.
struct retry_policy {
  retry_growth growth = retry_growth::exponential;
  duration first = std::chrono::seconds{1};  // after the first delivery
  duration cap = std::chrono::minutes{5};    // never longer than this
  double factor = 2.0;                       // 1 or more; exponential only
  double jitter = 0.1;                       // share of the wait, 0 to 1

  friend bool operator==(const retry_policy&, const retry_policy&) = default;
};

/// The wait after delivery number `deliveries` failed.
/// Range    `deliveries` from 1; `random` in [0, 1) spreads the wait evenly over
///          ± jitter. The result is never negative and never above the cap.
[[nodiscard]] duration wait_after(const retry_policy& policy, std::uint32_t deliveries,
                                  double random) noexcept;

} // namespace ferry
