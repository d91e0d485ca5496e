// A broker of another node, as the facade and the actors of this one meet it. Keeps
// the link to it: dials, and dials again when it is lost.

#pragma once

#include "ferry/actors/clock.hpp"
#include "ferry/actors/handles.hpp"
#include "ferry/link/link_core.hpp"
#include "ferry/link/reconnect_policy.hpp"
#include "ferry/nodes/link_actor.hpp"

#include <caf/actor_system.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace ferry::actors {

using far_broker_actor = compat::typed_actor<
  messages::queue_info(messages::declare), messages::queue_info(messages::find),
  messages::stopped(messages::close_queue), messages::queue_names(messages::list_queues),
  messages::redriven(messages::redrive), messages::journal_report(messages::ask_journal),
  messages::joined(messages::join), void(messages::dialed), void(messages::link_opened),
  void(messages::link_cut), void(messages::mail), void(messages::wake),
  messages::stopped(messages::stop)>;

/// Connects to an address and sends `dialed` to the receiver, from any thread, once.
/// It must not block.
using dialer = std::function<void(const std::string& address, const far_broker_actor& receiver)>;

/// What a far broker needs.
struct far_broker_options {
  std::vector<std::string> addresses; // at least one
  reconnect_config reconnect = {};
  link_config link = {};
  hello mine;
  dialer dial;
  supervisor_actor supervisor; // of this node
  anchored_clock clock;
  std::uint64_t seed = 1;                         // spreads the waits
  std::function<void(const std::string&)> report; // may be null
  std::function<link_actor(caf::actor_system&, link_options)> make_link = spawn_link;
};

/// Dials at once. Ends by `stop`, after its queues.
[[nodiscard]] far_broker_actor spawn_far_broker(caf::actor_system& system,
                                                far_broker_options options);

} // namespace ferry::actors
