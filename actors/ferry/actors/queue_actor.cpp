#include "ferry/actors/queue_actor.hpp"

#include "ferry/actors/answers.hpp"
#include "ferry/actors/browse_answer.hpp"
#include "ferry/actors/stop_questions.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace ferry::actors {

namespace {

/// Questions whose answers wait for a commit.
template <class Answer>
using open_questions = std::map<question_id, caf::typed_response_promise<Answer>>;

struct queue_shell {
  explicit queue_shell(queue_actor::pointer selfptr) : self(selfptr) {
    // CAF builds the state before the arguments arrive; start() finishes it
  }

  queue_actor::behavior_type start(queue_start from, queue_links to);

  // -- commands ---------------------------------------------------------------

  caf::typed_response_promise<messages::receipt> publish(const messages::publish& m);
  caf::typed_response_promise<messages::buried> bury(const messages::bury& m);
  caf::typed_response_promise<messages::settled> settle(const messages::settle& m);
  caf::result<messages::subscription> subscribe(const messages::subscribe& m);
  caf::typed_response_promise<messages::unsubscribed> unsubscribe(const messages::unsubscribe& m);
  void load_failed(const messages::load_failed& m);
  void revive(queue_start from);
  void journal_returned(const messages::journal_returned& m);
  void lose(const messages::consumer_lost& m);
  messages::paused pause(const messages::pause& m);
  caf::typed_response_promise<messages::browsed> browse(const messages::browse& m);
  caf::typed_response_promise<messages::moved> move(const messages::move& m);
  stop_questions::promise stop();

  template <class Command>
  void apply(Command command);

  /// Applies `command` unless it belongs to an earlier opening of the journal.
  template <class Command>
  void apply_in(epoch opening, Command command);

  template <class Answer, class Value>
  void answer(open_questions<Answer>& questions, question_id question, Value value);

  template <class Answer>
  caf::typed_response_promise<Answer> open(open_questions<Answer>& questions);

  // -- effects ----------------------------------------------------------------

  void run(effects::persist& e);
  void run(effects::confirm& e);
  void run(effects::let_publish& e);
  void run(effects::settled& e);
  void run(effects::refuse& e);
  void run(effects::deliver& e);
  void run(effects::load& e);
  void run(effects::bury& e);
  void run(effects::buried& e);
  void run(effects::unsubscribed& e);
  void run(effects::charged& e);
  void run(effects::ask_turn& e);
  void run(effects::end_turn& e);
  void run(effects::wake_at& e);
  void run(effects::move& e);
  void run(effects::moved& e);
  void hand_over();
  void send_letters();
  void end_if_idle();
  void end_by_force(const caf::error& why);

  [[nodiscard]] error closed() const {
    return {errc::closed, "the queue is closed; open its broker again"};
  }

  [[nodiscard]] error begun_anew() const {
    return {errc::journal_failed, "the queue begins anew because its journal was opened again; "
                                  "try it again"};
  }

  [[nodiscard]] time_point now() const {
    return links->clock.now(self);
  }

  queue_actor::pointer self;
  std::optional<queue_core> core;
  std::optional<queue_links> links;
  queue_id id{};
  std::string queue_name;
  epoch opened{}; // of the journal
  std::uint64_t life = 1; // a queue on disk starts anew with its journal
  effect_list pending; // reused: no allocation in steady state
  std::map<consumer_id, delivery_receiver> receivers;
  std::map<consumer_id, std::vector<delivered_run>> outgoing; // of this command
  std::vector<dead_message> letters; // of this command
  question_id last_question{};
  urgency asked{}; // by this command
  open_questions<messages::receipt> publishes;
  std::map<session_id, caf::weak_actor_ptr> held; // producers that the core holds back
  open_questions<messages::buried> burials;
  open_questions<messages::settled> settlements;
  open_questions<messages::unsubscribed> unsubscriptions;
  open_questions<messages::moved> moves;
  queue_actor move_target; // of this command
  stop_questions stopping;

