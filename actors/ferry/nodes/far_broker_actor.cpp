#include "ferry/nodes/far_broker_actor.hpp"

#include "ferry/actors/protocol/declaring.hpp"
#include "ferry/actors/protocol/journaling.hpp"
#include "ferry/actors/protocol/operating.hpp"
#include "ferry/actors/protocol/signalling.hpp"
#include "ferry/actors/protocol/stopping.hpp"
#include "ferry/actors/reporter.hpp"
#include "ferry/actors/stop_questions.hpp"
#include "ferry/link/dialing_core.hpp"
#include "ferry/nodes/correspondence.hpp"
#include "ferry/nodes/far_queues.hpp"

#include <chrono>
#include <optional>
#include <random>
#include <utility>
#include <vector>

namespace ferry::actors {

namespace {

using report_promise = caf::typed_response_promise<messages::journal_report>;
using join_promise = caf::typed_response_promise<messages::joined>;

constexpr auto ask_again_after = std::chrono::seconds{1}; // for a queue

error closed_by_user() {
  return {errc::closed, "the connection was closed; connect again"};
}

struct far_broker_shell {
  explicit far_broker_shell(far_broker_actor::pointer selfptr) : self(selfptr) {
    // CAF builds the state before the arguments arrive; start() finishes it
  }

  far_broker_actor::behavior_type start(const far_broker_options& given);

  // -- commands ---------------------------------------------------------------

  report_promise ask_journal(const messages::ask_journal& m);
  join_promise join();
  stop_questions::promise stop();
  void leave(const error& why);
  void give_up(const std::string& text);

  // -- the link ---------------------------------------------------------------

  void wake(const messages::wake& m);
  void wake_after(duration wait);
  void take(const messages::dialed& m);
  void open(const messages::link_opened& m);
  void lose(const messages::link_cut& m);
  void follow(const dialing_step& step);
  void disconnect(const error& why);
  void fail_joining(const error& why);
  void take(const messages::mail& m);

  [[nodiscard]] first_link first() const {
    return joining.empty() ? first_link::not_awaited : first_link::awaited;
  }

  [[nodiscard]] time_point now() const {
    return options->clock.now(self);
  }

  [[nodiscard]] double random() {
    return std::generate_canonical<double, 32>(randomness);
  }

  far_broker_actor::pointer self;
  std::optional<far_broker_options> options;
  reporter report;
  std::optional<dialing_core> dialing;
  std::minstd_rand randomness;
  std::uint64_t generation = 0; // a wake of an older generation is ignored
  link_actor link;              // also before it is open
  std::string peer;             // for people
  correspondence broker;        // over the link, while it is open
  std::optional<far_queues> queues;
  std::vector<join_promise> joining;
  stop_questions stopping;

