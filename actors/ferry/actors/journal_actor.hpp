// The journal as an actor of its own thread: gathers what waits in its mailbox,
// commits it in one transaction, and tells each queue how far it came. There is no
// timer: while one commit runs, the next batch gathers.
//
//   queue ── write, load ──▶┌───────────────┐
//   queue ◀── committed ────│ journal_actor │── SQLite
//   broker ── create ──────▶└───────────────┘

#pragma once

#include "ferry/actors/handles.hpp"
#include "ferry/actors/placement.hpp"
#include "ferry/persistence/journal.hpp"

#include <memory>

namespace ferry::actors {

/// Starts a journal actor, which owns `storage` from now on. It ends by `stop`,
/// after everything that was asked for before is on disk.
[[nodiscard]] journal_actor spawn_journal(caf::actor_system& system,
                                          std::unique_ptr<persistence::journal> storage,
                                          placement where);

} // namespace ferry::actors
