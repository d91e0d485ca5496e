// Every message between ferry's actors: who sends it, what answers it, and
// whether it may be sent again. Local and remote actors use the same ones; the
// last group stays within a process.
//
//                publish                      write
//   producer ───────────────▶┌───────┐──────────────────▶┌─────────┐
//            ◀ receipt, room ┤ queue │◀── committed ─────│ journal │
//   consumer ── subscribe ──▶│       │                   └─────────┘
//            ◀── delivery ───│       │── watch, wake_at ─▶┌────────────┐
//            ──── settle ───▶│       │◀── consumer_lost ──│ supervisor │
//            ◀─── settled ───└───────┘◀── wake ───────────└────────────┘

#pragma once

#include "ferry/actors/caf_compat.hpp"
#include "ferry/actors/inspection.hpp"
#include "ferry/config.hpp"
#include "ferry/consumer/delivery_inbox.hpp"
#include "ferry/metrics/queue_figures.hpp"
#include "ferry/outcome.hpp"
#include "ferry/persistence/journal.hpp"
#include "ferry/queue/browse.hpp"
#include "ferry/queue/consumer_table.hpp"
#include "ferry/queue/queue_core.hpp"
#include "ferry/queue/queue_effects.hpp"
#include "ferry/queue/redrive.hpp"
#include "ferry/supervision/supervision_config.hpp"
#include "ferry/supervision/supervisor_core.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace ferry::messages {

// -- producers and queues -----------------------------------------------------

/// Asks a queue to take a page of messages.
/// From    producer
/// Answer  receipt, once the messages are as durable as the queue promises; an
///         error where the queue cannot take anything
/// Repeat  allowed: the session's numbers make it idempotent
struct publish {
  publish_request batch;
};

/// Tells what became of a publish.
struct receipt {
  publish_outcome outcome;
};

/// There is room again in a queue whose receipt said that it was full.
/// From    queue, to the sender of a `publish` that `wants_to_know`
/// Answer  none; whoever has something to publish sends it, or waits no longer
struct room {};

/// Asks a queue to take dead letters, and to remove them where they died.
/// From    the queue `origin` where the messages ended
/// Answer  buried, once the letters are safe; an error where the journal was
///         opened again since: the origin decides anew what ends
/// Repeat  only after an error; the letter may then be there twice
struct bury {
  queue_id origin{}; // none: they have no rows
  std::vector<dead_message> letters;
  epoch opened{}; // in which `origin` decided it; of no meaning without rows
};

struct buried {};

// -- consumers and queues -----------------------------------------------------

/// Asks a queue for deliveries.
/// From    consumer; `receiver` gets the deliveries and is monitored
/// Answer  subscription
/// Repeat  each one is a subscription of its own
struct subscribe {
  caf::actor receiver;
  subscriber who;
};

struct subscription {
  consumer_id consumer{};
};

/// Changes how much a consumer may hold; 0 messages pause it.
/// From    consumer
/// Repeat  allowed
struct grant_credit {
  consumer_id consumer{};
  credit limit;
};

/// Hands messages to a consumer.
/// From    queue; never sent twice with the same tags
/// Answer  settle, for each tag, before the deadline
struct delivery {
  consumer_id consumer{};
  std::vector<delivered_run> runs;
};

/// Ends a subscription because the queue starts anew from what is on disk. What
/// was delivered and not settled is delivered again; settling it comes too late.
/// From    queue, to the receiver of `subscribe`
/// Answer  none; whoever wants more deliveries subscribes again
struct resubscribe {
  consumer_id consumer{}; // the subscription that ended
};

/// Ends deliveries.
/// From    consumer
/// Answer  settled, once it is on disk; where that is not `awaited`, acks may be put off
///         for a millisecond to go with what is written next
/// Repeat  allowed: what ended before is counted as stale
struct settle {
  consumer_id consumer{};
  std::vector<settlement> settlements;
  urgency how = urgency::usual;
};

struct settled {
  settle_outcome outcome;
};

/// Ends a subscription in good order; what is unsettled returns uncounted.
/// From    consumer
/// Answer  unsubscribed
/// Repeat  allowed
struct unsubscribe {
  consumer_id consumer{};
};

struct unsubscribed {};

