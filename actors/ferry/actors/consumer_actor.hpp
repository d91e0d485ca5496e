// The consumer as an actor: takes deliveries, lets the user's handler work on
// them, and settles in batches. Between slices of work it looks at its mailbox,
// so that it can be stopped however long its backlog is.
//
//   queue ── delivery ──▶┌────────────────┐── handle ──▶ the user's handler
//   queue ◀── settle ────│ consumer_actor │◀── outcome, or exception
//                        └────────────────┘

#pragma once

#include "ferry/actors/clock.hpp"
#include "ferry/actors/handles.hpp"
#include "ferry/actors/placement.hpp"
#include "ferry/delivery.hpp"
#include "ferry/persistence/crash_mark.hpp"
#include "ferry/queue/consumer_table.hpp"

#include <memory>
#include <string>

namespace ferry::actors {

/// What a consumer needs from outside.
struct consumer_options {
  queue_actor queue;
  std::string queue_name;
  subscriber who;                           // the prefetch, and what it asks for besides
  std::shared_ptr<message_handler> handler; // shared by the group's consumers
  anchored_clock clock;
  placement where = placement::detached;
  supervisor_actor supervisor = {}; // stops the tokens of handlers that take too long
  queue_id stored_as{};             // what its marks call the queue; none: it is not stored
  std::shared_ptr<persistence::crash_mark> mark = std::make_shared<persistence::crash_mark>();
};

/// Starts a consumer, which subscribes by itself. It ends by `stop`, after the
/// handler returned and everything is settled or given back; or with an error
/// when its queue cannot be reached. While the queue's journal is broken it waits,
/// and subscribes again when it can.
[[nodiscard]] consumer_actor spawn_consumer(caf::actor_system& system, consumer_options options);

} // namespace ferry::actors
