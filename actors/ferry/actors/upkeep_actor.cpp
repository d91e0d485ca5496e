#include "ferry/actors/upkeep_actor.hpp"

#include "ferry/actors/answers.hpp"
#include "ferry/actors/slot.hpp"

#include <utility>

namespace ferry::actors {

namespace {

using upkeep_slot = slot<persistence::journal_upkeep>;

struct upkeep_shell {
  explicit upkeep_shell(upkeep_actor::pointer selfptr) : self(selfptr) {
    // CAF builds the state before the arguments arrive; start() finishes it
  }

  upkeep_actor::behavior_type start(std::unique_ptr<persistence::journal_upkeep> first);

  caf::result<messages::upkept> keep_up();
  messages::stopped stop();

  upkeep_actor::pointer self;
  std::unique_ptr<persistence::journal_upkeep> source;

  static inline const char* name = "ferry.upkeep";
};

upkeep_actor::behavior_type
upkeep_shell::start(std::unique_ptr<persistence::journal_upkeep> first) {
  source = std::move(first);
  compat::survive_errors(self);
  compat::on_exit(self, [](const caf::error&) {}); // it ends by `stop` alone
  return {
    [this](const messages::keep_up&) { return keep_up(); },
    [this](const messages::use_upkeep& m) { source = std::move(*m.source); },
    [this](const messages::stop&) { return stop(); },
  };
}

caf::result<messages::upkept> upkeep_shell::keep_up() {
  auto done = source ? source->step() : persistence::upkeep_report{};
  if (!done)
    return to_caf(done.why());
  return messages::upkept{*done};
}

messages::stopped upkeep_shell::stop() {
  source.reset(); // the file is let go of when the answer arrives
  self->quit();
  return {};
}

upkeep_actor::behavior_type upkeep_behavior(upkeep_actor::stateful_pointer<upkeep_shell> self,
                                            const upkeep_slot& slot) {
  return compat::state(self).start(std::move(*slot));
}

} // namespace

upkeep_actor spawn_upkeep(caf::actor_system& system,
                          std::unique_ptr<persistence::journal_upkeep> source, placement where) {
  auto slot = in_a_slot(std::move(source));
  if (where == placement::detached)
    return system.spawn<caf::detached>(upkeep_behavior, slot);
  return system.spawn(upkeep_behavior, slot);
}

} // namespace ferry::actors
