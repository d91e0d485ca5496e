// The broker as an actor: knows the queues by name, and creates them. The
// facade `ferry::broker` is its client.
//
//   clients ── declare, find ──▶┌──────────────┐── create ──▶ journal_actor
//   clients ◀── queue_info ─────│ broker_actor │── spawns ──▶ queue_actor
//                               └──────────────┘

#pragma once

#include "ferry/actors/clock.hpp"
#include "ferry/actors/handles.hpp"
#include "ferry/persistence/journal.hpp"

#include <vector>

namespace ferry::actors {

/// What a broker needs from outside.
struct broker_links {
  journal_actor journal; // null: memory queues only
  supervisor_actor supervisor;
  anchored_clock clock;
  epoch opened{1};
  std::uint64_t seed = 1; // spreads the jitter of its queues
};

/// Starts a broker with the queues that its journal kept. It ends by `stop`, after
/// its queues.
[[nodiscard]] broker_actor spawn_broker(caf::actor_system& system, broker_links links,
                                        std::vector<persistence::stored_queue> kept);

} // namespace ferry::actors
