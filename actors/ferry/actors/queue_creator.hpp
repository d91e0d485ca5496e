// How a broker creates queues: in memory at once, with rows once the journal knows them.

#pragma once

#include "ferry/actors/broker_actor.hpp"
#include "ferry/actors/journal_keeper.hpp"
#include "ferry/broker/declared_queues.hpp"
#include "ferry/persistence/kept_queues.hpp"

#include <deque>
#include <functional>
#include <string>

namespace ferry::actors {

/// What creating asks of the rest of a broker.
struct queue_creation_needs {
  journal_actor journal;                    // null: memory queues only
  const journal_keeper* keeper = nullptr;   // outlives it, as `kept` does
  persistence::kept_queues* kept = nullptr; // where memory queues spill to
  std::function<bool(const std::string& queue)> is_running;
  std::function<void(persistence::stored_queue)> run;
};

/// Creates queues one after the other.
///
/// Errors      errc::journal_failed while the journal is not open; what the journal answers
/// Threads     The broker's only.
class queue_creator {
public:
  using reaction = std::function<void()>;
  using objection = std::function<void(const caf::error&)>;

  queue_creator(broker_actor::pointer self, queue_creation_needs needs)
    : self_(self),
      needs_(std::move(needs)) {
  }

  /// Creates those of `wanted` that do not run yet, in this order, and then calls
  /// `created`; the first that cannot be created ends it, and `failed` is called.
  void create(std::deque<queue_declaration> wanted, reaction created, objection failed);

private:
  void create_one(const queue_declaration& wanted, const reaction& created,
                  const objection& failed);

  broker_actor::pointer self_;
  queue_creation_needs needs_;
};

} // namespace ferry::actors
