#include "ferry/actors/queue_actor.hpp"

#include "ferry/actors/answers.hpp"
#include "ferry/actors/browse_answer.hpp"
#include "ferry/actors/protocol/consuming.hpp"
#include "ferry/actors/protocol/journaling.hpp"
#include "ferry/actors/protocol/moving.hpp"
#include "ferry/actors/protocol/operating.hpp"
#include "ferry/actors/protocol/publishing.hpp"
#include "ferry/actors/protocol/reading.hpp"
#include "ferry/actors/protocol/reopening.hpp"
#include "ferry/actors/protocol/signalling.hpp"
#include "ferry/actors/protocol/stopping.hpp"
#include "ferry/actors/queue_messenger.hpp"
#include "ferry/actors/reporter.hpp"
#include "ferry/actors/stop_questions.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace ferry::actors {

namespace {

error closed() {
  return {errc::closed, "the queue is closed; open its broker again"};
}

error begun_anew() {
  return {errc::journal_failed, "the queue begins anew because its journal was opened again; "
                                "try it again"};
}

/// Takes what comes to the core; `queue_messenger` carries out what follows.
struct queue_shell {
  explicit queue_shell(queue_actor::pointer selfptr) : self(selfptr) {
    // CAF builds the state before the arguments arrive; start() finishes it
  }

  queue_actor::behavior_type start(queue_start from, queue_links to);
  queue_replies replies();

  // -- commands ---------------------------------------------------------------

  caf::typed_response_promise<messages::receipt> publish(const messages::publish& m);
  caf::result<messages::buried> bury(const messages::bury& m);
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
  void end_if_idle();
  void end_by_force(const caf::error& why);

  template <class Command>
  void apply(Command command, const command_context& of = {});

  /// Applies `command(question)`, of which the core answers the question by an effect.
  template <class Answer, class Command>
  caf::typed_response_promise<Answer> ask(Command command, const command_context& of = {});

  /// Applies `command` unless it belongs to an earlier opening of the journal.
  template <class Command>
  void apply_in(epoch opening, Command command);

  [[nodiscard]] time_point now() const {
    return messenger->links().clock.now(self);
  }

  queue_actor::pointer self;
  std::string queue_name;
  reporter report;
  std::optional<queue_core> core;
  std::optional<queue_messenger> messenger;
  effect_list pending; // reused: no allocation in steady state
  stop_questions stopping;

