// Everything a queue can ask of the world, on one page. The core appends these
// in the order of execution; the shell carries them out and decides nothing.
//
// Two kinds: records go to disk in one commit, effects are done at once. A
// confirm, a delivery or a settled answer is emitted only after the records it
// stands on came back as committed.

#pragma once

#include "ferry/message.hpp"
#include "ferry/outcome.hpp"

#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

namespace ferry {

// -- records: what one commit changes on disk --------------------------------

namespace records {

/// Adds the rows of `run`, which has a page.
struct store {
  message_run run;
};

/// Removes `count` rows from `first` on; rows that are gone already are no error.
struct erase {
  sequence_number first{};
  std::uint64_t count = 0;
};

/// Writes how often these messages were delivered and when they are due again.
struct reschedule {
  sequence_number first{};
  std::uint64_t count = 0;
  std::uint32_t deliveries = 0;
  time_point due{}; // the epoch: at once
};

/// Remembers that everything up to `up_to` of this session is stored.
struct remember_session {
  session_id session{};
  publish_number up_to{};
};

/// Drops a session that left the deduplication window.
struct forget_session {
  session_id session{};
};

/// Removes the rows that became dead letters here from the queue they died in.
struct take_over {
  queue_id origin{};
  sequence_number first{};
  std::uint64_t count = 0;
};

} // namespace records

using record = std::variant<records::store, records::erase, records::reschedule,
                            records::remember_session, records::forget_session,
                            records::take_over>;

// -- effects ------------------------------------------------------------------

/// The shell's name for a question that it holds open; the core only hands it back.
enum class question_id : std::uint64_t { none = 0 };

/// A message that ended, on its way to the dead-letter queue.
struct dead_message {
  sequence_number sequence{}; // in the queue where it died
  envelope letter;            // with the death in its headers
};

/// What became of messages that were to move to another queue.
struct move_outcome {
  std::uint64_t moved = 0;
  std::uint64_t in_use = 0; // neither ready nor delayed, or gone: left alone
};

/// How much is read back in one go; the row that reaches a limit is the last.
struct page_limit {
  std::uint32_t rows = 1024;
  std::size_t bytes = std::size_t{4} << 20; // of payload
};

namespace effects {

/// Commit `records` in one transaction; then call `committed(ticket)`.
struct persist {
  commit_ticket ticket{};
  std::vector<record> records;
};

/// Answer the publish `question`.
struct confirm {
  question_id question{};
  publish_outcome outcome;
  std::uint64_t messages = 0; // how many this one stored
};

/// Answer the settle `question`.
struct settled {
  question_id question{};
  settle_outcome outcome;
};

/// Answer the unsubscribe `question`.
struct unsubscribed {
  question_id question{};
};

/// Answer `question` with an error; nothing of it was stored or settled.
struct refuse {
  question_id question{};
  error why;
};

/// Hand `run` to `consumer`; message i of it carries tag `first_tag + i`.
struct deliver {
  consumer_id consumer{};
  delivery_tag first_tag{};
  message_run run; // has a page; `deliveries` counts this one
  time_point deadline{};
};

/// Read rows back, from `first` to `last` as far as `limit` allows; then call
/// `loaded`.
struct load {
  sequence_number first{};
  sequence_number last{};
  page_limit limit;
};

/// Move a message to the dead-letter queue; then call `burial_ended`.
struct bury {
  dead_message message;
};

/// Answer the bury `question`: the letters are as durable as this queue.
struct buried {
  question_id question{};
};

/// Hand `letters` to the queue that the move `question` names; then call
/// `move_ended`.
struct move {
  question_id question{};
  std::vector<dead_message> letters;
};

/// Answer the move `question`: what moved is as durable as its new queue.
struct moved {
  question_id question{};
  move_outcome outcome;
};

/// Call `tick` at `when`; replaces every earlier wish.
struct wake_at {
  time_point when{};
};

} // namespace effects

using effect = std::variant<effects::persist, effects::confirm, effects::settled,
                            effects::unsubscribed, effects::refuse, effects::deliver, effects::load,
                            effects::bury, effects::buried, effects::wake_at, effects::move,
                            effects::moved>;

using effect_list = std::vector<effect>;

} // namespace ferry