  static inline const char* name = "ferry.far_broker";
};

far_broker_actor::behavior_type far_broker_shell::start(const far_broker_options& given) {
  options = given;
  report = reporter{given.report};
  randomness.seed(static_cast<std::minstd_rand::result_type>(given.seed));
  queues.emplace(self, broker, far_queue_needs{given.supervisor, given.clock, [this] {
                                                 wake_after(ask_again_after);
                                               }});
  compat::survive_errors(self);
  dialing.emplace(now(), given.addresses, given.reconnect);
  compat::on_exit(self, [this](const caf::error&) { leave(closed_by_user()); });
  compat::on_exception(self, [this](const std::string& text) { give_up(text); });
  follow(dialing->begin(now(), random()));
  return {
    [this](const messages::declare& m) { return queues->declare(m); },
    [this](const messages::find& m) { return queues->find(m); },
    [this](const messages::close_queue& m) { return broker.forward<messages::stopped>(self, m); },
    [this](const messages::list_queues& m) {
      return broker.forward<messages::queue_names>(self, m);
    },
    [this](const messages::redrive& m) { return broker.forward<messages::redriven>(self, m); },
    [this](const messages::ask_journal& m) { return ask_journal(m); },
    [this](const messages::join&) { return join(); },
    [this](const messages::dialed& m) { take(m); },
    [this](const messages::link_opened& m) { open(m); },
    [this](const messages::link_cut& m) { lose(m); },
    [this](const messages::mail& m) { take(m); },
    [this](const messages::wake& m) { wake(m); },
    [this](const messages::stop&) { return stop(); },
  };
}

// -- commands -------------------------------------------------------------------------

report_promise far_broker_shell::ask_journal(const messages::ask_journal& m) {
  auto promise = self->make_response_promise<messages::journal_report>();
  broker.ask<messages::far_journal>(
    self, m,
    [promise](const messages::far_journal& given) mutable { promise.deliver(from_wire(given)); },
    [promise](const caf::error& why) mutable { promise.deliver(why); });
  return promise;
}

join_promise far_broker_shell::join() {
  auto promise = self->make_response_promise<messages::joined>();
  if (broker.is_open())
    promise.deliver(messages::joined{peer});
  else if (dialing->is_over())
    promise.deliver(to_caf(broker.why_closed()));
  else
    joining.push_back(promise);
  return promise;
}

stop_questions::promise far_broker_shell::stop() {
  auto promise = stopping.ask(self);
  leave(closed_by_user());
  return promise;
}

void far_broker_shell::leave(const error& why) {
  dialing->end();
  disconnect(why);
  if (link)
    compat::send(self, link, messages::cut_link{{errc::closed, "the client closed its link"}});
  link = nullptr;
  queues->stop_all();
  fail_joining(why);
  stopping.answer();
  self->quit();
}

void far_broker_shell::give_up(const std::string& text) {
  auto why = error{errc::closed, "the connection failed: " + text + "; connect again"};
  report(why.text);
  leave(why);
}

// -- the link -------------------------------------------------------------------------

// There is one timer: for the next call while there is no link, for queues while there is.
void far_broker_shell::wake(const messages::wake& m) {
  if (m.generation != generation || dialing->is_over())
    return;
  if (broker.is_open())
    queues->ask_for_refused();
  else
    options->dial(dialing->address(), far_broker_actor{self});
}

void far_broker_shell::wake_after(duration wait) {
  compat::send_after(self, wait, far_broker_actor{self}, messages::wake{++generation});
}

void far_broker_shell::take(const messages::dialed& m) {
  if (dialing->is_over())
    return;
  if (m.stream)
    link = options->make_link(self->system(), {link_side::client, options->link, options->mine,
                                               m.stream->socket.release(), m.stream->slot,
                                               caf::actor_cast<caf::actor>(self), options->clock});
  else
    follow(dialing->failed(now(), random(), m.why, first()));
}

void far_broker_shell::open(const messages::link_opened& m) {
  if (self->current_sender() != link)
    return;
  dialing->opened();
  broker.open({link, broker_number, longest_letter(limits_of(m.peer))});
  peer = m.peer.node;
  report("connected to broker \"" + peer + "\" at " + dialing->address());
  queues->ask_for_all();
  for (auto& promise : std::exchange(joining, {}))
    promise.deliver(messages::joined{peer});
}

void far_broker_shell::lose(const messages::link_cut& m) {
  if (self->current_sender() != link)
    return;
  link = nullptr;
  follow(dialing->lost(now(), random(), m.why, first()));
}

void far_broker_shell::follow(const dialing_step& step) {
  disconnect(step.why);
  if (step.dial_at)
    wake_after(*step.dial_at - now());
  else
    fail_joining(step.why);
  for (const auto& text : step.reports)
    report(text);
}

void far_broker_shell::disconnect(const error& why) {
  broker.close(why);
  queues->unbind_all(why);
}

void far_broker_shell::fail_joining(const error& why) {
  for (auto& promise : std::exchange(joining, {}))
    promise.deliver(to_caf(why));
}

void far_broker_shell::take(const messages::mail& m) {
  if (!broker.is_open() || self->current_sender() != link)
    return; // of a link that is gone
  for (const auto& item : *m.letters) {
    auto head = head_of(item);
    if (head && broker.take_answer(*head, item))
      continue;
    compat::send(self, link,
                 messages::cut_link{{errc::wrong_peer, "an answer of the broker cannot be read"}});
    return;
  }
}

far_broker_actor::behavior_type
far_broker_behavior(far_broker_actor::stateful_pointer<far_broker_shell> self,
                    const far_broker_options& options) {
  return compat::state(self).start(options);
}

} // namespace

far_broker_actor spawn_far_broker(caf::actor_system& system, far_broker_options options) {
  return system.spawn(far_broker_behavior, std::move(options));
}

} // namespace ferry::actors
