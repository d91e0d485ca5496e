// The broker as an actor: knows the queues by name, and creates them. The
// facade `ferry::broker` is its client.
//
//   clients ── declare, find ──▶┌──────────────┐── create, reopen ─▶ journal_actor
//   clients ◀── queue_info ─────│ broker_actor │◀── journal_lost ─── journal_actor
//                               └──────────────┘── spawns, revive ─▶ queue_actor
//                                    erase_rows ─▶ journal_actor
//
// It supervises the journal: when that failed, it has it opened again after a
// while, for as long as it takes, and lets the queues start anew from the disk. What
// an earlier process left of its memory queues it has erased step by step.

#pragma once

#include "ferry/actors/clock.hpp"
#include "ferry/actors/handles.hpp"
#include "ferry/actors/left_behind.hpp"
#include "ferry/persistence/journal.hpp"
#include "ferry/queue/resident_budget.hpp"
#include "ferry/supervision/reopening_policy.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ferry::actors {

/// What a broker needs from outside.
struct broker_links {
  journal_actor journal; // null: memory queues only
  supervisor_actor supervisor;
  anchored_clock clock;
  epoch opened{1};
  std::uint64_t seed = 1; // spreads the jitter of its queues
  reopening_policy reopening{};
  std::function<void(const std::string&)> report = {}; // hears of the journal's failures
  std::shared_ptr<left_behind> marks = {}; // of the last process; null: there are none
  reader_actor reader = {}; // of the journal; null like that
  std::shared_ptr<resident_budget> budget = {}; // of all its queues; null: each its own
};

/// Starts a broker with the queues that its journal kept. It ends by `stop`, after
/// its queues.
[[nodiscard]] broker_actor spawn_broker(caf::actor_system& system, broker_links links,
                                        std::vector<persistence::stored_queue> kept);

} // namespace ferry::actors
