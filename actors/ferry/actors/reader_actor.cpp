#include "ferry/actors/reader_actor.hpp"

#include "ferry/actors/answers.hpp"
#include "ferry/actors/connection_shell.hpp"
#include "ferry/actors/protocol/reading.hpp"
#include "ferry/actors/protocol/stopping.hpp"
#include "ferry/persistence/read_ranges.hpp"

#include <utility>

namespace ferry::actors {

namespace {

struct reader_shell : connection_shell<reader_actor, persistence::journal_reader> {
  using connection_shell::connection_shell;

  reader_actor::behavior_type behavior();
  void load(const messages::load& m);
  caf::result<messages::rows> read(const messages::read_rows& m);

  static inline const char* name = "ferry.reader";
};

reader_actor::behavior_type reader_shell::behavior() {
  return {
    [this](const messages::load& m) { load(m); },
    [this](const messages::read_rows& m) { return read(m); },
    [this](const messages::use_reader& m) { use(m.source); },
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

} // namespace

reader_actor spawn_reader(caf::actor_system& system,
                          std::unique_ptr<persistence::journal_reader> source, placement where) {
  return spawn_owner_of<reader_shell>(system, std::move(source), where);
}

} // namespace ferry::actors
