// What keeps the journal's file short: the journal and its upkeep, within one process.
//
//   journal ── keep_up, use_upkeep ──▶ upkeep
//           ◀── upkept ──

#pragma once

#include "ferry/actors/protocol/type_ids.hpp"
#include "ferry/persistence/journal.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <memory>

namespace ferry::messages {

/// Has the log made shorter, beside the commits.
/// From    journal, one at a time
/// Answer  upkept, or an error: then the log stays as long as it is
struct keep_up {};

struct upkept {
  persistence::upkeep_report done;
};

/// Has the upkeep look after the journal as it was opened anew.
/// From    journal
struct use_upkeep {
  std::shared_ptr<std::unique_ptr<persistence::journal_upkeep>> source;
};

/// Gives free space of the file back, a little of it.
/// From    journal to itself, behind everything that is to be written first
struct compact {};

} // namespace ferry::messages

// These never leave the process.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::keep_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::upkept)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::use_upkeep)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::compact)
