// A queue of another node, as producers and consumers of this one meet it: it
// understands what a queue understands of them, and sends it over the link.

#pragma once

#include "ferry/actors/clock.hpp"
#include "ferry/actors/handles.hpp"
#include "ferry/nodes/link_messages.hpp"

#include <caf/actor_system.hpp>

#include <string>

namespace ferry::actors {

using far_queue_actor = compat::typed_actor<
  messages::receipt(messages::publish), messages::subscription(messages::subscribe),
  void(messages::grant_credit), messages::settled(messages::settle),
  messages::unsubscribed(messages::unsubscribe), messages::paused(messages::pause),
  messages::figures(messages::ask_figures), messages::browsed(messages::browse),
  void(messages::consumer_lost), void(messages::wake), void(messages::bind), void(messages::unbind),
  void(messages::mail), messages::stopped(messages::stop)>;

/// What a far queue needs.
struct far_queue_options {
  std::string name;
  supervisor_actor supervisor; // of this node: watches the consumers
  anchored_clock clock;
};

/// Begins unbound: until `bind` everything is answered with errc::disconnected.
[[nodiscard]] far_queue_actor spawn_far_queue(caf::actor_system& system, far_queue_options options);

} // namespace ferry::actors
