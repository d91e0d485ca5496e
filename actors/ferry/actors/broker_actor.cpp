#include "ferry/actors/broker_actor.hpp"

#include "ferry/actors/answers.hpp"
#include "ferry/actors/journal_keeper.hpp"
#include "ferry/actors/leftover_eraser.hpp"
#include "ferry/actors/protocol/declaring.hpp"
#include "ferry/actors/protocol/journaling.hpp"
#include "ferry/actors/protocol/operating.hpp"
#include "ferry/actors/protocol/reopening.hpp"
#include "ferry/actors/protocol/signalling.hpp"
#include "ferry/actors/protocol/stopping.hpp"
#include "ferry/actors/queue_creator.hpp"
#include "ferry/actors/redrive_actor.hpp"
#include "ferry/actors/reporter.hpp"
#include "ferry/actors/running_queues.hpp"
#include "ferry/actors/stop_questions.hpp"
#include "ferry/broker/declared_queues.hpp"
#include "ferry/persistence/kept_queues.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ferry::actors {

namespace {

using namespace std::chrono_literals;

constexpr auto answer_timeout = 60s;
constexpr auto close_timeout = 1h; // as long as the journal likes

using info_promise = caf::typed_response_promise<messages::queue_info>;

struct broker_shell {
  explicit broker_shell(broker_actor::pointer selfptr) : self(selfptr) {
    // CAF builds the state before the arguments arrive; start() finishes it
  }

  broker_actor::behavior_type start(const broker_links& to,
                                    std::vector<persistence::stored_queue> found);

  info_promise declare(const messages::declare& m);
  caf::result<messages::queue_info> find(const std::string& queue);
  stop_questions::promise close(const std::string& queue);
  messages::queue_names list() const;
  caf::delegated<messages::redriven> redrive(const messages::redrive& m);
  caf::result<messages::journal_report> ask_journal(const messages::ask_journal& m);
  stop_questions::promise stop();

  queue_creation_needs creation_needs();
  void run(persistence::stored_queue stored);
  void run_rest();
  void journal_lost(const messages::journal_lost& m);
  void reopened(const messages::reopened& m);
  void end_if_alone();
  void end_by_force(const caf::error& why);

  broker_actor::pointer self;
  std::optional<broker_links> links;
  reporter report;
  declared_queues declared;
  persistence::kept_queues kept;
  std::optional<running_queues> queues;
  std::optional<journal_keeper> keeper;
  std::optional<queue_creator> creator;
  std::optional<leftover_eraser> eraser;
  std::size_t unstopped = 0;
  stop_questions stopping;

