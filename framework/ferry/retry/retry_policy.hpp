// How long a message waits before it is delivered again.

#pragma once

#include "ferry/time.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace ferry {

/// How the wait grows from one delivery to the next.
enum class retry_growth : std::uint8_t {
  immediate,   // no wait
  fixed,       // `first`, each time
  exponential, // `first`, then `factor` times as long each time
  linear,      // `first` × the number of deliveries so far
  listed,      // `waits`, one after the other; the last one repeats
};

[[nodiscard]] std::string_view to_string(retry_growth growth) noexcept;

/// Decides the wait after a failed delivery.
/// Default   exponential, 1 s, then twice as long each time up to 5 min, with
///           10 % jitter so that messages that failed together come back apart.
struct retry_policy {
  retry_growth growth = retry_growth::exponential;
  duration first = std::chrono::seconds{1}; // after the first delivery, 0 to `cap`
  duration cap = std::chrono::minutes{5};   // never longer than this, to 365 days
  double factor = 2.0;                      // 1 to 1000; exponential only
  double jitter = 0.1;                      // share of the wait, 0 to 1
  std::vector<duration> waits = {};         // listed only: one or more, each 0 or more

  friend bool operator==(const retry_policy&, const retry_policy&) = default;
};

/// The wait after delivery number `deliveries` failed.
/// Range    `deliveries` from 1; `random` in [0, 1) spreads the wait evenly over
///          ± jitter. The result is never negative and never above the cap.
[[nodiscard]] duration wait_after(const retry_policy& policy, std::uint32_t deliveries,
                                  double random) noexcept;

/// Policies under the names by which other systems' users know them. None of
/// them spreads its waits, as theirs do not.
namespace retry_presets {

/// RocketMQ's schedule: 10 s, 30 s, 1 to 10 min in steps of one, 20 min, 30 min,
/// 1 h, 2 h. With its 16 retries, `max_deliveries` is 17.
[[nodiscard]] retry_policy rocketmq();

/// The back-off of RabbitMQ's quorum queues: `shortest` × deliveries, up to
/// `longest`. Its delivery limit of 20 is a `max_deliveries` of 21.
[[nodiscard]] retry_policy rabbitmq(duration shortest, duration longest);

/// A consumer's BackOff list as in NATS JetStream: the waits in order, the last
/// one again and again.
[[nodiscard]] retry_policy nats(std::vector<duration> backoff);

} // namespace retry_presets

} // namespace ferry
