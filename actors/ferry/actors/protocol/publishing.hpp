// What producers and queues tell each other.
//
//   producer ── publish ──────▶ queue
//            ◀── receipt, room ──

#pragma once

#include "ferry/actors/inspection.hpp"
#include "ferry/actors/protocol/type_ids.hpp"
#include "ferry/outcome.hpp"
#include "ferry/queue/queue_core.hpp"

namespace ferry::messages {

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

// -- inspection ---------------------------------------------------------------

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

} // namespace ferry::messages
