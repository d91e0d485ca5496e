#include "ferry/actors/broker_actor.hpp"

#include "ferry/actors/answers.hpp"
#include "ferry/actors/queue_actor.hpp"
#include "ferry/actors/redrive_actor.hpp"
#include "ferry/actors/stop_questions.hpp"
#include "ferry/broker/declared_queues.hpp"
#include "ferry/persistence/kept_queues.hpp"

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <utility>

namespace ferry::actors {

namespace {

using namespace std::chrono_literals;

constexpr auto answer_timeout = 60s;
constexpr auto create_timeout = 1h; // a second try would meet the row of the first
constexpr auto reopen_timeout = 1h; // a long backlog takes a while to recover

using stop_promise = stop_questions::promise;
using info_promise = caf::typed_response_promise<messages::queue_info>;

struct broker_shell {
  explicit broker_shell(broker_actor::pointer selfptr) : self(selfptr) {
    // CAF builds the state before the arguments arrive; start() finishes it
  }

  broker_actor::behavior_type start(const broker_links& to,
                                    std::vector<persistence::stored_queue> found);

  info_promise declare(const messages::declare& m);
  caf::result<messages::queue_info> find(const std::string& queue);
  stop_promise close(const std::string& queue);
  messages::queue_names list() const;
  caf::delegated<messages::redriven> redrive(const messages::redrive& m);
  caf::result<messages::journal_report> ask_journal(const messages::ask_journal& m);
  stop_questions::promise stop();

  void take_in_rest();
  void erase_leftovers();
  void create_next(std::deque<queue_declaration> wanted, info_promise promise);
  void create(queue_declaration wanted, info_promise promise, std::function<void()> then);
  void run(persistence::stored_queue stored);
  queue_start start_of(persistence::stored_queue stored);

  void journal_lost(const messages::journal_lost& m);
  void reopen_later(const error& why);
  void reopen(const messages::wake& m);
  void reopened(const messages::reopened& m);
  [[nodiscard]] bool go_on(const messages::queue_info& queue);
  void report(const std::string& text) const;

  void end_if_alone();
  void end_by_force(const caf::error& why);

  broker_actor::pointer self;
  std::optional<broker_links> links;
  std::map<std::string, messages::queue_info> queues;
  declared_queues declared;
  persistence::kept_queues kept;
  persistence::leftover_rows leftovers;
  bool erasing_leftovers = false;
  error journal_failure;        // while it is not open
  std::uint64_t generation = 0; // a wake of an older generation is ignored
  std::minstd_rand randomness;
  std::size_t unstopped = 0;
  stop_questions stopping;

