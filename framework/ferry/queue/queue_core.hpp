// The queue: which message is where, who may have it, and what follows from it.
// Sequences seven small structures; each of them has its own file and test.
//
//   publish ─▶ deduplication_window ─▶ commit_pipeline ─committed─▶ ready_index
//                                            ▲                        │   ▲
//                        ack, nack, reject   │   consumer_table ──────┤   │
//   settle ─▶ in_flight_ledger ──────────────┘               deliver  │   │ due
//                   ▲      └─ nack ─▶ delayed_index ──────────────────┼───┘
//                   └─────────────────────────────────────────────────┘
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
#include "ferry/queue/in_flight_ledger.hpp"
#include "ferry/queue/move_ledger.hpp"
#include "ferry/queue/queue_effects.hpp"
#include "ferry/queue/ready_index.hpp"
#include "ferry/retry/death.hpp"

#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ferry {

/// What a queue starts from: its name and options, and what its journal kept.
struct queue_start {
  queue_id id{};
  std::string name;
  queue_config config;
  epoch opened{1};
  sequence_number next{1};
  std::vector<delayed_run> runs; // without pages; due at the epoch: ready
  std::vector<std::pair<session_id, publish_number>> sessions;
  std::uint64_t seed = 1; // spreads the jitter
};

/// A batch of publishes from one producer session.
/// Shape   message i of `page` is publish `first + i`.
struct publish_request {
  session_id session{};
  publish_number oldest{}; // the session's oldest unconfirmed publish
  publish_number first{};
  shared_page page;
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

  // -- from producers ---------------------------------------------------------

  /// Takes a batch, leaving out what is stored already and what is refused.
  /// Emits    persist? · confirm, at once only where nothing has to be stored
  void publish(time_point now, question_id question, const publish_request& request,
               effect_list& out);

  /// Takes dead letters of the queue `origin` (`none`: it has no rows to remove).
  /// Emits    persist? · buried
  void bury(time_point now, question_id question, queue_id origin,
            std::span<const dead_message> letters, effect_list& out);

  // -- from consumers ---------------------------------------------------------

  /// Errors   why the queue takes nothing any more; nothing is emitted then
  [[nodiscard]] result<consumer_id> subscribe(time_point now, credit limit, effect_list& out);

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

  /// Takes back what `consumer` holds, at its old place, counting the delivery.
  /// Emits    persist? · bury*
  void consumer_lost(time_point now, consumer_id consumer, effect_list& out);

  // -- from journal, dead-letter queue and clock ------------------------------

  void committed(time_point now, commit_ticket ticket, effect_list& out);

  /// Takes nothing more, because of `why`; what was taken is still committed and
  /// answered.
  void close(error why);

  /// The journal failed: everything unanswered, and all that comes, is refused;
  /// nothing more is written, delivered or buried.
  /// Emits    refuse*
  void fail(error why, effect_list& out);

  /// The answer to `effects::load`.
  void loaded(time_point now, sequence_number first, sequence_number covered,
              std::vector<message_run> found, effect_list& out);

  /// The answer to `effects::bury`; a failed move is tried again a second later.
  void burial_ended(time_point now, sequence_number sequence, bool succeeded, effect_list& out);

  /// Does what is due at `now`: expired leases, delayed messages, failed moves.
  void tick(time_point now, effect_list& out);

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

  /// Which messages match `query`, as far as that can be told without their rows
  /// (queue_core_browse.cpp).
  /// Cost     O(runs in flight, delayed, dying and committing), and as many ready
  ///          runs as the page shows.
  [[nodiscard]] browse_view browse(const browse_query& query) const;

  [[nodiscard]] const queue_config& config() const noexcept {
    return config_;
  }

private:
  [[nodiscard]] error objection(const publish_request& request) const;

  // One settlement, one kind each; all end in `change`.
  void apply(time_point now, const settlement& item, std::vector<lease> ended, turn& change,
             effect_list& out);
  void refuse(question_id question, effect_list& out);
  void ack(const lease& item, turn& change);
  void nack(time_point now, lease item, const settlement& why, turn& change, effect_list& out);
  static void release(lease item, turn& change);
  void take_back(time_point now, std::vector<lease> ended, std::string_view reason, turn& change,
                 effect_list& out);
  void end_of_life(time_point now, message_run run, death_cause cause, std::string_view reason,
                   turn& change, effect_list& out);
  void reschedule(message_run run, time_point due, turn& change);

  void append(shared_page page, std::uint32_t offset, std::uint64_t count, turn& change);
  std::vector<refusal> append_accepted(const publish_request& request, std::uint64_t skip,
                                       turn& change);
  void remember(session_id session, publish_number up_to, turn& change);
  [[nodiscard]] bool is_exhausted(const message_run& run) const noexcept;

  void finish(time_point now, turn change, effect_list& out);
  void settle_down(turn change, effect_list& out);
  void deliver(time_point now, effect_list& out);
  void arm(effect_list& out);

  std::string name_;
  queue_config config_;
  bool stores_;
  deduplication_window sessions_;
  commit_pipeline commits_;
  ready_index ready_;
  delayed_index delayed_;
  in_flight_ledger in_flight_;
  burial_ledger burials_;
  move_ledger moves_;
  consumer_table consumers_;
  sequence_number next_;
  time_point armed_ = never; // the wake-up that was asked for last
  bool loading_ = false;     // a page was asked for and has not come yet
  error failed_;             // why nothing more is accepted
  std::minstd_rand random_;
  queue_figures counters_;
};

} // namespace ferry
