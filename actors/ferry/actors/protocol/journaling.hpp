// What is written: queues, the broker and the journal, within one process.
//
//   queue ── write ──────────────▶ journal        broker ── create, erase_rows ──▶ journal
//         ◀── committed, commit_failed ──                ◀── created, rows_erased ──
//
// A journal that failed is opened again, in a new epoch, and its queues start
// anew (reopening.hpp). Questions and answers name the epoch they belong to (`opened`),
// because the last ones of the old life may arrive in the new one: there they mean
// nothing, and are ignored.

#pragma once

#include "ferry/actors/inspection.hpp"
#include "ferry/actors/protocol/type_ids.hpp"
#include "ferry/config.hpp"
#include "ferry/errors.hpp"
#include "ferry/ids.hpp"
#include "ferry/metrics/queue_figures.hpp"
#include "ferry/outcome.hpp"
#include "ferry/persistence/journal.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

#include <memory>
#include <string>

namespace ferry::messages {

/// Asks the journal to commit a queue's records, at once where somebody waits for it.
/// From    queue, with tickets that grow
/// Answer  committed or commit_failed to `queue`, for this ticket or a later one
struct write {
  caf::actor queue;
  commit_ticket ticket{};
  std::shared_ptr<const persistence::write_batch> batch;
  epoch opened{};
  urgency how = urgency::usual;
};

/// Everything up to `ticket` is on disk.
/// From    journal
struct committed {
  commit_ticket ticket{};
  epoch opened{};
};

/// The journal stopped; what was not committed is not on disk.
/// From    journal to a queue that waits for a commit; broker to every queue that
///         writes to it
struct commit_failed {
  error why;
  epoch opened{};
};

/// Asks the journal to add a queue.
/// From    broker
/// Answer  created
struct create {
  std::string name;
  queue_config config;
};

struct created {
  queue_id id{};
};

/// Asks the journal to erase rows that nobody wants any more.
/// From    broker, one step at a time
/// Answer  rows_erased, or an error
/// Repeat  allowed
struct erase_rows {
  std::shared_ptr<const persistence::write_batch> batch;
  epoch opened{};
};

struct rows_erased {};

/// Asks the journal what it did.
/// Answer  journal_report
struct ask_journal {};

struct journal_report {
  persistence::journal_figures figures; // since it was opened last
  latency_histogram commit_time;        // of the commits that succeeded
  error failure;                        // why nothing is written at present; `errc::none`: it is
};

// -- inspection ---------------------------------------------------------------

template <class Inspector>
auto inspect(Inspector& f, committed& x) {
  return fields(f, x, "ferry::committed", named{"ticket", x.ticket}, named{"opened", x.opened});
}

template <class Inspector>
auto inspect(Inspector& f, commit_failed& x) {
  return fields(f, x, "ferry::commit_failed", named{"why", x.why}, named{"opened", x.opened});
}

template <class Inspector>
auto inspect(Inspector& f, created& x) {
  return fields(f, x, "ferry::created", named{"id", x.id});
}

template <class Inspector>
auto inspect(Inspector& f, ask_journal& x) {
  return fields(f, x, "ferry::ask_journal");
}

} // namespace ferry::messages

// These never leave the process.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::write)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::create)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::erase_rows)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::rows_erased)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::journal_report)
