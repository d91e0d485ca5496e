// Makes the journal's log shorter on a thread of its own, so that no commit waits
// for the database file.
//
//   journal ── keep_up ────▶┌──────────────┐
//   journal ◀── upkept ─────│ upkeep_actor │── SQLite, a connection of its own
//   journal ── use_upkeep ─▶└──────────────┘

#pragma once

#include "ferry/actors/handles.hpp"
#include "ferry/actors/placement.hpp"
#include "ferry/persistence/journal_upkeep.hpp"

#include <memory>

namespace ferry::actors {

/// Starts an upkeep, which owns `source` from now on, and what `use_upkeep` brings
/// after it; null: there is nothing to do. It ends by `stop`, after the step under
/// way, and lets go of the file then: before the journal does.
[[nodiscard]] upkeep_actor spawn_upkeep(caf::actor_system& system,
                                        std::unique_ptr<persistence::journal_upkeep> source,
                                        placement where);

} // namespace ferry::actors