  static inline const char* name = "ferry.queue";
};

queue_actor::behavior_type queue_shell::start(queue_start from, queue_links to) {
  id = from.id;
  queue_name = from.name;
  opened = from.opened;
  core.emplace(std::move(from));
  links.emplace(std::move(to));
  compat::survive_errors(self);
  compat::on_exit(self, [this](const caf::error& why) { end_by_force(why); });
  apply([&] { core->start(now(), pending); });
  return {
    [this](const messages::publish& m) { return publish(m); },
    [this](const messages::bury& m) { return bury(m); },
    [this](const messages::subscribe& m) { return subscribe(m); },
    [this](const messages::grant_credit& m) {
      apply([&] { core->grant(now(), m.consumer, m.limit, pending); });
    },
    [this](const messages::settle& m) { return settle(m); },
    [this](const messages::unsubscribe& m) { return unsubscribe(m); },
    [this](const messages::pause& m) { return pause(m); },
    [this](const messages::ask_figures&) { return messages::figures{core->figures()}; },
    [this](const messages::committed& m) {
      apply_in(m.opened, [&] { core->committed(now(), m.ticket, pending); });
    },
    [this](const messages::commit_failed& m) {
      apply_in(m.opened, [&] { core->write_failed(m.why, pending); });
    },
    [this](const messages::loaded& m) {
      apply_in(m.opened,
               [&] { core->loaded(now(), m.first, m.page.covered, m.page.runs, pending); });
    },
    [this](const messages::load_failed& m) { load_failed(m); },
    [this](const messages::consumer_lost& m) { lose(m); },
    [this](const messages::wake& m) { apply([&] { core->tick(now(), pending, m.begun); }); },
    [this](const messages::revive& m) { revive(m.start); },
    [this](const messages::journal_returned& m) { journal_returned(m); },
    [this](const messages::turn&) { apply([&] { core->turn_granted(now(), pending); }); },
    [this](const messages::stop&) { return stop(); },
    [this](const messages::browse& m) { return browse(m); },
    [this](const messages::move& m) { return move(m); },
  };
}

// -- commands -------------------------------------------------------------------

template <class Command>
void queue_shell::apply(Command command) {
  command();
  for (auto& item : pending)
    std::visit([this](auto& e) { run(e); }, item);
  pending.clear();
  hand_over();
  send_letters();
  end_if_idle();
}

template <class Command>
void queue_shell::apply_in(epoch opening, Command command) {
  if (opening == opened)
    apply(command);
}

template <class Answer, class Value>
void queue_shell::answer(open_questions<Answer>& questions, question_id question, Value value) {
  auto found = questions.find(question);
  if (found == questions.end())
    return;
  found->second.deliver(std::move(value));
  questions.erase(found);
}

// The promise is kept under `last_question` until the core answers it.
template <class Answer>
caf::typed_response_promise<Answer> queue_shell::open(open_questions<Answer>& questions) {
  last_question = advanced(last_question, 1);
  auto promise = self->template make_response_promise<Answer>();
  questions.emplace_hint(questions.end(), last_question, promise);
  return promise;
}

caf::typed_response_promise<messages::receipt> queue_shell::publish(const messages::publish& m) {
  auto promise = open(publishes);
  apply([&] { core->publish(now(), last_question, m.batch, pending); });
  return promise;
}

caf::typed_response_promise<messages::buried> queue_shell::bury(const messages::bury& m) {
  auto promise = open(burials);
  if (m.origin != queue_id::none && m.opened != opened) {
    answer(burials, last_question, to_caf(begun_anew()));
    return promise;
  }
  apply([&] { core->bury(now(), last_question, m.origin, m.letters, pending); });
  return promise;
}

caf::typed_response_promise<messages::settled> queue_shell::settle(const messages::settle& m) {
  auto promise = open(settlements);
  asked = m.how;
  apply([&] { core->settle(now(), last_question, m.consumer, m.settlements, pending); });
  asked = urgency::usual;
  return promise;
}

// The first deliveries may overtake the answer; they name the consumer as well.
caf::result<messages::subscription> queue_shell::subscribe(const messages::subscribe& m) {
  if (!m.receiver)
    return to_caf({errc::invalid_argument, "a subscription wants a receiver"});
  auto consumer = core->subscribe(now(), m.who, pending);
  if (!consumer)
    return to_caf(consumer.why());
  receivers.emplace(*consumer, as<delivery_receiver>(m.receiver));
  compat::send(self, links->supervisor,
               messages::watch{caf::actor_cast<caf::actor>(self), *consumer, m.receiver});
  apply([] {});
  return messages::subscription{*consumer};
}

caf::typed_response_promise<messages::unsubscribed>
queue_shell::unsubscribe(const messages::unsubscribe& m) {
  auto promise = open(unsubscriptions);
  apply([&] { core->unsubscribe(now(), last_question, m.consumer, pending); });
  receivers.erase(m.consumer);
  return promise;
}

// What was written is not in doubt: publishing and settling go on meanwhile.
void queue_shell::load_failed(const messages::load_failed& m) {
  if (links->report)
    links->report("queue \"" + queue_name + "\" could not read what it has to deliver ("
                  + m.why.text + "); it tries again");
  apply_in(m.opened, [&] { core->load_failed(now(), pending); });
}

// What the old core still owed is refused; its records, if they were not written,
// are undone by reading the disk.
void queue_shell::revive(queue_start from) {
  apply([&] { core->fail(begun_anew(), pending); });
  from.last_consumer = core->last_consumer();
  from.so_far = core->figures();
  opened = from.opened;
  ++life;
  core.emplace(std::move(from));
  for (const auto& [session, waiting] : std::exchange(held, {}))
    if (auto producer = caf::actor_cast<producer_actor>(waiting))
      compat::send(self, producer, messages::room{}); // the new core does not know them
  apply([&] { core->start(now(), pending); });
  for (const auto& [consumer, receiver] : std::exchange(receivers, {}))
    compat::send(self, receiver, messages::resubscribe{consumer});
}

void queue_shell::journal_returned(const messages::journal_returned& m) {
  opened = m.opened;
  apply([&] { core->journal_returned(now(), pending); });
}

void queue_shell::lose(const messages::consumer_lost& m) {
  auto begun = m.begun_is_known ? std::optional{m.begun} : std::nullopt;
  apply([&] { core->consumer_lost(now(), m.consumer, begun, pending); });
  receivers.erase(m.consumer);
}

messages::paused queue_shell::pause(const messages::pause& m) {
  apply([&] { core->pause(now(), later(now(), std::max(m.wait, duration::zero())), pending); });
  return {};
}

caf::typed_response_promise<messages::browsed> queue_shell::browse(const messages::browse& m) {
  auto view = check(m.query).code == errc::none ? core->browse(m.query) : browse_view{};
  return answer_browse(self, {links->reader, id}, m.query, std::move(view));
}

caf::typed_response_promise<messages::moved> queue_shell::move(const messages::move& m) {
  auto promise = open(moves);
  move_target = as<queue_actor>(m.target);
  apply([&] { core->move(now(), last_question, m.letters, pending); });
  move_target = nullptr;
  return promise;
}

stop_questions::promise queue_shell::stop() {
  apply([&] { core->close(closed(), pending); });
  auto promise = stopping.ask(self);
  end_if_idle();
  return promise;
}

// -- effects --------------------------------------------------------------------

void queue_shell::run(effects::persist& e) {
  auto batch = std::make_shared<persistence::write_batch>();
  batch->queue = id;
  batch->records = std::move(e.records);
  compat::send(self, links->journal,
               messages::write{caf::actor_cast<caf::actor>(self), e.ticket, std::move(batch),
                               opened, asked});
}

void queue_shell::run(effects::confirm& e) {
  if (auto found = publishes.find(e.question); e.is_held && found != publishes.end())
    held[e.outcome.session]
      = caf::actor_cast<caf::weak_actor_ptr>(compat::source_of(found->second));
  answer(publishes, e.question, messages::receipt{std::move(e.outcome)});
}

void queue_shell::run(effects::let_publish& e) {
  auto node = held.extract(e.session);
  if (node.empty())
    return;
  if (auto producer = caf::actor_cast<producer_actor>(node.mapped()))
    compat::send(self, producer, messages::room{});
}

void queue_shell::run(effects::settled& e) {
  answer(settlements, e.question, messages::settled{e.outcome});
}

void queue_shell::run(effects::buried& e) {
  answer(burials, e.question, messages::buried{});
}

void queue_shell::run(effects::refuse& e) {
  answer(publishes, e.question, to_caf(e.why));
  answer(settlements, e.question, to_caf(e.why));
  answer(burials, e.question, to_caf(e.why));
  answer(unsubscriptions, e.question, to_caf(e.why));
  answer(moves, e.question, to_caf(e.why));
}

void queue_shell::run(effects::unsubscribed& e) {
  answer(unsubscriptions, e.question, messages::unsubscribed{});
}

void queue_shell::run(effects::deliver& e) {
  outgoing[e.consumer].push_back(
    {e.first_tag, std::move(e.run), e.deadline, e.with, e.lease, e.limit});
}

void queue_shell::run(effects::load& e) {
  compat::send(self, links->reader,
               messages::load{caf::actor_cast<caf::actor>(self), id, e, opened});
}

void queue_shell::run(effects::bury& e) {
  letters.push_back(std::move(e.message));
}

void queue_shell::send_letters() {
  if (letters.empty())
    return;
  auto sequences = std::vector<sequence_number>{};
  for (const auto& item : letters)
    sequences.push_back(item.sequence);
  auto ended = [this, sequences, asked_in = life](bool succeeded) {
    if (asked_in == life)
      apply([&] {
        for (auto sequence : sequences)
          core->burial_ended(now(), sequence, succeeded, pending);
      });
  };
  compat::request(self, links->dead_letters,
                  messages::bury{links->origin, std::exchange(letters, {}), opened})
    .then([ended](const messages::buried&) { ended(true); },
          [ended](const caf::error&) { ended(false); });
}

void queue_shell::run(effects::charged&) {
  if (links->charged)
    links->charged();
}

void queue_shell::run(effects::ask_turn&) {
  compat::send(self, links->supervisor, messages::ask_turn{caf::actor_cast<caf::actor>(self)});
}

void queue_shell::run(effects::end_turn&) {
  compat::send(self, links->supervisor, messages::end_turn{caf::actor_cast<caf::actor>(self)});
}

void queue_shell::run(effects::wake_at& e) {
  compat::send(self, links->supervisor,
               messages::wake_at{caf::actor_cast<caf::actor>(self), e.when});
}

// The target's answer may be as late as its disk: were it given up, the messages
// could be ready here and stored there. A target that ended answers at once.
void queue_shell::run(effects::move& e) {
  auto ended = [this, question = e.question, asked_in = life](const error& why) {
    if (asked_in == life)
      apply([&] { core->move_ended(now(), question, why, pending); });
  };
  compat::request(self, move_target,
                  messages::bury{links->origin, std::move(e.letters), opened})
    .then([ended](const messages::buried&) { ended({}); },
          [ended](const caf::error& why) { ended(from_caf(why)); });
}

void queue_shell::run(effects::moved& e) {
  answer(moves, e.question, messages::moved{e.outcome});
}

// One message per consumer, whatever number of runs the command gave it.
void queue_shell::hand_over() {
  for (auto& [consumer, runs] : outgoing)
    if (auto receiver = receivers.find(consumer); receiver != receivers.end())
      compat::send(self, receiver->second, messages::delivery{consumer, std::move(runs)});
  outgoing.clear();
}

void queue_shell::end_if_idle() {
  auto idle = publishes.empty() && burials.empty() && settlements.empty()
              && unsubscriptions.empty() && moves.empty();
  if (!stopping || !idle)
    return;
  stopping.answer();
  self->quit();
}

// Only the broker ends a queue; an actor that linked itself to one does not.
void queue_shell::end_by_force(const caf::error& why) {
  if (why != caf::exit_reason::user_shutdown)
    return;
  apply([&] { core->fail(closed(), pending); });
  self->quit(why);
}

queue_actor::behavior_type queue_behavior(queue_actor::stateful_pointer<queue_shell> self,
                                          const queue_start& start, const queue_links& links) {
  return compat::state(self).start(start, links);
}

} // namespace

queue_actor spawn_queue(caf::actor_system& system, queue_start start, queue_links links) {
  return system.spawn(queue_behavior, std::move(start), std::move(links));
}

} // namespace ferry::actors
