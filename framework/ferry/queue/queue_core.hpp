// The queue: which message is where, who may have it, and what follows from it.
// Sequences small structures; each of them has its own file and test.
//
// The source is in seven parts: queue_core.cpp starts, and lets go of what is committed,
// queue_core_publish.cpp takes what comes, queue_core_spill.cpp keeps it on disk where
// a memory queue has no RAM for it, queue_core_redelivery.cpp settles,
// queue_core_delivery.cpp delivers, queue_core_move.cpp moves to another queue,
// queue_core_browse.cpp shows.
//
//   publish ─▶ deduplication_window ─▶ commit_pipeline ─committed─▶ ready_index
//                                            ▲                        │   ▲
//                        ack, nack, reject   │   consumer_table ──────┤   │
//   settle ─▶ in_flight_ledger ──────────────┘               deliver  │   │ due
//                   ▲      └─ nack ─▶ delayed_index ──────────────────┼───┘
//                   └─────────────────────────────────────────────────┘
//   start ─▶ quarantine ─ one suspect at a time ─▶ deliver
//
// It knows no actor, no disk and no clock.

#pragma once

#include "ferry/config.hpp"
#include "ferry/metrics/queue_figures.hpp"
#include "ferry/queue/browse.hpp"
#include "ferry/queue/burial_ledger.hpp"
#include "ferry/queue/commit_pipeline.hpp"
#include "ferry/queue/consumer_table.hpp"
#include "ferry/queue/deduplication_window.hpp"
#include "ferry/queue/delayed_index.hpp"
#include "ferry/queue/held_producers.hpp"
#include "ferry/queue/id_window.hpp"
#include "ferry/queue/in_flight_ledger.hpp"
#include "ferry/queue/move_ledger.hpp"
#include "ferry/queue/quarantine.hpp"
#include "ferry/queue/queue_effects.hpp"
#include "ferry/queue/queue_limits.hpp"
#include "ferry/queue/read_ahead.hpp"
#include "ferry/queue/ready_index.hpp"
#include "ferry/queue/refused_publishes.hpp"
#include "ferry/queue/resident_budget.hpp"
#include "ferry/retry/attempt.hpp"
#include "ferry/retry/death.hpp"

#include <memory>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ferry {

/// A producer session, as a journal kept it.
struct kept_session {
  session_id session{};
  publish_number up_to{};
  time_point used{};
};

/// A message id, as a journal kept it.
struct kept_id {
  id_kind kind{};
  std::string id;
  time_point at{};
};

/// What a queue starts from: its name and options, and what its journal kept.
struct queue_start {
  queue_id id{};
  std::string name;
  queue_config config;
  epoch opened{1};
  sequence_number next{1};
  std::vector<delayed_run> runs; // without pages; due at the epoch: ready
  std::uint64_t payload_bytes = 0; // of all runs
  std::vector<kept_session> sessions;
  std::vector<kept_id> ids;                // longest remembered first
  std::vector<sequence_range> suspects;    // noted by an earlier process, and counted
  std::vector<sequence_range> in_handlers; // when the last process ended; to be counted
  std::uint64_t seed = 1; // spreads the jitter
  consumer_id last_consumer{}; // of the queue's former life; none of its ids is used again
  queue_figures so_far{};      // what it counted until then
  std::shared_ptr<resident_budget> budget = {}; // of its broker; null: its own option alone
};

/// How long a delivery may last with all its renewals; never less than one lease.
[[nodiscard]] duration longest_lease(const queue_config& config) noexcept;

/// What a consumer's handler is working on.
struct begun_work {
  consumer_id consumer{};
  std::vector<sequence_range> messages;
};

/// A batch of publishes from one producer session.
/// Shape   message i of `page` is publish `first + i`.
struct publish_request {
  session_id session{};
  publish_number oldest{}; // the session's oldest unconfirmed publish
  publish_number first{};
  shared_page page;
  bool is_resend = false; // all of the page was sent before
  bool wants_to_know = false; // its producer is to be told when there is room again
};

