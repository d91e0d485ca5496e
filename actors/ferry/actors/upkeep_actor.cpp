#include "ferry/actors/upkeep_actor.hpp"

#include "ferry/actors/answers.hpp"
#include "ferry/actors/connection_shell.hpp"
#include "ferry/actors/protocol/stopping.hpp"
#include "ferry/actors/protocol/upkeep.hpp"

#include <utility>

namespace ferry::actors {

namespace {

struct upkeep_shell : connection_shell<upkeep_actor, persistence::journal_upkeep> {
  using connection_shell::connection_shell;

  upkeep_actor::behavior_type behavior();
  caf::result<messages::upkept> keep_up();

  static inline const char* name = "ferry.upkeep";
};

upkeep_actor::behavior_type upkeep_shell::behavior() {
  return {
    [this](const messages::keep_up&) { return keep_up(); },
    [this](const messages::use_upkeep& m) { use(m.source); },
    [this](const messages::stop&) { return stop(); },
  };
}

caf::result<messages::upkept> upkeep_shell::keep_up() {
  auto done = source ? source->step() : persistence::upkeep_report{};
  if (!done)
    return to_caf(done.why());
  return messages::upkept{*done};
}

} // namespace

upkeep_actor spawn_upkeep(caf::actor_system& system,
                          std::unique_ptr<persistence::journal_upkeep> source, placement where) {
  return spawn_owner_of<upkeep_shell>(system, std::move(source), where);
}

} // namespace ferry::actors
