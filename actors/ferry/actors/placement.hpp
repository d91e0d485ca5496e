// Where an actor runs.

#pragma once

#include <caf/actor_system.hpp>

#include <cstdint>
#include <utility>

namespace ferry::actors {

/// Whether an actor has a thread to itself; tests keep all on one.
enum class placement : std::uint8_t { detached, shared };

/// Spawns `behavior` with `arguments`, where it belongs.
template <class Behavior, class... Arguments>
auto spawn_at(caf::actor_system& system, placement where, Behavior behavior,
              Arguments&&... arguments) {
  if (where == placement::detached)
    return system.spawn<caf::detached>(behavior, std::forward<Arguments>(arguments)...);
  return system.spawn(behavior, std::forward<Arguments>(arguments)...);
}

} // namespace ferry::actors