/// Decides everything about one queue.
///
/// Invariants  A message is in exactly one place: uncommitted, ready, in flight,
///             delayed, or on its way to another queue. Nothing is told
///             (confirm, deliver, settled) before its records are committed.
/// Time        Never reads a clock; every call passes `now`, which never goes back.
/// Errors      Answered by `refuse` to the question concerned; nothing throws.
/// Threads     One owner at a time; no locking inside.
///
/// Every command appends its effects to `out`, in the order of execution. Each of
/// them may also emit deliver*, load? and wake_at?, because room, messages or
/// deadlines may have changed.
class queue_core {
public:
  explicit queue_core(queue_start start);

  /// Counts a delivery for what was in handlers when the last process ended. To be
  /// called once, before anything else.
  /// Emits    persist? · charged
  void start(time_point now, effect_list& out);

  // -- from producers ---------------------------------------------------------

  /// Takes a batch, leaving out what is stored already and what is refused. What does
  /// not fit waits with its producer.
  /// Emits    persist? · confirm, at once only where nothing has to be stored;
  ///          let_publish, now or later, after a confirm that is held
  void publish(time_point now, question_id question, const publish_request& request,
               effect_list& out);

  /// Takes dead letters of the queue `origin` (`none`: it has no rows to remove).
  /// Emits    persist? · buried
  void bury(time_point now, question_id question, queue_id origin,
            std::span<const dead_message> letters, effect_list& out);

  // -- from consumers ---------------------------------------------------------

  /// Errors   why the queue takes nothing any more; nothing is emitted then
  [[nodiscard]] result<consumer_id> subscribe(time_point now, subscriber who, effect_list& out);

  /// Changes what `consumer` may hold; 0 messages pause it.
  void grant(time_point now, consumer_id consumer, credit limit, effect_list& out);

  /// Ends deliveries. Repeated, late and foreign tags are counted as stale.
  /// Emits    persist? · bury* · settled
  void settle(time_point now, question_id question, consumer_id consumer,
              std::span<const settlement> settlements, effect_list& out);

  /// Takes back what `consumer` holds, at its old place, without counting: it
  /// leaves in good order and did not try what it returns.
  /// Emits    unsubscribed, after everything that it settled before
  void unsubscribe(time_point now, question_id question, consumer_id consumer, effect_list& out);

  /// Takes back what `consumer` holds, at its old place. What its handlers had
  /// `begun` counts as delivered; where that is unknown, everything does.
  /// Emits    persist? · bury*
  void consumer_lost(time_point now, consumer_id consumer,
                     const std::optional<std::vector<sequence_range>>& begun, effect_list& out);

  // -- from journal, dead-letter queue and clock ------------------------------

  void committed(time_point now, commit_ticket ticket, effect_list& out);

  /// Takes nothing more, because of `why`; what was taken is still committed and
  /// answered, or refused while the journal has failed.
  /// Emits    refuse*
  void close(error why, effect_list& out);

  /// Everything unanswered, and all that comes, is refused; nothing more is written,
  /// delivered or buried.
  /// Emits    refuse*
  void fail(error why, effect_list& out);

  /// The journal failed, and what was asked for is not on disk. For a queue on disk that
  /// is the end, as of `fail`. A memory queue goes on with what it has; what would have
  /// to spill is refused until `journal_returned` (queue_core_spill.cpp).
  /// Repeat   allowed
  /// Emits    refuse*
  void write_failed(error why, effect_list& out);

  /// The journal that failed is open again, with all that this queue had stored in it.
  /// A queue on disk starts anew instead.
  /// Repeat   allowed
  /// Emits    persist*
  void journal_returned(time_point now, effect_list& out);

  /// The answer to `effects::load`.
  void loaded(time_point now, sequence_number first, sequence_number covered,
              std::vector<message_run> found, effect_list& out);

  /// The answer to `effects::bury`; a failed move is tried again a second later.
  void burial_ended(time_point now, sequence_number sequence, bool succeeded, effect_list& out);

