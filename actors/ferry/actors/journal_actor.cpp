#include "ferry/actors/journal_actor.hpp"

#include "ferry/actors/answers.hpp"
#include "ferry/actors/file_upkeep.hpp"
#include "ferry/actors/protocol/journaling.hpp"
#include "ferry/actors/protocol/reading.hpp"
#include "ferry/actors/protocol/reopening.hpp"
#include "ferry/actors/protocol/signalling.hpp"
#include "ferry/actors/protocol/stopping.hpp"
#include "ferry/actors/protocol/upkeep.hpp"
#include "ferry/actors/slot.hpp"
#include "ferry/persistence/commit_gathering.hpp"
#include "ferry/persistence/opened_journal.hpp"

#include <map>
#include <utility>
#include <vector>

namespace ferry::actors {

namespace {

using persistence::write_batch;

struct journal_shell {
  explicit journal_shell(journal_actor::pointer selfptr) : self(selfptr) {
    // CAF builds the state before the arguments arrive; start() finishes it
  }

  journal_actor::behavior_type start(std::unique_ptr<persistence::journal> first,
                                     const journal_opener& opener, journal_companions others);

  void gather(const messages::write& m);
  void go_on(persistence::mailbox others);
  void proceed();
  void wake();
  void commit();
  caf::result<messages::created> create(const messages::create& m);
  caf::result<messages::rows_erased> erase(const messages::erase_rows& m);
  [[nodiscard]] messages::journal_report report() const;
  void watch(const messages::watch_journal& m);
  caf::result<messages::reopened> reopen();
  messages::stopped stop();

  void write(const persistence::commit_share<messages::write>& share);
  void compact();
  void hold(std::unique_ptr<persistence::journal> fresh);
  void let_go();
  void refuse(const messages::write& m);
  void fail(const error& why);

  // its origin does not matter: only differences count
  [[nodiscard]] time_point now() const {
    return time_point{self->clock().now().time_since_epoch()};
  }

  [[nodiscard]] persistence::mailbox others() const {
    return self->mailbox().empty() ? persistence::mailbox::empty : persistence::mailbox::not_empty;
  }

  journal_actor::pointer self;
  journal_opener open;
  journal_companions companions;
  std::unique_ptr<persistence::journal> storage; // null where opening it failed
  epoch opened{};
  error failure; // why nothing is written until `reopen`
  broker_actor broker;
  persistence::commit_gathering<messages::write> gathering;
  file_upkeep upkeep{self};
  latency_histogram commit_time;

