// How ferry's actors tell the time: by the actor system's clock, anchored to
// the wall clock once, so that time neither jumps within a process nor loses its
// meaning after a restart. Under a virtual clock it is virtual as well.

#pragma once

#include "ferry/time.hpp"

#include <chrono>

namespace ferry::actors {

/// Turns an actor's steady clock into instants since the Unix epoch.
/// Threads   any; it never changes after construction.
class anchored_clock {
public:
  using steady_time = std::chrono::steady_clock::time_point;

  /// Declares that the wall showed `wall` when the steady clock showed `steady`.
  anchored_clock(time_point wall, steady_time steady) : wall_(wall), steady_(steady) {
  }

  /// Anchors to the present time of both clocks.
  [[nodiscard]] static anchored_clock real() {
    auto wall = std::chrono::system_clock::now().time_since_epoch();
    return {time_point{std::chrono::duration_cast<duration>(wall)},
            std::chrono::steady_clock::now()};
  }

  [[nodiscard]] time_point at(steady_time steady) const {
    return wall_ + std::chrono::duration_cast<duration>(steady - steady_);
  }

  template <class Self>
  [[nodiscard]] time_point now(const Self* self) const {
    return at(self->clock().now());
  }

private:
  time_point wall_;
  steady_time steady_;
};

} // namespace ferry::actors