  /// It is this queue's turn to try a suspect.
  /// Emits    end_turn, where nobody is there to try it
  void turn_granted(time_point now, effect_list& out);

  /// Delivers nothing until `until`; `now` or earlier resumes. A restart resumes.
  void pause(time_point now, time_point until, effect_list& out);

  /// Does what is due at `now`: expired leases, delayed messages, failed moves, the
  /// end of a pause. Of a consumer in `begun`, only what it has begun or keeps counts
  /// when it expires; the rest returns uncounted, and it gets nothing more until it
  /// settles something. Of others everything counts.
  void tick(time_point now, effect_list& out, std::span<const begun_work> begun = {});

  /// A page could not be read; it is asked for again five seconds later.
  void load_failed(time_point now, effect_list& out);

  // -- moving to another queue (queue_core_move.cpp) ---------------------------

  /// Takes the messages that `letters` name out of what is ready or delayed; what
  /// is in flight stays with its consumer.
  /// Emits    move? · moved, at once only where there is nothing to move
  void move(time_point now, question_id question, std::span<const dead_message> letters,
            effect_list& out);

  /// The answer to `effects::move`. After an error the messages are back where
  /// they were.
  /// Emits    moved, or refuse with `why`
  void move_ended(time_point now, question_id question, error why, effect_list& out);

  // -- properties -------------------------------------------------------------

  [[nodiscard]] queue_figures figures() const;

  /// The consumer that subscribed last; a core that replaces this one counts on.
  [[nodiscard]] consumer_id last_consumer() const noexcept {
    return consumers_.last();
  }

  /// Which messages match `query`, as far as that can be told without their rows
  /// (queue_core_browse.cpp).
  /// Cost     O(runs in flight, delayed, dying and committing), and as many ready
  ///          runs as the page shows.
  [[nodiscard]] browse_view browse(const browse_query& query) const;

  [[nodiscard]] const queue_config& config() const noexcept {
    return config_;
  }

private:
  /// Why messages come to nothing, or come back.
  struct failing {
    death_cause cause{}; // if this was the end
    std::string_view reason;
  };

  // -- queue_core.cpp ---------------------------------------------------------

  void take_in(message_run run, time_point due, const queue_start& start);
  void accuse(message_run run);
  void go_on(time_point now, effect_list& out);
  void refuse(question_id question, effect_list& out);
  void finish(time_point now, turn change, effect_list& out);
  void settle_down(time_point now, turn change, effect_list& out);
  [[nodiscard]] bool has_to_wait(const turn& change) const noexcept;
  void measure(time_point now, const turn& change);

  // -- queue_core_publish.cpp -------------------------------------------------

  [[nodiscard]] error objection(const publish_request& request) const;
  [[nodiscard]] credit present() const noexcept;
  [[nodiscard]] std::uint64_t admitted(const message_page& page, std::size_t begin) const noexcept;
  [[nodiscard]] error why_held(std::uint64_t taken) const;
  [[nodiscard]] std::size_t resident() const noexcept;
  [[nodiscard]] std::size_t allowance() const noexcept;
  [[nodiscard]] bool is_over_budget() const noexcept;
  [[nodiscard]] bool has_room_again(std::size_t bytes) const noexcept;
  void let_publish(effect_list& out);
  std::vector<refusal> append_accepted(time_point now, const publish_request& request,
                                       std::uint64_t begin, std::uint64_t end, turn& change);
  [[nodiscard]] error objection(const envelope& message) const;
  [[nodiscard]] bool is_stored(time_point now, const envelope& message, turn& change);
  void divide_overflow(message_run& run, turn& change);
  void hold(const effects::confirm& told, effect_list& out);
  void append(shared_page page, std::uint32_t offset, std::uint64_t count, turn& change);
  void keep(message_run run, turn& change);
  void remember(time_point now, session_id session, publish_number up_to, turn& change);
  void remember(time_point now, id_kind kind, std::string_view id, turn& change);

