// When a lost link is dialed again, and at which address.

#pragma once

#include "ferry/retry/retry_policy.hpp"
#include "ferry/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace ferry {

/// How a client keeps its link.
struct reconnect_config {
  // between two rounds over all addresses
  retry_policy backoff = {retry_growth::exponential, std::chrono::milliseconds{50},
                          std::chrono::milliseconds{800}, 2.0, 0.2};
  std::optional<duration> give_up_after = {}; // without a link; none: never
};

/// Goes through the addresses in order, beginning with the one that worked last, and
/// waits longer after each round in which none did. A link that does not hold for the
/// longest wait did not work: a broker that cuts whoever it lets in is not stormed.
///
/// Time        Never reads a clock; the caller passes `now`.
/// Errors      None.
/// Threads     One owner at a time; no locking inside.
class reconnect_policy {
public:
  /// What is to be tried next.
  struct attempt {
    std::size_t address = 0; // its place in the list
    time_point when{};
  };

  /// Range    `addresses` from 1
  reconnect_policy(time_point now, std::size_t addresses, reconnect_config config);

  /// The first attempt, or the next one after the last failed or its link was lost;
  /// `nullopt` once it was given up.
  /// Range    `random` in [0, 1) spreads the wait
  [[nodiscard]] std::optional<attempt> next(time_point now, double random);

  /// Notes that the link is open.
  void opened() noexcept;

private:
  [[nodiscard]] attempt try_at(time_point when);

  std::size_t addresses_;
  reconnect_config config_;
  std::size_t address_ = 0;
  std::uint32_t failures_ = 0;        // since a link held
  time_point tried_at_{};             // the last attempt
  std::optional<time_point> lost_at_; // `nullopt` while one is open
};

} // namespace ferry
