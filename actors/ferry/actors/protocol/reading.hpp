// What is read back beside the commits: queues and the reader, within one process.
//
//   queue ── load, read_rows ───▶ reader ◀── use_reader ── journal
//         ◀── loaded, load_failed, rows ──

#pragma once

#include "ferry/actors/inspection.hpp"
#include "ferry/actors/protocol/type_ids.hpp"
#include "ferry/errors.hpp"
#include "ferry/ids.hpp"
#include "ferry/persistence/journal.hpp"
#include "ferry/queue/browse.hpp"
#include "ferry/queue/queue_effects.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

#include <memory>
#include <vector>

namespace ferry::messages {

/// Asks the reader to read rows back. They were committed before the queue asks.
/// From    queue
/// Answer  loaded or load_failed, to `queue`
struct load {
  caf::actor queue;
  queue_id id{};
  effects::load range;
  epoch opened{};
};

struct loaded {
  sequence_number first{};
  persistence::stored_page page;
  epoch opened{};
};

/// Rows could not be read; what was written is not in doubt.
/// From    reader
struct load_failed {
  error why;
  epoch opened{};
};

/// Asks the reader for rows that somebody wants to see.
/// From    queue
/// Answer  rows
/// Repeat  allowed
struct read_rows {
  queue_id id{};
  std::vector<row_range> ranges; // sorted
  page_limit limit;
};

struct rows {
  rows_read found;
};

/// Has the reader read the journal as it was opened anew. It gets there before a
/// queue hears of that, so that no queue meets the rows of the opening before.
/// From    journal
struct use_reader {
  std::shared_ptr<std::unique_ptr<persistence::journal_reader>> source;
};

// -- inspection ---------------------------------------------------------------

template <class Inspector>
auto inspect(Inspector& f, load_failed& x) {
  return fields(f, x, "ferry::load_failed", named{"why", x.why}, named{"opened", x.opened});
}

} // namespace ferry::messages

// These never leave the process.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::load)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::loaded)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::read_rows)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::rows)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::use_reader)