/// Asks a queue to deliver nothing for a while.
/// Answer  paused
/// Repeat  allowed: the last one counts
struct pause {
  duration wait{}; // 0 or less: deliver again
};

struct paused {};

/// Asks a queue what it did and holds.
/// Answer  figures
/// Repeat  allowed
struct ask_figures {};

struct figures {
  queue_figures queue;
};

// -- browsing and redriving ---------------------------------------------------

/// Asks a queue to show some of its messages; none of them moves or is counted.
/// Answer  browsed; an error for a query out of range, or where rows cannot be read
/// Repeat  allowed
struct browse {
  browse_query query;
};

struct browsed {
  browse_page page;
};

/// Asks a queue to hand messages to another one, as they are in `letters`, and to
/// remove them here in the same commit. What is in flight stays.
/// From    redrive
/// Answer  moved, once they are as durable as `target` promises; after an error
///         they are where they were
/// Repeat  allowed: what has left is counted as in use
struct move {
  caf::actor target; // a queue_actor of the same journal, other than the one asked
  std::vector<dead_message> letters;
};

struct moved {
  move_outcome outcome;
};

/// Asks for dead letters to be moved to where they came from, or elsewhere.
/// From    broker's facade, or anybody; the actor that is asked ends with its answer
/// Answer  redriven; an error tells how far it came
/// Repeat  allowed, by asking another redrive_actor: what has moved is gone
struct redrive {
  std::string from;
  redrive_options options;
};

struct redriven {
  redrive_report report;
};

// -- broker -------------------------------------------------------------------

/// Asks for a queue of that name and with these options, which is created unless
/// it is there.
/// Answer  queue_info; an error where it is there with other options
/// Repeat  allowed
struct declare {
  std::string name;
  queue_config config;
};

/// Asks for a queue that was declared before.
/// Answer  queue_info, or an error
/// Repeat  allowed
struct find {
  std::string name;
};

/// A queue that can be published to and consumed from.
struct queue_info {
  std::string name;
  queue_config config;
  caf::actor queue; // a queue_actor
  queue_id id{};    // in the journal; none: it is not stored
};

/// Asks to end a queue for as long as the broker is open: it refuses what comes,
/// answers what came, and is found no more. Its messages stay in the journal.
/// Answer  stopped; an error where it is another queue's dead-letter queue
/// Repeat  allowed
struct close_queue {
  std::string name;
};

/// Asks for the names of all queues that are open.
/// Answer  queue_names
/// Repeat  allowed
struct list_queues {};

struct queue_names {
  std::vector<std::string> names;
};

// -- within one process -------------------------------------------------------
//
// A journal that failed is opened again, in a new epoch, and its queues start
// anew. Questions and answers name the epoch they belong to (`opened`), because
// the last ones of the old life may arrive in the new one: there they mean
// nothing, and are ignored.

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

/// Asks the journal what it did.
/// Answer  journal_report
struct ask_journal {};

struct journal_report {
  persistence::journal_figures figures; // since it was opened last
  latency_histogram commit_time; // of the commits that succeeded
  error failure; // why nothing is written at present; `errc::none`: it is
};

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

/// Asks the journal to erase rows that nobody wants any more.
/// From    broker, one step at a time
/// Answer  rows_erased, or an error
/// Repeat  allowed
struct erase_rows {
  std::shared_ptr<const persistence::write_batch> batch;
  epoch opened{};
};

struct rows_erased {};

/// Asks the supervisor to tell `queue` when `receiver` ends.
/// From    queue
struct watch {
  caf::actor queue;
  consumer_id consumer{};
  caf::actor receiver;
};

/// A consumer ended without unsubscribing, or was given up.
/// From    supervisor
/// Repeat  allowed
struct consumer_lost {
  consumer_id consumer{};
  bool begun_is_known = false;
  std::vector<sequence_range> begun; // what was in a handler, where that is known
};

/// Asks the supervisor for a `wake` at `when`; replaces the wish before.
/// From    queue
struct wake_at {
  caf::actor queue;
  time_point when{};
};

/// It is time.
/// From    supervisor to a queue; an actor to itself, with its timer's generation
struct wake {
  std::uint64_t generation = 0;
  std::vector<begun_work> begun = {}; // to a queue: of those consumers that tell it
};

