#include "ferry/actors/reader_actor.hpp"

#include "ferry/actors/answers.hpp"
#include "ferry/actors/slot.hpp"
#include "ferry/persistence/read_ranges.hpp"

#include <utility>

namespace ferry::actors {

namespace {

using reader_slot = slot<persistence::journal_reader>;

struct reader_shell {
  explicit reader_shell(reader_actor::pointer selfptr) : self(selfptr) {
    // CAF builds the state before the arguments arrive; start() finishes it
  }

  reader_actor::behavior_type start(std::unique_ptr<persistence::journal_reader> first);

  void load(const messages::load& m);
  caf::result<messages::rows> read(const messages::read_rows& m);
  messages::stopped stop();

  reader_actor::pointer self;
  std::unique_ptr<persistence::journal_reader> source;

  static inline const char* name = "ferry.reader";
};

reader_actor::behavior_type
reader_shell::start(std::unique_ptr<persistence::journal_reader> first) {
  source = std::move(first);
  compat::survive_errors(self);
  compat::on_exit(self, [](const caf::error&) {}); // it ends by `stop` alone
  return {
    [this](const messages::load& m) { load(m); },
    [this](const messages::read_rows& m) { return read(m); },
    [this](const messages::use_reader& m) { source = std::move(*m.source); },
    [this](const messages::stop&) { return stop(); },
  };
}

// A queue that has begun anew since it asked ignores the answer.
void reader_shell::load(const messages::load& m) {
  auto page = source->read(m.id, m.range.first, m.range.last, m.range.limit);
  auto queue = as<queue_actor>(m.queue);
  if (page)
    compat::send(self, queue, messages::loaded{m.range.first, std::move(*page), m.opened});
  else
    compat::send(self, queue, messages::load_failed{page.why(), m.opened});
}

caf::result<messages::rows> reader_shell::read(const messages::read_rows& m) {
  auto found = persistence::read_ranges(*source, m.id, m.ranges, m.limit);
  if (!found)
    return to_caf(found.why());
  return messages::rows{std::move(*found)};
}

messages::stopped reader_shell::stop() {
  source.reset(); // the file is let go of when the answer arrives
  self->quit();
  return {};
}

reader_actor::behavior_type reader_behavior(reader_actor::stateful_pointer<reader_shell> self,
                                            const reader_slot& slot) {
  return compat::state(self).start(std::move(*slot));
}

} // namespace

reader_actor spawn_reader(caf::actor_system& system,
                          std::unique_ptr<persistence::journal_reader> source, placement where) {
  auto slot = in_a_slot(std::move(source));
  if (where == placement::detached)
    return system.spawn<caf::detached>(reader_behavior, slot);
  return system.spawn(reader_behavior, slot);
}

} // namespace ferry::actors