  static inline const char* name = "ferry.broker";
};

broker_actor::behavior_type broker_shell::start(const broker_links& to,
                                                std::vector<persistence::stored_queue> found) {
  links = to;
  report = reporter{to.report};
  compat::survive_errors(self);
  compat::on_exit(self, [this](const caf::error& why) { end_by_force(why); });
  declared = declared_queues{to.journal ? broker_storage::journal : broker_storage::none};
  queues.emplace(self, to);
  keeper.emplace(self, to, [this](const messages::reopened& m) { reopened(m); });
  creator.emplace(self, creation_needs());
  eraser.emplace(self, to.journal);
  kept.open(std::move(found));
  run_rest();
  keeper->watch();
  return {
    [this](const messages::declare& m) { return declare(m); },
    [this](const messages::find& m) { return find(m.name); },
    [this](const messages::close_queue& m) { return close(m.name); },
    [this](const messages::list_queues&) { return list(); },
    [this](const messages::redrive& m) { return redrive(m); },
    [this](const messages::ask_journal& m) { return ask_journal(m); },
    [this](const messages::journal_lost& m) { journal_lost(m); },
    [this](const messages::wake& m) { keeper->wake(m); },
    [this](const messages::stop&) { return stop(); },
  };
}

// -- declaring --------------------------------------------------------------------

info_promise broker_shell::declare(const messages::declare& m) {
  auto promise = self->make_response_promise<messages::queue_info>();
  if (stopping) { // as in a moment, when there is no broker
    promise.deliver(caf::make_error(caf::sec::request_receiver_down));
    return promise;
  }
  auto wanted = queue_declaration{m.name, m.config};
  if (auto why = declared.objection_to_declaring(wanted); why.code != errc::none) {
    promise.deliver(to_caf(why));
    return promise;
  }
  creator->create(
    with_dead_letters(std::move(wanted)),
    [this, promise, queue = m.name]() mutable { promise.deliver(queues->all().at(queue)); },
    [promise](const caf::error& why) mutable { promise.deliver(why); });
  return promise;
}

queue_creation_needs broker_shell::creation_needs() {
  auto is_running = [this](const std::string& queue) { return queues->all().contains(queue); };
  auto start_it = [this](persistence::stored_queue stored) { run(std::move(stored)); };
  return {links->journal, &*keeper, &kept, is_running, start_it};
}

void broker_shell::run(persistence::stored_queue stored) {
  declared.add(stored.name, stored.config);
  queues->run(std::move(stored));
}

// -- the journal's openings -------------------------------------------------------

void broker_shell::run_rest() {
  auto rest = kept.take_rest();
  for (auto& queue : rest.queues)
    run(std::move(queue));
  eraser->erase(std::move(rest.leftovers), queues->opened());
}

void broker_shell::journal_lost(const messages::journal_lost& m) {
  queues->tell_of_failure(m.why, m.opened);
  keeper->lost(m);
}

// A queue whose creation was answered by an error may be there all the same;
// one that is gone was in another file, and stays refused.
void broker_shell::reopened(const messages::reopened& m) {
  kept.open(m.queues);
  for (const auto& queue : declared.closed())
    kept.leave(queue);
  for (const auto& queue : queues->go_on(m.opened, kept))
    report("queue \"" + queue + "\" is not in the journal any more; was its file replaced?");
  run_rest();
}

// -- finding ----------------------------------------------------------------------

caf::result<messages::queue_info> broker_shell::find(const std::string& queue) {
  if (auto why = declared.objection_to_using(queue); why.code != errc::none)
    return to_caf(why);
  return queues->all().at(queue);
}

messages::queue_names broker_shell::list() const {
  auto answer = messages::queue_names{};
  for (const auto& [known, queue] : queues->all())
    answer.names.push_back(known);
  return answer;
}

// The worker answers, also when the broker has ended meanwhile.
caf::delegated<messages::redriven> broker_shell::redrive(const messages::redrive& m) {
  auto worker = spawn_redrive(self->system(), {broker_actor{self}, links->clock});
  return compat::delegate(self, worker, m);
}

caf::result<messages::journal_report> broker_shell::ask_journal(const messages::ask_journal& m) {
  if (!links->journal)
    return messages::journal_report{};
  return compat::delegate(self, links->journal, m);
}

// -- stopping ---------------------------------------------------------------------

stop_questions::promise broker_shell::close(const std::string& queue) {
  auto promise = self->make_response_promise<messages::stopped>();
  if (auto why = declared.objection_to_closing(queue); why.code != errc::none) {
    promise.deliver(to_caf(why));
  } else if (auto actor = queues->take(queue)) {
    declared.close(queue);
    compat::request(self, actor, close_timeout, messages::stop{})
      .then([promise](const messages::stopped& m) mutable { promise.deliver(m); },
            [promise](const caf::error& failure) mutable { promise.deliver(failure); });
  } else {
    promise.deliver(messages::stopped{});
  }
  return promise;
}

stop_questions::promise broker_shell::stop() {
  auto is_first = !stopping;
  auto promise = stopping.ask(self);
  if (!is_first)
    return promise;
  keeper->end();
  eraser->end();
  unstopped = queues->all().size();
  auto one_less = [this] {
    --unstopped;
    end_if_alone();
  };
  for (const auto& [known, queue] : queues->all())
    compat::request(self, as<queue_actor>(queue.queue), answer_timeout, messages::stop{})
      .then([one_less](const messages::stopped&) { one_less(); },
            [one_less](const caf::error&) { one_less(); });
  end_if_alone();
  return promise;
}

void broker_shell::end_if_alone() {
  if (!stopping || unstopped > 0)
    return;
  stopping.answer();
  self->quit();
}

void broker_shell::end_by_force(const caf::error& why) {
  for (const auto& [known, queue] : queues->all())
    self->send_exit(queue.queue, why);
  self->quit(why);
}

broker_actor::behavior_type broker_behavior(broker_actor::stateful_pointer<broker_shell> self,
                                            const broker_links& links,
                                            const std::vector<persistence::stored_queue>& kept) {
  return compat::state(self).start(links, kept);
}

} // namespace

broker_actor spawn_broker(caf::actor_system& system, broker_links links,
                          std::vector<persistence::stored_queue> kept) {
  return system.spawn(broker_behavior, std::move(links), std::move(kept));
}

} // namespace ferry::actors
