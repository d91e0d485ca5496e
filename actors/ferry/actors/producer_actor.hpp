// The producer as an actor: sends what its port gathered, and sends it again
// until it is confirmed.
//
//   producer<T> ── pages ──▶┌────────────────┐── publish ──▶ queue
//   receipts ◀── outcomes ──│ producer_actor │◀── receipt ──
//                           └────────────────┘

#pragma once

#include "ferry/actors/clock.hpp"
#include "ferry/actors/handles.hpp"
#include "ferry/producer_port.hpp"

#include <memory>

namespace ferry::actors {

/// What a producer needs from outside.
struct producer_options {
  queue_actor queue;
  std::shared_ptr<producer_port> port;
  session_id session{}; // random, one per producer
  duration confirm_timeout{};
  anchored_clock clock;
};

/// Starts a producer and connects it to its port. It ends by `stop`, once
/// everything is confirmed.
[[nodiscard]] producer_actor spawn_producer(caf::actor_system& system, producer_options options);

} // namespace ferry::actors
