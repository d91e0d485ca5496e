// What the actors beside the journal have in common: each owns a connection to its
// file, is given another one when the journal was opened again, and lets go of it when
// it ends.

#pragma once

#include "ferry/actors/caf_compat.hpp"
#include "ferry/actors/placement.hpp"
#include "ferry/actors/protocol/stopping.hpp"
#include "ferry/actors/slot.hpp"

#include <memory>
#include <utility>

namespace ferry::actors {

/// The state of an actor of type `Handle` that owns a `Connection`; a shell derives from
/// it and adds what it does with it, as `behavior`.
template <class Handle, class Connection>
class connection_shell {
public:
  using handle = Handle;
  using connection = Connection;

  explicit connection_shell(typename Handle::pointer selfptr) : self(selfptr) {
    // CAF builds the state before the arguments arrive; own() finishes it
  }

  void own(std::unique_ptr<Connection> first) {
    source = std::move(first);
    compat::survive_errors(self);
    compat::on_exit(self, [](const caf::error&) {}); // it ends by `stop` alone
  }

  void use(const slot<Connection>& next) {
    source = std::move(*next);
  }

  messages::stopped stop() {
    source.reset(); // the file is let go of when the answer arrives
    self->quit();
    return {};
  }

  typename Handle::pointer self;
  std::unique_ptr<Connection> source;
};

template <class Shell>
typename Shell::handle::behavior_type
connection_behavior(typename Shell::handle::template stateful_pointer<Shell> self,
                    const slot<typename Shell::connection>& first) {
  auto& shell = compat::state(self);
  shell.own(std::move(*first));
  return shell.behavior();
}

/// Starts an actor with the state `Shell`, which owns `source` from now on.
template <class Shell>
[[nodiscard]] typename Shell::handle
spawn_owner_of(caf::actor_system& system, std::unique_ptr<typename Shell::connection> source,
               placement where) {
  return spawn_at(system, where, connection_behavior<Shell>, in_a_slot(std::move(source)));
}

} // namespace ferry::actors