  static inline const char* name = "ferry.broker";
};

broker_actor::behavior_type broker_shell::start(const broker_links& to,
                                                std::vector<persistence::stored_queue> found) {
  links = to;
  randomness.seed(static_cast<std::minstd_rand::result_type>(to.seed));
  compat::survive_errors(self);
  compat::on_exit(self, [this](const caf::error& why) { end_by_force(why); });
  declared = declared_queues{to.journal ? broker_storage::journal : broker_storage::none};
  kept.open(std::move(found));
  take_in_rest();
  if (links->journal)
    compat::send(self, links->journal,
                 messages::watch_journal{caf::actor_cast<caf::actor>(self)});
  return {
    [this](const messages::declare& m) { return declare(m); },
    [this](const messages::find& m) { return find(m.name); },
    [this](const messages::close_queue& m) { return close(m.name); },
    [this](const messages::list_queues&) { return list(); },
    [this](const messages::redrive& m) { return redrive(m); },
    [this](const messages::ask_journal& m) { return ask_journal(m); },
    [this](const messages::journal_lost& m) { journal_lost(m); },
    [this](const messages::wake& m) { reopen(m); },
    [this](const messages::stop&) { return stop(); },
  };
}

void broker_shell::take_in_rest() {
  auto rest = kept.take_rest();
  for (auto& queue : rest.queues)
    run(std::move(queue));
  leftovers = std::move(rest.leftovers);
  erase_leftovers();
}

// One step at a time: what queues ask for is committed in between.
void broker_shell::erase_leftovers() {
  if (erasing_leftovers || stopping)
    return;
  auto step = leftovers.next();
  if (!step)
    return;
  erasing_leftovers = true;
  auto batch = std::make_shared<const persistence::write_batch>(std::move(*step));
  compat::request(self, links->journal, messages::erase_rows{std::move(batch), links->opened})
    .then(
      [this](const messages::rows_erased&) {
        erasing_leftovers = false;
        erase_leftovers();
      },
      [this](const caf::error&) { erasing_leftovers = false; }); // `reopened` begins again
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
  create_next(with_dead_letters(std::move(wanted)), promise);
  return promise;
}

void broker_shell::create_next(std::deque<queue_declaration> wanted, info_promise promise) {
  auto next = std::move(wanted.front());
  wanted.pop_front();
  auto go_on = [this, wanted, promise, name = next.name]() mutable {
    if (wanted.empty())
      promise.deliver(queues[name]);
    else
      create_next(std::move(wanted), promise);
  };
  if (queues.contains(next.name))
    go_on();
  else
    create(std::move(next), promise, go_on);
}

// Awaits: nothing else is declared meanwhile, so that no name is created twice.
void broker_shell::create(queue_declaration wanted, info_promise promise,
                          std::function<void()> then) {
  auto fresh = persistence::stored_queue{};
  fresh.name = wanted.name;
  fresh.config = wanted.config;
  if (!persistence::uses_journal(wanted.config)) {
    run(std::move(fresh));
    return then();
  }
  if (journal_failure.code != errc::none) {
    auto why = for_now(journal_failure);
    promise.deliver(
      to_caf({why.code, "queue \"" + wanted.name + "\" cannot be created now: " + why.text}));
    return;
  }
  if (auto place = kept.place_of(wanted.name, wanted.config)) {
    fresh.id = place->id;
    fresh.next = place->next;
    run(std::move(fresh));
    return then();
  }
  auto asked = messages::create{persistence::stored_name(wanted.name, wanted.config),
                                persistence::stored_options(wanted.config)};
  compat::request(self, links->journal, create_timeout, std::move(asked))
    .await(
      [this, fresh, then](const messages::created& created) mutable {
        fresh.id = created.id;
        if (spills(fresh.config))
          kept.add_place(fresh.name, fresh.config, created.id);
        run(std::move(fresh));
        then();
      },
      [promise](const caf::error& why) mutable { promise.deliver(why); });
}

void broker_shell::run(persistence::stored_queue stored) {
  // what others see of it: only a queue on disk has rows that matter to them
  auto known_as = persistence::is_on_disk(stored.config) ? stored.id : queue_id::none;
  auto to = queue_links{links->journal, links->supervisor, {}, known_as, links->clock, {},
                        links->report, links->reader};
  if (links->marks)
    to.charged = [marks = links->marks, queue = stored.id] { marks->counted(queue); };
  if (stored.config.last_resort == last_resort::dead_letter)
    to.dead_letters
      = as<queue_actor>(queues.at(dead_letter_name(stored.name, stored.config)).queue);
  declared.add(stored.name, stored.config);
  auto actor = spawn_queue(self->system(), start_of(stored), to);
  queues.emplace(stored.name, messages::queue_info{stored.name, stored.config,
                                                   caf::actor_cast<caf::actor>(actor), known_as});
}

queue_start broker_shell::start_of(persistence::stored_queue stored) {
  auto from = persistence::start_of(std::move(stored));
  from.opened = links->opened;
  from.seed = ++links->seed;
  from.budget = links->budget;
  if (links->marks)
    from.in_handlers = links->marks->of(from.id);
  return from;
}

// -- a journal that failed ----------------------------------------------------------

// Queues that had nothing in the failed commit hear of it here.
void broker_shell::journal_lost(const messages::journal_lost& m) {
  journal_failure = m.why;
  for (const auto& [known, queue] : queues)
    if (persistence::uses_journal(queue.config))
      compat::send(self, as<queue_actor>(queue.queue),
                   messages::commit_failed{for_now(m.why), m.opened});
  reopen_later(m.why);
}

void broker_shell::reopen_later(const error& why) {
  if (stopping)
    return;
  auto now = links->clock.now(self);
  auto random = std::generate_canonical<double, 32>(randomness);
  auto wait = links->reopening.failed(now, random) - now;
  auto shown = std::chrono::duration_cast<std::chrono::milliseconds>(wait).count();
  report("the journal failed (" + why.text + "); it is opened again in " + std::to_string(shown)
         + " ms");
  compat::send_after(self, wait, broker_actor{self}, messages::wake{++generation});
}

// Does not await: memory queues can be declared meanwhile.
void broker_shell::reopen(const messages::wake& m) {
  if (m.generation != generation)
    return;
  compat::request(self, links->journal, reopen_timeout, messages::reopen{})
    .then([this](const messages::reopened& fresh) { reopened(fresh); },
          [this](const caf::error& why) { reopen_later(from_caf(why)); });
}

// A queue whose creation was answered by an error may be there all the same; one
// that is gone was in another file, and stays refused.
void broker_shell::reopened(const messages::reopened& m) {
  if (stopping)
    return;
  links->opened = m.opened;
  links->reopening.opened(links->clock.now(self));
  journal_failure = {};
  kept.open(m.queues);
  for (const auto& queue : declared.closed())
    kept.leave(queue);
  for (const auto& [known, queue] : queues)
    if (!go_on(queue))
      report("queue \"" + known + "\" is not in the journal any more; was its file replaced?");
  take_in_rest();
  report("the journal is open again");
}

// False where the queue's rows are not there.
bool broker_shell::go_on(const messages::queue_info& queue) {
  using enum persistence::continuation::step;
  auto actor = as<queue_actor>(queue.queue);
  auto next = kept.go_on(queue.name, queue.config, queue.id);
  if (next.how == resume)
    compat::send(self, actor, messages::journal_returned{links->opened});
  if (next.how == revive)
    compat::send(self, actor, messages::revive{start_of(std::move(next.from))});
  return next.how != give_up;
}

// What a user's function throws must not end the broker.
void broker_shell::report(const std::string& text) const {
  try {
    if (links->report)
      links->report(text);
  } catch (...) { // documented: it has nowhere to go
  }
}

// -- finding ----------------------------------------------------------------------

caf::result<messages::queue_info> broker_shell::find(const std::string& queue) {
  if (auto why = declared.objection_to_using(queue); why.code != errc::none)
    return to_caf(why);
  return queues.at(queue);
}

// -- closing one queue ------------------------------------------------------------

stop_promise broker_shell::close(const std::string& queue) {
  auto promise = self->make_response_promise<messages::stopped>();
  auto found = queues.find(queue);
  if (auto why = declared.objection_to_closing(queue); why.code != errc::none) {
    promise.deliver(to_caf(why));
  } else if (found == queues.end()) {
    promise.deliver(messages::stopped{});
  } else {
    auto actor = as<queue_actor>(found->second.queue);
    declared.close(queue);
    queues.erase(found);
    compat::request(self, actor, create_timeout, messages::stop{})
      .then([promise](const messages::stopped& m) mutable { promise.deliver(m); },
            [promise](const caf::error& failure) mutable { promise.deliver(failure); });
  }
  return promise;
}

messages::queue_names broker_shell::list() const {
  auto answer = messages::queue_names{};
  for (const auto& [known, queue] : queues)
    answer.names.push_back(known);
  return answer;
}

// The worker answers, also when the broker has ended meanwhile.
caf::delegated<messages::redriven> broker_shell::redrive(const messages::redrive& m) {
  auto worker = spawn_redrive(self->system(), {broker_actor{self}, links->clock});
  return compat::delegate(self, worker, m);
}

caf::result<messages::journal_report>
broker_shell::ask_journal(const messages::ask_journal& m) {
  if (!links->journal)
    return messages::journal_report{};
  return compat::delegate(self, links->journal, m);
}

// -- stopping ---------------------------------------------------------------------

stop_questions::promise broker_shell::stop() {
  auto is_first = !stopping;
  auto promise = stopping.ask(self);
  if (!is_first)
    return promise;
  unstopped = queues.size();
  auto one_less = [this] {
    --unstopped;
    end_if_alone();
  };
  for (const auto& [known, queue] : queues)
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
  for (const auto& [known, queue] : queues)
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
