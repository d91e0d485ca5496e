// Reads rows back on a thread of its own, so that a page from the disk never holds
// up a commit.
//
//   queue ── load, read_rows ──▶┌──────────────┐
//   queue ◀── loaded, rows ─────│ reader_actor │── SQLite, a connection of its own
//   journal ── use_reader ─────▶└──────────────┘

#pragma once

#include "ferry/actors/handles.hpp"
#include "ferry/actors/placement.hpp"
#include "ferry/persistence/journal_reader.hpp"

#include <memory>

namespace ferry::actors {

/// Starts a reader, which owns `source` from now on, and what `use_reader` brings
/// after it. It ends by `stop`, and lets go of the file then: before the journal
/// does, which tidies up behind the last of them.
[[nodiscard]] reader_actor spawn_reader(caf::actor_system& system,
                                        std::unique_ptr<persistence::journal_reader> source,
                                        placement where);

} // namespace ferry::actors
