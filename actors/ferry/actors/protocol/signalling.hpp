// What queues and consumers have the supervisor tell them: who is lost, what time it is,
// and whose turn it is. Within one process.
//
//   queue ── watch, wake_at, ask_turn, end_turn ──▶ supervisor
//         ◀── consumer_lost, wake, turn ────────────
//
//   consumer ── arm_stop, disarm_stop ──▶ supervisor

#pragma once

#include "ferry/actors/inspection.hpp"
#include "ferry/actors/protocol/type_ids.hpp"
#include "ferry/ids.hpp"
#include "ferry/queue/queue_core.hpp"
#include "ferry/queue/queue_effects.hpp"
#include "ferry/time.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <stop_token>
#include <vector>

namespace ferry::messages {

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

// -- inspection ---------------------------------------------------------------

template <class Inspector>
auto inspect(Inspector& f, consumer_lost& x) {
  return fields(f, x, "ferry::consumer_lost", named{"consumer", x.consumer},
                named{"begun_is_known", x.begun_is_known}, named{"begun", x.begun});
}

template <class Inspector>
auto inspect(Inspector& f, wake& x) {
  return fields(f, x, "ferry::wake", named{"generation", x.generation}, named{"begun", x.begun});
}

template <class Inspector>
auto inspect(Inspector& f, turn& x) {
  return fields(f, x, "ferry::turn");
}

} // namespace ferry::messages

// These never leave the process.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::watch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::wake_at)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::arm_stop)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::disarm_stop)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::ask_turn)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::end_turn)