/// Asks the supervisor for a group of children with rules of its own.
/// From    broker
/// Answer  group_opened
/// Repeat  each one is a group of its own
struct open_group {
  std::string name; // for people
  supervision_config config;
  // hears of the child that was lost too often, and why; may be null
  std::function<void(const std::string& child, const std::string& reason)> on_escalation;
};

struct group_opened {
  std::uint64_t group = 0;
};

/// Asks the supervisor to keep a child running.
/// From    broker
/// Answer  supervised; an error where the group is over or has a child of that name
struct supervise {
  std::uint64_t group = 0;
  std::string name;
  std::function<caf::actor()> start; // called again after each loss
  child_kind kind = child_kind::permanent;
  // what the last life had in its handler, asked when that life is over; may be null
  std::function<std::vector<sequence_range>()> begun;
};

struct supervised {};

/// Asks the supervisor to end a child in good order and not to restart it.
/// Answer  stopped, once the child is gone; timed_out when it was given up because
///         the limit had passed
/// Repeat  allowed: who is gone is stopped; the earliest limit counts
struct stop_child {
  std::uint64_t group = 0;
  std::string name;
  std::optional<duration> limit; // nothing: as long as it takes
};

/// Asks the supervisor to end a group and all its children in good order.
/// Answer  as that of stop_child
/// Repeat  allowed, as that of stop_child
struct stop_group {
  std::uint64_t group = 0;
  std::optional<duration> limit;
};

/// Asks the supervisor who is in a group.
/// Answer  children; an error where the group is over
/// Repeat  allowed
struct ask_children {
  std::uint64_t group = 0;
};

struct children {
  std::vector<child_figures> all; // in start order
};

/// Asks the supervisor to request a stop of a handler that still runs at
/// `deadline`; earlier when its consumer is lost or given up.
/// From    consumer, with ids of its own choosing
/// Repeat  allowed: moves the deadline
struct arm_stop {
  caf::actor consumer;
  std::uint64_t id = 0;
  std::stop_source source;
  time_point deadline{};
};

/// The handler has returned.
/// From    consumer
/// Repeat  allowed
struct disarm_stop {
  caf::actor consumer;
  std::uint64_t id = 0;
};

/// Asks the supervisor for the turn to deliver messages that may kill the process:
/// one queue at a time.
/// From    queue
/// Answer  turn, once everyone who asked before has ended theirs
/// Repeat  allowed: the place in the line is kept
struct ask_turn {
  caf::actor queue;
};

/// It is the queue's turn, until it says `end_turn` or ends.
/// From    supervisor
struct turn {};

/// Passes the turn on, or gives up the place in the line.
/// From    queue
/// Repeat  allowed
struct end_turn {
  caf::actor queue;
};

/// Asks an actor to finish what it has begun and to end.
/// From    broker, supervisor
/// Answer  stopped
/// Repeat  allowed
struct stop {};

struct stopped {};

/// Continue with what is left; from an actor to itself.
struct proceed {};

} // namespace ferry::messages

// -- inspection ---------------------------------------------------------------

