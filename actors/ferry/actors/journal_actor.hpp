// The journal as an actor: gathers what waits in its mailbox, commits it in one
// transaction, and tells each queue how far it came. While one commit runs, the next
// batch gathers; commit_gathering decides.
//
// A broker runs it on CAF's workers, one of which waits for the disk meanwhile: a
// thread of its own would cost two switches of threads with every commit.
//
//   queue ── write ────────────▶┌───────────────┐
//   queue ◀── committed ────────│ journal_actor │── SQLite
//   broker ── create, reopen ──▶│               │
//   broker ◀── journal_lost ────└───────────────┘── use_reader ──▶ reader_actor
//                                               └── keep_up ─────▶ upkeep_actor

#pragma once

#include "ferry/actors/handles.hpp"
#include "ferry/actors/placement.hpp"
#include "ferry/persistence/journal.hpp"

#include <functional>
#include <memory>

namespace ferry::actors {

/// Opens the storage of a journal that failed; called by the journal actor,
/// once the failed one has let go of the file.
using journal_opener = std::function<result<std::unique_ptr<persistence::journal>>()>;

/// Who works on the same file beside the journal.
struct journal_companions {
  reader_actor reader;
  upkeep_actor upkeep;
};

/// Starts a journal actor, which owns `storage` from now on. After a failure it
/// refuses everything until `reopen`, and then gives its companions connections to
/// what was opened. It ends by `stop`, after everything that was asked for before is
/// on disk or refused.
[[nodiscard]] journal_actor spawn_journal(caf::actor_system& system,
                                          std::unique_ptr<persistence::journal> storage,
                                          journal_opener open, journal_companions companions,
                                          placement where);

} // namespace ferry::actors
