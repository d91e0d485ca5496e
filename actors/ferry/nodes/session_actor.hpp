// One client of a broker that serves, for as long as its link holds.

#pragma once

#include "ferry/actors/clock.hpp"
#include "ferry/actors/handles.hpp"
#include "ferry/link/access_policy.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <memory>
#include <string>

namespace ferry::actors {

/// What a session needs.
struct session_options {
  broker_actor broker;
  std::shared_ptr<const access_policy> access;
  std::string certificate; // the name in the client's; empty: it has none
  std::string address;     // for people
  anchored_clock clock;
  std::function<void(const std::string&)> report; // may be null
};

/// Owns a link: understands `knock`, `mail` and `link_cut`. Ends with its link, and by
/// `cut_link`, which tells the client why.
[[nodiscard]] caf::actor spawn_session(caf::actor_system& system, session_options options);

} // namespace ferry::actors
