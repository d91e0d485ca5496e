// One queue as one client uses it: at the server, the client's stand-in. The queue
// takes it for its producer and for its consumers, so that all rules of a queue hold
// for a distant client as well: when the link breaks the door ends, and its
// deliveries return.

#pragma once

#include "ferry/actors/clock.hpp"
#include "ferry/actors/handles.hpp"
#include "ferry/link/access_policy.hpp"
#include "ferry/nodes/answering.hpp"

#include <caf/actor_system.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace ferry::actors {

/// Who uses which queue over which link.
struct door_options {
  std::string client;
  std::string queue_name;
  queue_actor queue;
  broker_actor broker; // of the queue
  postal_address address;
  std::shared_ptr<const access_policy> access;
  anchored_clock clock;
};

/// Consumers that one client may have at one queue over one link.
inline constexpr auto most_consumers = std::size_t{16} << 10;

/// Understands `mail`, and what a queue says to producers and consumers. Ends by an
/// exit message from the session.
[[nodiscard]] caf::actor spawn_door(caf::actor_system& system, door_options options);

} // namespace ferry::actors