  static inline const char* name = "ferry.queue";
};

queue_actor::behavior_type queue_shell::start(queue_start from, queue_links to) {
  queue_name = from.name;
  report = reporter{to.report};
  messenger.emplace(self, std::move(to), from, replies());
  core.emplace(std::move(from));
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

queue_replies queue_shell::replies() {
  auto burials_ended = [this](const std::vector<sequence_number>& letters, bool succeeded) {
    apply([&] {
      for (auto sequence : letters)
        core->burial_ended(now(), sequence, succeeded, pending);
    });
  };
  auto move_ended = [this](question_id question, const error& why) {
    apply([&] { core->move_ended(now(), question, why, pending); });
  };
  return {burials_ended, move_ended};
}

template <class Command>
void queue_shell::apply(Command command, const command_context& of) {
  command();
  messenger->carry_out(pending, of);
  end_if_idle();
}

template <class Answer, class Command>
caf::typed_response_promise<Answer> queue_shell::ask(Command command, const command_context& of) {
  auto promise = messenger->questions().open<Answer>(self);
  apply([&] { command(messenger->questions().last()); }, of);
  return promise;
}

template <class Command>
void queue_shell::apply_in(epoch opening, Command command) {
  if (opening == messenger->opened())
    apply(command);
}

// -- producers ------------------------------------------------------------------------

caf::typed_response_promise<messages::receipt> queue_shell::publish(const messages::publish& m) {
  return ask<messages::receipt>(
    [&](question_id question) { core->publish(now(), question, m.batch, pending); });
}

// -- consumers ------------------------------------------------------------------------

// The first deliveries may overtake the answer; they name the consumer as well.
caf::result<messages::subscription> queue_shell::subscribe(const messages::subscribe& m) {
  if (!m.receiver)
    return to_caf({errc::invalid_argument, "a subscription wants a receiver"});
  auto consumer = core->subscribe(now(), m.who, pending);
  if (!consumer)
    return to_caf(consumer.why());
  messenger->subscribe(*consumer, m.receiver);
  apply([] {});
  return messages::subscription{*consumer};
}

caf::typed_response_promise<messages::settled> queue_shell::settle(const messages::settle& m) {
  auto command = [&](question_id question) {
    core->settle(now(), question, m.consumer, m.settlements, pending);
  };
  return ask<messages::settled>(command, {.how = m.how});
}

caf::typed_response_promise<messages::unsubscribed>
queue_shell::unsubscribe(const messages::unsubscribe& m) {
  auto promise = ask<messages::unsubscribed>(
    [&](question_id question) { core->unsubscribe(now(), question, m.consumer, pending); });
  messenger->unsubscribe(m.consumer);
  return promise;
}

void queue_shell::lose(const messages::consumer_lost& m) {
  auto begun = m.begun_is_known ? std::optional{m.begun} : std::nullopt;
  apply([&] { core->consumer_lost(now(), m.consumer, begun, pending); });
  messenger->unsubscribe(m.consumer);
}

messages::paused queue_shell::pause(const messages::pause& m) {
  apply([&] { core->pause(now(), later(now(), std::max(m.wait, duration::zero())), pending); });
  return {};
}

caf::typed_response_promise<messages::browsed> queue_shell::browse(const messages::browse& m) {
  auto view = check(m.query).code == errc::none ? core->browse(m.query) : browse_view{};
  return answer_browse(self, {messenger->links().reader, messenger->id()}, m.query,
                       std::move(view));
}

// -- other queues ---------------------------------------------------------------------

caf::result<messages::buried> queue_shell::bury(const messages::bury& m) {
  if (m.origin != queue_id::none && m.opened != messenger->opened())
    return to_caf(begun_anew());
  return ask<messages::buried>(
    [&](question_id question) { core->bury(now(), question, m.origin, m.letters, pending); });
}

caf::typed_response_promise<messages::moved> queue_shell::move(const messages::move& m) {
  return ask<messages::moved>(
    [&](question_id question) { core->move(now(), question, m.letters, pending); },
    {.move_target = as<queue_actor>(m.target)});
}

// -- the journal ----------------------------------------------------------------------

// What was written is not in doubt: publishing and settling go on meanwhile.
void queue_shell::load_failed(const messages::load_failed& m) {
  report("queue \"" + queue_name + "\" could not read what it has to deliver (" + m.why.text
         + "); it tries again");
  apply_in(m.opened, [&] { core->load_failed(now(), pending); });
}

// What the old core still owed is refused; its records, if they were not
// written, are undone by reading the disk.
void queue_shell::revive(queue_start from) {
  apply([&] { core->fail(begun_anew(), pending); });
  from.last_consumer = core->last_consumer();
  from.so_far = core->figures();
  messenger->begin_anew(from.opened);
  core.emplace(std::move(from));
  apply([&] { core->start(now(), pending); });
  messenger->end_subscriptions();
}

void queue_shell::journal_returned(const messages::journal_returned& m) {
  messenger->use_opening(m.opened);
  apply([&] { core->journal_returned(now(), pending); });
}

// -- the end --------------------------------------------------------------------------

stop_questions::promise queue_shell::stop() {
  apply([&] { core->close(closed(), pending); });
  auto promise = stopping.ask(self);
  end_if_idle();
  return promise;
}

void queue_shell::end_if_idle() {
  if (!stopping || !messenger->questions().empty())
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