namespace ferry::messages {

template <class Inspector>
auto inspect(Inspector& f, publish& x) {
  return fields(f, x, "ferry::publish", named{"batch", x.batch});
}

template <class Inspector>
auto inspect(Inspector& f, receipt& x) {
  return fields(f, x, "ferry::receipt", named{"outcome", x.outcome});
}

template <class Inspector>
auto inspect(Inspector& f, room& x) {
  return fields(f, x, "ferry::room");
}

template <class Inspector>
auto inspect(Inspector& f, bury& x) {
  return fields(f, x, "ferry::bury", named{"origin", x.origin}, named{"letters", x.letters},
                named{"opened", x.opened});
}

template <class Inspector>
auto inspect(Inspector& f, buried& x) {
  return fields(f, x, "ferry::buried");
}

template <class Inspector>
auto inspect(Inspector& f, subscribe& x) {
  return fields(f, x, "ferry::subscribe", named{"receiver", x.receiver}, named{"who", x.who});
}

template <class Inspector>
auto inspect(Inspector& f, subscription& x) {
  return fields(f, x, "ferry::subscription", named{"consumer", x.consumer});
}

template <class Inspector>
auto inspect(Inspector& f, grant_credit& x) {
  return fields(f, x, "ferry::grant_credit",
                named{"consumer", x.consumer}, named{"limit", x.limit});
}

template <class Inspector>
auto inspect(Inspector& f, delivery& x) {
  return fields(f, x, "ferry::delivery", named{"consumer", x.consumer}, named{"runs", x.runs});
}

template <class Inspector>
auto inspect(Inspector& f, resubscribe& x) {
  return fields(f, x, "ferry::resubscribe", named{"consumer", x.consumer});
}

template <class Inspector>
auto inspect(Inspector& f, settle& x) {
  return fields(f, x, "ferry::settle",
                named{"consumer", x.consumer}, named{"settlements", x.settlements},
                named{"how", x.how});
}

template <class Inspector>
auto inspect(Inspector& f, settled& x) {
  return fields(f, x, "ferry::settled", named{"outcome", x.outcome});
}

template <class Inspector>
auto inspect(Inspector& f, unsubscribe& x) {
  return fields(f, x, "ferry::unsubscribe", named{"consumer", x.consumer});
}

template <class Inspector>
auto inspect(Inspector& f, unsubscribed& x) {
  return fields(f, x, "ferry::unsubscribed");
}

template <class Inspector>
auto inspect(Inspector& f, pause& x) {
  return fields(f, x, "ferry::pause", named{"wait", x.wait});
}

template <class Inspector>
auto inspect(Inspector& f, paused& x) {
  return fields(f, x, "ferry::paused");
}

template <class Inspector>
auto inspect(Inspector& f, ask_figures& x) {
  return fields(f, x, "ferry::ask_figures");
}

template <class Inspector>
auto inspect(Inspector& f, figures& x) {
  return fields(f, x, "ferry::figures", named{"queue", x.queue});
}

template <class Inspector>
auto inspect(Inspector& f, browse& x) {
  return fields(f, x, "ferry::browse", named{"query", x.query});
}

template <class Inspector>
auto inspect(Inspector& f, browsed& x) {
  return fields(f, x, "ferry::browsed", named{"page", x.page});
}

template <class Inspector>
auto inspect(Inspector& f, move& x) {
  return fields(f, x, "ferry::move", named{"target", x.target}, named{"letters", x.letters});
}

template <class Inspector>
auto inspect(Inspector& f, moved& x) {
  return fields(f, x, "ferry::moved", named{"outcome", x.outcome});
}

template <class Inspector>
auto inspect(Inspector& f, redrive& x) {
  return fields(f, x, "ferry::redrive", named{"from", x.from}, named{"options", x.options});
}

template <class Inspector>
auto inspect(Inspector& f, redriven& x) {
  return fields(f, x, "ferry::redriven", named{"report", x.report});
}

template <class Inspector>
auto inspect(Inspector& f, declare& x) {
  return fields(f, x, "ferry::declare", named{"name", x.name}, named{"config", x.config});
}

template <class Inspector>
auto inspect(Inspector& f, find& x) {
  return fields(f, x, "ferry::find", named{"name", x.name});
}

template <class Inspector>
auto inspect(Inspector& f, queue_info& x) {
  return fields(f, x, "ferry::queue_info",
                named{"name", x.name}, named{"config", x.config}, named{"queue", x.queue},
                named{"id", x.id});
}

template <class Inspector>
auto inspect(Inspector& f, close_queue& x) {
  return fields(f, x, "ferry::close_queue", named{"name", x.name});
}

template <class Inspector>
auto inspect(Inspector& f, list_queues& x) {
  return fields(f, x, "ferry::list_queues");
}

template <class Inspector>
auto inspect(Inspector& f, queue_names& x) {
  return fields(f, x, "ferry::queue_names", named{"names", x.names});
}

template <class Inspector>
auto inspect(Inspector& f, committed& x) {
  return fields(f, x, "ferry::committed",
                named{"ticket", x.ticket}, named{"opened", x.opened});
}

template <class Inspector>
auto inspect(Inspector& f, commit_failed& x) {
  return fields(f, x, "ferry::commit_failed",
                named{"why", x.why}, named{"opened", x.opened});
}

template <class Inspector>
auto inspect(Inspector& f, journal_returned& x) {
  return fields(f, x, "ferry::journal_returned", named{"opened", x.opened});
}

template <class Inspector>
auto inspect(Inspector& f, load_failed& x) {
  return fields(f, x, "ferry::load_failed",
                named{"why", x.why}, named{"opened", x.opened});
}

template <class Inspector>
auto inspect(Inspector& f, ask_journal& x) {
  return fields(f, x, "ferry::ask_journal");
}

template <class Inspector>
auto inspect(Inspector& f, journal_lost& x) {
  return fields(f, x, "ferry::journal_lost", named{"why", x.why}, named{"opened", x.opened});
}

template <class Inspector>
auto inspect(Inspector& f, reopen& x) {
  return fields(f, x, "ferry::reopen");
}

template <class Inspector>
auto inspect(Inspector& f, consumer_lost& x) {
  return fields(f, x, "ferry::consumer_lost", named{"consumer", x.consumer},
                named{"begun_is_known", x.begun_is_known}, named{"begun", x.begun});
}

template <class Inspector>
auto inspect(Inspector& f, wake& x) {
  return fields(f, x, "ferry::wake", named{"generation", x.generation},
                named{"begun", x.begun});
}

template <class Inspector>
auto inspect(Inspector& f, supervised& x) {
  return fields(f, x, "ferry::supervised");
}

template <class Inspector>
auto inspect(Inspector& f, group_opened& x) {
  return fields(f, x, "ferry::group_opened", named{"group", x.group});
}

template <class Inspector>
auto inspect(Inspector& f, ask_children& x) {
  return fields(f, x, "ferry::ask_children", named{"group", x.group});
}

template <class Inspector>
auto inspect(Inspector& f, turn& x) {
  return fields(f, x, "ferry::turn");
}

template <class Inspector>
auto inspect(Inspector& f, stop& x) {
  return fields(f, x, "ferry::stop");
}

template <class Inspector>
auto inspect(Inspector& f, stopped& x) {
  return fields(f, x, "ferry::stopped");
}

template <class Inspector>
auto inspect(Inspector& f, proceed& x) {
  return fields(f, x, "ferry::proceed");
}

template <class Inspector>
auto inspect(Inspector& f, created& x) {
  return fields(f, x, "ferry::created", named{"id", x.id});
}

} // namespace ferry::messages