  static inline const char* name = "ferry.journal";
};

journal_actor::behavior_type journal_shell::start(std::unique_ptr<persistence::journal> first,
                                                  const journal_opener& opener,
                                                  journal_companions others) {
  open = opener;
  companions = std::move(others);
  upkeep.use(companions.upkeep);
  hold(std::move(first));
  compat::survive_errors(self);
  compat::on_exit(self, [](const caf::error&) {}); // it ends by `stop` alone
  return {
    [this](const messages::write& m) { gather(m); },
    [this](const messages::create& m) { return create(m); },
    [this](const messages::ask_journal&) { return report(); },
    [this](const messages::watch_journal& m) { watch(m); },
    [this](const messages::reopen&) { return reopen(); },
    [this](const messages::erase_rows& m) { return erase(m); },
    [this](const messages::proceed&) { proceed(); },
    [this](const messages::wake&) { wake(); },
    [this](const messages::compact&) { compact(); },
    [this](const messages::stop&) { return stop(); },
  };
}

void journal_shell::gather(const messages::write& m) {
  if (gathering.add(now(), m))
    go_on(others());
  else
    refuse(m);
}

// A message to itself gets behind everything that is in the mailbox already. There is
// one `wake` under way at most, so it needs no generation.
void journal_shell::go_on(persistence::mailbox others) {
  using persistence::commit_step;
  switch (gathering.next(now(), others)) {
  case commit_step::none: return;
  case commit_step::commit: return commit();
  case commit_step::behind_others:
    return compat::send(self, journal_actor{self}, messages::proceed{});
  case commit_step::when_due:
    return compat::send_after(self, gathering.due() - now(), journal_actor{self}, messages::wake{});
  }
}

void journal_shell::proceed() {
  gathering.came_back();
  commit();
}

void journal_shell::wake() {
  gathering.woke();
  go_on(others());
}

// What more than one transaction holds is continued with what came meanwhile.
void journal_shell::commit() {
  if (auto share = gathering.take(); !share.written.empty())
    write(share);
  go_on(persistence::mailbox::not_empty);
  upkeep.compact_later();
}

void journal_shell::write(const persistence::commit_share<messages::write>& share) {
  auto batches = std::vector<const write_batch*>{};
  for (const auto& item : share.written)
    batches.push_back(item.batch.get());
  auto progress = std::map<caf::actor, commit_ticket>{}; // tickets of one queue only grow
  for (const auto& item : share.done)
    progress[item.queue] = item.ticket;
  auto started = self->clock().now();
  auto outcome = storage->commit(batches);
  if (outcome)
    commit_time.add(self->clock().now() - started);
  else
    fail(outcome.why());
  for (const auto& [queue, ticket] : progress)
    if (outcome)
      compat::send(self, as<queue_actor>(queue), messages::committed{ticket, opened});
    else
      compat::send(self, as<queue_actor>(queue), messages::commit_failed{for_now(failure), opened});
  upkeep.keep_up();
}

void journal_shell::refuse(const messages::write& m) {
  auto why = failure.code != errc::none
               ? for_now(failure)
               : error{errc::journal_failed, "the journal was opened again; try it again"};
  compat::send(self, as<queue_actor>(m.queue), messages::commit_failed{std::move(why), m.opened});
}

// A queue is created in a transaction as well, and its failure ends the journal.
caf::result<messages::created> journal_shell::create(const messages::create& m) {
  if (failure.code == errc::none) {
    auto id = storage->create_queue(m.name, m.config);
    if (id)
      return messages::created{*id};
    fail(id.why());
  }
  return to_caf(for_now(failure));
}

// A transaction of its own, so that nobody's confirm waits for it longer than that.
caf::result<messages::rows_erased> journal_shell::erase(const messages::erase_rows& m) {
  if (m.opened != opened)
    return to_caf({errc::journal_failed, "the journal was opened again; look at it anew"});
  if (failure.code == errc::none) {
    const auto* batch = m.batch.get();
    auto outcome = storage->commit({&batch, 1});
    if (outcome) {
      upkeep.keep_up();
      upkeep.compact_later();
      return messages::rows_erased{};
    }
    fail(outcome.why());
  }
  return to_caf(for_now(failure));
}

void journal_shell::compact() {
  if (gathering.empty())
    upkeep.compact();
  else
    upkeep.put_off();
}

messages::journal_report journal_shell::report() const {
  return {storage ? storage->figures() : persistence::journal_figures{}, commit_time, failure};
}

// -- failing and opening again ------------------------------------------------

void journal_shell::watch(const messages::watch_journal& m) {
  broker = as<broker_actor>(m.broker);
  if (failure.code != errc::none)
    compat::send(self, broker, messages::journal_lost{failure, opened});
}

void journal_shell::fail(const error& why) {
  failure = why;
  for (const auto& item : gathering.close())
    refuse(item);
  if (broker)
    compat::send(self, broker, messages::journal_lost{failure, opened});
}

// The failed one goes first: it holds the lock.
caf::result<messages::reopened> journal_shell::reopen() {
  let_go();
  auto fresh = persistence::open_whole(open);
  if (!fresh) {
    failure = fresh.why();
    return to_caf(failure);
  }
  compat::send(self, companions.reader, messages::use_reader{in_a_slot(std::move(fresh->reader))});
  compat::send(self, companions.upkeep, messages::use_upkeep{in_a_slot(std::move(fresh->upkeep))});
  hold(std::move(fresh->storage));
  failure = {};
  return messages::reopened{opened, std::move(fresh->queues)};
}

void journal_shell::hold(std::unique_ptr<persistence::journal> fresh) {
  storage = std::move(fresh);
  opened = storage->opened();
  gathering.open(opened);
  upkeep.look_after(storage.get());
  upkeep.compact_later();
}

void journal_shell::let_go() {
  upkeep.look_after(nullptr);
  storage.reset();
}

messages::stopped journal_shell::stop() {
  while (!gathering.empty())
    commit();
  let_go(); // the file is closed when the answer arrives
  broker = nullptr;
  companions = {};
  upkeep.use({});
  self->quit();
  return {};
}

using journal_slot = slot<persistence::journal>;

journal_actor::behavior_type journal_behavior(journal_actor::stateful_pointer<journal_shell> self,
                                              const journal_slot& slot, const journal_opener& open,
                                              const journal_companions& companions) {
  return compat::state(self).start(std::move(*slot), open, companions);
}

} // namespace

journal_actor spawn_journal(caf::actor_system& system,
                            std::unique_ptr<persistence::journal> storage, journal_opener open,
                            journal_companions companions, placement where) {
  return spawn_at(system, where, journal_behavior, in_a_slot(std::move(storage)), std::move(open),
                  std::move(companions));
}

} // namespace ferry::actors
