// The producer as an actor: sends what its port gathered, and sends it again
// until it is confirmed. With an outbox file it records everything before.
//
//   producer<T> ── pages ──▶┌────────────────┐── publish ──▶ queue
//   receipts ◀── outcomes ──│ producer_actor │◀── receipt ──
//                           └────────────────┘── record, erase ──▶ outbox file

#pragma once

#include "ferry/actors/clock.hpp"
#include "ferry/actors/handles.hpp"
#include "ferry/actors/placement.hpp"
#include "ferry/persistence/outbox_journal.hpp"
#include "ferry/producer_port.hpp"

#include <memory>

namespace ferry::actors {

/// An outbox file, recovered: the producer sends what it kept first.
struct durable_outbox {
  std::unique_ptr<persistence::outbox_journal> file;
  persistence::kept_outbox kept;
};

/// What a producer needs from outside.
struct producer_options {
  queue_actor queue;
  std::shared_ptr<producer_port> port;
  session_id session{}; // random, one per producer; an outbox keeps its own
  anchored_clock clock;
  std::shared_ptr<durable_outbox> outbox = {}; // emptied by the actor; null: none
  placement where = placement::shared;         // detached where an outbox writes to a disk
};

/// Starts a producer and connects it to its port. It ends by `stop`, once
/// everything is confirmed or given up; its outbox file is closed then.
[[nodiscard]] producer_actor spawn_producer(caf::actor_system& system, producer_options options);

} // namespace ferry::actors
