// The supervisor: tells queues when a consumer is lost and when a deadline has
// come, and starts lost children again. It keeps the one timer of a broker.
//
//   queue ── watch, wake_at ──▶┌──────────────────┐── start ──▶ children
//   queue ◀── consumer_lost ───│ supervisor_actor │
//   queue ◀── wake ────────────└──────────────────┘◀── down ─── children, consumers

#pragma once

#include "ferry/actors/clock.hpp"
#include "ferry/actors/handles.hpp"
#include "ferry/supervision/restart_strategy.hpp"

#include <functional>
#include <string>

namespace ferry::actors {

/// What a supervisor needs from outside.
struct supervisor_options {
  anchored_clock clock;
  restart_config restarts;
  std::uint64_t seed = 1; // spreads the waits between restarts
  std::function<void(const std::string&)> report; // hears of lost and given up children
};

/// Starts a supervisor. It ends by `stop`, after its children.
[[nodiscard]] supervisor_actor spawn_supervisor(caf::actor_system& system,
                                                supervisor_options options);

} // namespace ferry::actors
