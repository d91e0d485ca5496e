// How a journal that failed comes back: the broker, its journal and its queues, within
// one process.
//
//   journal ── journal_lost ──▶ broker ── reopen ──▶ journal
//   queue ◀── revive, journal_returned ── broker ◀── reopened ──

#pragma once

#include "ferry/actors/inspection.hpp"
#include "ferry/actors/protocol/type_ids.hpp"
#include "ferry/errors.hpp"
#include "ferry/ids.hpp"
#include "ferry/persistence/journal.hpp"
#include "ferry/queue/queue_core.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

#include <vector>

namespace ferry::messages {

/// Asks the journal to tell `broker` when it fails.
/// Answer  journal_lost, once per failure; at once where it has failed already
struct watch_journal {
  caf::actor broker;
};

/// The journal failed and refuses everything until it is opened again.
/// From    journal
struct journal_lost {
  error why;
  epoch opened{};
};

/// Asks the journal to let go of its file and to open it again.
/// From    broker
/// Answer  reopened, or an error
/// Repeat  allowed
struct reopen {};

struct reopened {
  epoch opened{};
  std::vector<persistence::stored_queue> queues;
};

/// Asks a queue on disk to forget everything and to start anew.
/// From    broker, once the journal is open again
struct revive {
  queue_start start;
};

/// Tells a memory queue that spills that the journal is open again, with its rows.
/// From    broker
/// Repeat  allowed
struct journal_returned {
  epoch opened{};
};

// -- inspection ---------------------------------------------------------------

template <class Inspector>
auto inspect(Inspector& f, journal_lost& x) {
  return fields(f, x, "ferry::journal_lost", named{"why", x.why}, named{"opened", x.opened});
}

template <class Inspector>
auto inspect(Inspector& f, reopen& x) {
  return fields(f, x, "ferry::reopen");
}

template <class Inspector>
auto inspect(Inspector& f, journal_returned& x) {
  return fields(f, x, "ferry::journal_returned", named{"opened", x.opened});
}

} // namespace ferry::messages

// These never leave the process.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::watch_journal)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::reopened)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::revive)
