// One redrive as an actor: carries out the steps that redrive_core decides, one
// after the other, and keeps their pace. It ends with its answer.
//
//   client ── redrive ──▶┌───────────────┐── find ─────────▶ broker_actor
//   client ◀─ redriven ──│ redrive_actor │── browse, move ─▶ the dead-letter queue ── bury ──▶
//                        └───────────────┘                        the queue that takes the letters

#pragma once

#include "ferry/actors/clock.hpp"
#include "ferry/actors/handles.hpp"

namespace ferry::actors {

/// What a redrive needs from outside.
struct redrive_links {
  broker_actor broker;
  anchored_clock clock;
};

/// Starts an actor for one redrive.
[[nodiscard]] redrive_actor spawn_redrive(caf::actor_system& system, redrive_links links);

} // namespace ferry::actors
