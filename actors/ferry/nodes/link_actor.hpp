// Carries letters over one stream: the shell of `link_core`, on CAF's I/O thread.

#pragma once

#include "ferry/actors/clock.hpp"
#include "ferry/link/link_core.hpp"
#include "ferry/nodes/link_messages.hpp"

#include <caf/actor_system.hpp>

#include <memory>

namespace ferry::actors {

/// What a link needs.
struct link_options {
  link_side side{};
  link_config config = {};
  hello mine;
  int stream = -1;                       // a connected, non-blocking socket; the link closes it
  std::shared_ptr<const void> slot = {}; // kept for as long as the stream
  caf::actor owner; // hears knock, link_opened and link_cut, and gets mail nobody else has
  anchored_clock clock;
};

/// Understands `post`, `route`, `let_in` and `cut_link`. Ends with the stream, and by an
/// exit message.
/// Expects   a system whose configuration loaded CAF's middleman, as `system_config`
[[nodiscard]] link_actor spawn_link(caf::actor_system& system, link_options options);

} // namespace ferry::actors
