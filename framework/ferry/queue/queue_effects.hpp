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
#include <string>
#include <variant>
#include <vector>

namespace ferry {

/// What a message id was remembered for.
enum class id_kind : std::uint8_t {
  published, // it was stored; a second publish of that name is a duplicate
  handled,   // it was acked; a second delivery of that name is filtered
};

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
  std::uint64_t payload_bytes = 0; // of all of them
};

/// Writes how often these messages were delivered and when they are due again,
/// and adds to the history of each.
struct reschedule {
  sequence_number first{};
  std::uint64_t count = 0;
  std::uint32_t deliveries = 0;
  time_point due{};      // the epoch: at once
  std::string attempt{}; // a line of `attempt.hpp`; empty: nothing to add
};

/// Remembers that everything up to `up_to` of this session is stored.
struct remember_session {
  session_id session{};
  publish_number up_to{};
  time_point used{};
};

/// Drops a session that left the deduplication window.
struct forget_session {
  session_id session{};
};

/// Remembers that a message of this name was stored, or handled.
struct remember_id {
  id_kind kind{};
  std::string id;
  time_point at{};
};

/// Drops a name that left its window; a name that is gone already is no error.
struct forget_id {
  id_kind kind{};
  std::string id;
};

/// Notes that these messages were in a handler when an earlier process ended.
/// Repeat   allowed
struct suspect {
  sequence_number first{};
  std::uint64_t count = 0;
};

/// Takes the suspicion off; what was not suspected is no error.
struct clear_suspect {
  sequence_number first{};
  std::uint64_t count = 0;
};

/// Removes the rows that moved here from the queue they were in.
struct take_over {
  queue_id origin{};
  sequence_number first{};
  std::uint64_t count = 0;
  std::uint64_t payload_bytes = 0; // of all of them
};

} // namespace records

using record = std::variant<records::store, records::erase, records::reschedule,
                            records::remember_session, records::forget_session,
                            records::remember_id, records::forget_id, records::suspect,
                            records::clear_suspect, records::take_over>;

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
  bool is_held = false;       // a `let_publish` follows, now or later
  std::size_t held_bytes = 0; // payload of the first message that was not taken
};

/// Tell the producer of `session` that there is room; it has been told that it is held.
struct let_publish {
  session_id session{};
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
  company with = company::any;
  duration lease{};         // how long that is
  time_point limit = never; // no extension leads beyond
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

/// The counts of what an earlier process left in handlers are on disk.
struct charged {};

/// Ask for the turn to try a suspect; then call `turn_granted`.
struct ask_turn {};

/// Pass the turn on.
struct end_turn {};

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

using effect = std::variant<effects::persist, effects::confirm, effects::let_publish,
                            effects::settled,
                            effects::unsubscribed, effects::refuse, effects::deliver, effects::load,
                            effects::bury, effects::buried, effects::move, effects::moved,
                            effects::charged, effects::ask_turn, effects::end_turn,
                            effects::wake_at>;

using effect_list = std::vector<effect>;

} // namespace ferry
