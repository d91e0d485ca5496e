// Producers that were told to wait, until they are told that there is room.

#pragma once

#include "ferry/actors/handles.hpp"
#include "ferry/actors/protocol/publishing.hpp"

#include <caf/actor_control_block.hpp>

#include <map>
#include <utility>

namespace ferry::actors {

/// Remembers whom to tell. It keeps nobody alive: who has ended is not told.
///
/// Errors      None.
/// Threads     Its actor's only.
class waiting_producers {
public:
  /// Notes that `producer` waits, who publishes in `session`.
  void add(session_id session, const caf::strong_actor_ptr& producer) {
    waiting_[session] = caf::actor_cast<caf::weak_actor_ptr>(producer);
  }

  /// Tells the one that waits in `session`, if anybody does.
  template <class Self>
  void tell(Self* self, session_id session) {
    if (auto node = waiting_.extract(session); !node.empty())
      send_room(self, node.mapped());
  }

  /// Tells everybody; who cannot go on yet waits again.
  template <class Self>
  void tell_all(Self* self) {
    for (const auto& [session, producer] : std::exchange(waiting_, {}))
      send_room(self, producer);
  }

private:
  template <class Self>
  static void send_room(Self* self, const caf::weak_actor_ptr& waiting) {
    if (auto producer = caf::actor_cast<producer_actor>(waiting))
      compat::send(self, producer, messages::room{});
  }

  std::map<session_id, caf::weak_actor_ptr> waiting_;
};

} // namespace ferry::actors