// These never leave the process; they carry functions and shared pages.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::write)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::load)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::loaded)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::create)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::watch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::wake_at)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::supervise)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::journal_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::watch_journal)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::reopened)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::revive)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::open_group)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::stop_child)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::stop_group)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::children)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::arm_stop)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::disarm_stop)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::ask_turn)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::end_turn)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::read_rows)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::rows)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::use_reader)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::keep_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::upkept)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::use_upkeep)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::compact)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::erase_rows)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::rows_erased)

// -- type ids -----------------------------------------------------------------

// Ids must agree on all nodes: append only.
CAF_BEGIN_TYPE_ID_BLOCK(ferry_protocol, caf::first_custom_type_id + 500)
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::publish))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::receipt))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::bury))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::buried))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::subscribe))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::subscription))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::grant_credit))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::delivered_run))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::delivery))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::settle))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::settled))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::unsubscribe))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::unsubscribed))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::ask_figures))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::figures))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::declare))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::find))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::queue_info))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::list_queues))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::queue_names))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::committed))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::commit_failed))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::load_failed))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::ask_journal))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::consumer_lost))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::wake))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::supervised))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::stop_child))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::stop))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::stopped))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::proceed))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::created))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::write))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::load))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::loaded))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::create))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::watch))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::wake_at))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::supervise))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::journal_report))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::pause))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::paused))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::resubscribe))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::watch_journal))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::journal_lost))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::reopen))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::reopened))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::revive))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::open_group))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::group_opened))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::stop_group))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::ask_children))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::children))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::arm_stop))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::disarm_stop))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::ask_turn))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::turn))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::end_turn))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::close_queue))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::browse))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::browsed))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::move))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::moved))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::redrive))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::redriven))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::read_rows))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::rows))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::use_reader))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::keep_up))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::upkept))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::use_upkeep))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::compact))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::room))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::journal_returned))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::erase_rows))
  CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::rows_erased))
CAF_END_TYPE_ID_BLOCK(ferry_protocol)
