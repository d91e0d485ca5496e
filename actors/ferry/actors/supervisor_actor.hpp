// The supervisor: tells queues when a consumer is lost and when a deadline has
// come, handlers when their time is over, and runs groups of children. It keeps
// the one timer of a broker. A group that gives up is reported, and ends nobody else.
//
//   queue ── watch, wake_at ──▶┌──────────────────┐── start, stop ──▶ children, by
//   queue ── ask_turn ────────▶│                  │◀───── down ────── groups
//   queue ◀── consumer_lost ───│ supervisor_actor │
//   queue ◀── wake, turn ──────│                  │◀── arm_stop ───── consumers
//                              └──────────────────┘── request_stop ─▶ handlers

#pragma once

#include "ferry/actors/clock.hpp"
#include "ferry/actors/handles.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace ferry::actors {

/// What a supervisor needs from outside.
struct supervisor_options {
  anchored_clock clock;
  std::uint64_t seed = 1; // spreads the waits between restarts
  std::function<void(const std::string&)> report; // hears of lost children and given up groups
};

/// Starts a supervisor. It ends by `stop`, after its groups.
[[nodiscard]] supervisor_actor spawn_supervisor(caf::actor_system& system,
                                                supervisor_options options);

} // namespace ferry::actors
