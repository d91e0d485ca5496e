#include "ferry/actors/journal_actor.hpp"

#include "ferry/actors/answers.hpp"
#include "ferry/persistence/read_ranges.hpp"

#include <map>
#include <vector>

namespace ferry::actors {

namespace {

using persistence::write_batch;

struct journal_shell {
  explicit journal_shell(journal_actor::pointer selfptr) : self(selfptr) {
    // CAF builds the state before the arguments arrive; start() finishes it
  }

  journal_actor::behavior_type start(std::unique_ptr<persistence::journal> opened);

  void gather(const messages::write& m);
  void commit();
  void load(const messages::load& m);
  caf::result<messages::created> create(const messages::create& m);
  messages::stopped stop();
  caf::result<messages::rows> read(const messages::read_rows& m);

  journal_actor::pointer self;
  std::unique_ptr<persistence::journal> storage;
  std::vector<messages::write> gathered; // since the last commit
  bool commit_is_due = false;            // a `proceed` is in the mailbox

  static inline const char* name = "ferry.journal";
};

journal_actor::behavior_type journal_shell::start(std::unique_ptr<persistence::journal> opened) {
  storage = std::move(opened);
  compat::survive_errors(self);
  compat::on_exit(self, [](const caf::error&) {}); // it ends by `stop` alone
  return {
    [this](const messages::write& m) { gather(m); },
    [this](const messages::load& m) { load(m); },
    [this](const messages::create& m) { return create(m); },
    [this](const messages::ask_journal&) { return messages::journal_report{storage->figures()}; },
    [this](const messages::proceed&) { commit(); },
    [this](const messages::stop&) { return stop(); },
    [this](const messages::read_rows& m) { return read(m); },
  };
}

// The `proceed` gets behind everything that is in the mailbox already, and that
// is what the next transaction holds.
void journal_shell::gather(const messages::write& m) {
  gathered.push_back(m);
  if (std::exchange(commit_is_due, true))
    return;
  compat::send(self, journal_actor{self}, messages::proceed{});
}

void journal_shell::commit() {
  commit_is_due = false;
  if (gathered.empty())
    return;
  auto batches = std::vector<const write_batch*>{};
  auto progress = std::map<caf::actor, commit_ticket>{}; // tickets of one queue only grow
  for (const auto& item : gathered) {
    batches.push_back(item.batch.get());
    progress[item.queue] = item.ticket;
  }
  auto outcome = storage->commit(batches);
  for (const auto& [queue, ticket] : progress)
    if (outcome)
      compat::send(self, as<queue_actor>(queue), messages::committed{ticket});
    else
      compat::send(self, as<queue_actor>(queue), messages::commit_failed{outcome.why()});
  gathered.clear();
}

void journal_shell::load(const messages::load& m) {
  auto page = storage->read(m.id, m.range.first, m.range.last, m.range.limit);
  auto queue = as<queue_actor>(m.queue);
  if (page)
    compat::send(self, queue, messages::loaded{m.range.first, std::move(*page)});
  else
    compat::send(self, queue, messages::load_failed{page.why()});
}

caf::result<messages::rows> journal_shell::read(const messages::read_rows& m) {
  auto found = persistence::read_ranges(*storage, m.id, m.ranges, m.limit);
  if (!found)
    return to_caf(found.why());
  return messages::rows{std::move(*found)};
}

caf::result<messages::created> journal_shell::create(const messages::create& m) {
  auto id = storage->create_queue(m.name, m.config);
  if (!id)
    return to_caf(id.why());
  return messages::created{*id};
}

messages::stopped journal_shell::stop() {
  commit();
  storage.reset(); // the file is closed when the answer arrives
  self->quit();
  return {};
}

// Spawning copies its arguments; a slot can be copied, the journal in it cannot.
using journal_slot = std::shared_ptr<std::unique_ptr<persistence::journal>>;

journal_actor::behavior_type journal_behavior(journal_actor::stateful_pointer<journal_shell> self,
                                              const journal_slot& slot) {
  return compat::state(self).start(std::move(*slot));
}

} // namespace

journal_actor spawn_journal(caf::actor_system& system,
                            std::unique_ptr<persistence::journal> storage, placement where) {
  auto slot = std::make_shared<std::unique_ptr<persistence::journal>>(std::move(storage));
  if (where == placement::detached)
    return system.spawn<caf::detached>(journal_behavior, slot);
  return system.spawn(journal_behavior, slot);
}

} // namespace ferry::actors
