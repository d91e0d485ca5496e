// The way to the queue for deliveries that outlive their handler: from any thread,
// with or without waiting for the answer.

#pragma once

#include "ferry/actors/handles.hpp"
#include "ferry/delivery.hpp"

#include <memory>

namespace ferry::actors {

/// Makes the port of what `consumer` keeps. It may outlive the consumer's actor;
/// what it settles then is stale.
[[nodiscard]] std::shared_ptr<const kept_port>
make_kept_port(caf::actor_system& system, queue_actor queue, consumer_id consumer);

} // namespace ferry::actors