  // -- queue_core_spill.cpp ---------------------------------------------------

  [[nodiscard]] bool is_spilling() const noexcept;
  [[nodiscard]] error why_no_spill() const;
  void spill(message_run run, turn& change);
  void spilled(message_run run);
  void unspill(const records::erase& rows, turn& change);

  // -- queue_core_redelivery.cpp ----------------------------------------------

  /// One settlement, one kind; the consequences end in `change`.
  void apply(time_point now, const settlement& item, lease ended, turn& change, effect_list& out);
  void ack(time_point now, const lease& item, turn& change);
  void nack(time_point now, lease item, const settlement& why, turn& change, effect_list& out);
  void erase(const message_run& run, turn& change);
  void release(lease item, turn& change, effect_list& out);
  void defer(time_point now, lease item, time_point due, turn& change);
  void take_back(time_point now, lease item, failing why, turn& change, effect_list& out);
  void expire(time_point now, lease item, std::span<const begun_work> begun, turn& change,
              effect_list& out);
  void end_of_life(time_point now, lease item, failing why, turn& change, effect_list& out);
  void end_of_life(time_point now, message_run run, std::string line, failing why, turn& change,
                   effect_list& out);
  void bury(time_point now, message_run run, failing why, std::string_view line, question_id cause,
            effect_list& out);
  void reschedule(message_run run, time_point due, std::string line, turn& change);
  void clear(sequence_number sequence, turn& change, effect_list& out);
  [[nodiscard]] duration wait_before(const settlement& why, std::uint32_t deliveries);
  [[nodiscard]] std::string line_of(time_point now, const lease& item,
                                    std::string_view reason) const;
  [[nodiscard]] bool is_exhausted(const message_run& run) const noexcept;

  // -- queue_core_delivery.cpp ------------------------------------------------

  void deliver(time_point now, effect_list& out);
  void deliver_ready(time_point now, turn& filtered, effect_list& out);
  void load_next(time_point now, std::uint64_t taken, effect_list& out);
  [[nodiscard]] bool may_read(time_point now) const noexcept;
  void deliver_suspect(time_point now, turn& filtered, effect_list& out);
  void pass_turn_on(effect_list& out);
  [[nodiscard]] std::optional<message_run> next_share(time_point now, consumer_id consumer,
                                                      turn& filtered);
  [[nodiscard]] std::uint64_t alike(time_point now, const message_run& run) const;
  [[nodiscard]] bool was_handled(time_point now, const envelope& message) const;
  void hand_over(time_point now, consumer_id consumer, message_run run, company with,
                 effect_list& out);
  void arm(effect_list& out);

  std::string name_;
  queue_config config_;
  bool stores_; // every message, and what happens to it
  bool spills_; // what it has no RAM for
  deduplication_window sessions_;
  id_window published_ids_;
  id_window handled_ids_;
  commit_pipeline commits_;
  ready_index ready_;
  read_ahead read_ahead_;
  delayed_index delayed_;
  in_flight_ledger in_flight_;
  burial_ledger burials_;
  move_ledger moves_;
  consumer_table consumers_;
  quarantine quarantine_;
  std::vector<message_run> uncharged_; // until `start`
  bool was_unclean_;                   // something was in handlers when the last process ended
  queue_limits limits_;
  held_producers held_;
  refused_publishes refused_;
  std::uint64_t payload_bytes_;        // of what has not ended and is not dying
  std::uint64_t spilling_ = 0;         // messages on their way to the disk, to lie there only
  std::uint64_t spilled_bytes_ = 0;    // payload of these, and of those that lie there
  error outage_;                       // why the journal takes nothing at present
  sequence_number next_;
  time_point armed_ = never; // the wake-up that was asked for last
  time_point paused_until_{};
  time_point read_again_at_{}; // after a page could not be read
  bool loading_ = false;     // a page was asked for and has not come yet
  error failed_;             // why nothing more is accepted
  std::minstd_rand random_;
  queue_figures counters_;
};

} // namespace ferry
