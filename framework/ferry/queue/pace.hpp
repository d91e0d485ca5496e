// How many may go at an instant, when so many may go per second.

#pragma once

#include "ferry/time.hpp"

#include <cstdint>
#include <optional>

namespace ferry {

/// Spreads a rate evenly, in steps of 10 ms.
///
/// Invariants  Up to `s` full seconds after the start, exactly `s * per_second` may
///             have gone. Whoever falls behind catches up by at most one second's
///             worth.
/// Time        Never reads a clock; the caller passes `now`. The first call starts.
/// Errors      None.
class pace {
public:
  /// 0 does not limit.
  explicit pace(std::uint32_t per_second) : per_second_(per_second) {
  }

  // -- modifiers --------------------------------------------------------------

  /// How many may go at `now`.
  [[nodiscard]] std::uint64_t allowance(time_point now);

  /// Notes that `count` went.
  void spend(std::uint64_t count) noexcept {
    spent_ += count;
  }

  // -- properties -------------------------------------------------------------

  /// The first instant at which another one may go.
  /// Expects  that `allowance` was asked for before
  [[nodiscard]] time_point next() const;

private:
  std::uint32_t per_second_;
  std::optional<time_point> start_;
  std::uint64_t spent_ = 0;
};

} // namespace ferry
