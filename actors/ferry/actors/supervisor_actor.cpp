#include "ferry/actors/supervisor_actor.hpp"

#include "ferry/actors/answers.hpp"
#include "ferry/actors/group_table.hpp"
#include "ferry/actors/protocol/signalling.hpp"
#include "ferry/actors/protocol/stopping.hpp"
#include "ferry/actors/protocol/supervising.hpp"
#include "ferry/actors/queue_signals.hpp"
#include "ferry/actors/reporter.hpp"
#include "ferry/actors/stop_alarms.hpp"

#include <caf/sec.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace ferry::actors {

namespace {

using stop_promise = stop_questions::promise;

constexpr auto answer_timeout = std::chrono::hours{24}; // a handler may take long to return

class supervisor_shell : public group_host {
public:
  explicit supervisor_shell(supervisor_actor::pointer selfptr) : self(selfptr) {
    // CAF builds the state before the arguments arrive; start() finishes it
  }

  supervisor_actor::behavior_type start(const supervisor_options& given);

  // -- group_host -------------------------------------------------------------

  [[nodiscard]] time_point now() const override {
    return options->clock.now(self);
  }

  void monitor(const caf::actor& actor) override;
  void ask_to_stop(const caf::actor& child) override;
  void cut_off(const caf::actor& child, const messages::supervise& spec) override;
  void report(const std::string& text) const override;

  static inline const char* name = "ferry.supervisor";

private:
  void set_alarm(const messages::wake_at& m);
  void arm_stop(const messages::arm_stop& m);
  void wake(const messages::wake& m);

  caf::result<messages::group_opened> open(const messages::open_group& m);
  caf::result<messages::supervised> supervise(const messages::supervise& m);
  caf::result<messages::children> children(const messages::ask_children& m);
  stop_promise stop_child(const messages::stop_child& m);
  stop_promise stop_group(const messages::stop_group& m);
  stop_promise stop();

  void down(const caf::actor_addr& who, const caf::error& why);
  void arm();
  void go_on();
  void end_by_force(const caf::error& why);

  supervisor_actor::pointer self;
  std::optional<supervisor_options> options;
  queue_signals queues{[this](const caf::actor& other) { monitor(other); }};
  stop_alarms handlers;
  std::optional<group_table> groups;
  time_point armed = never;
  std::uint64_t generation = 0; // a wake of an older generation is ignored
  stop_questions stopping;
};

supervisor_actor::behavior_type supervisor_shell::start(const supervisor_options& given) {
  options = given;
  groups.emplace(*this, given.seed);
  compat::survive_errors(self);
  compat::on_exit(self, [this](const caf::error& why) { end_by_force(why); });
  return {
    [this](const messages::watch& m) {
      queues.watch(m, groups->spec_of(m.receiver.address()));
    },
    [this](const messages::wake_at& m) { set_alarm(m); },
    [this](const messages::open_group& m) { return open(m); },
    [this](const messages::supervise& m) { return supervise(m); },
    [this](const messages::stop_child& m) { return stop_child(m); },
    [this](const messages::stop_group& m) { return stop_group(m); },
    [this](const messages::ask_children& m) { return children(m); },
    [this](const messages::arm_stop& m) { arm_stop(m); },
    [this](const messages::disarm_stop& m) { handlers.disarm(m.consumer.id(), m.id); },
    [this](const messages::ask_turn& m) { queues.ask_turn(m); },
    [this](const messages::end_turn& m) { queues.end_turn(m.queue.id()); },
    [this](const messages::wake& m) { wake(m); },
    [this](const messages::stop&) { return stop(); },
  };
}

// -- time -------------------------------------------------------------------------

void supervisor_shell::set_alarm(const messages::wake_at& m) {
  queues.wake_at(m);
  arm();
}

void supervisor_shell::arm_stop(const messages::arm_stop& m) {
  handlers.arm(m.consumer.id(), m.id, m.source, m.deadline);
  arm();
}

void supervisor_shell::wake(const messages::wake& m) {
  if (m.generation != generation)
    return;
  armed = never;
  queues.wake_due(now());
  handlers.fire_due(now()); // after the queues: what a handler says then is too late
  groups->wake();
  go_on();
}

void supervisor_shell::arm() {
  auto wish = std::min({queues.next().value_or(never), groups->next().value_or(never),
                        handlers.next().value_or(never)});
  if (wish >= armed)
    return;
  armed = wish;
  auto wait = std::max(wish - now(), duration::zero());
  compat::send_after(self, wait, supervisor_actor{self}, messages::wake{++generation});
}

// -- losses -----------------------------------------------------------------------

void supervisor_shell::monitor(const caf::actor& actor) {
  compat::monitor(self, actor,
                  [this](const caf::actor_addr& who, const caf::error& why) { down(who, why); });
}

void supervisor_shell::down(const caf::actor_addr& who, const caf::error& why) {
  handlers.forget(who.id());
  queues.give_back(who, groups->spec_of(who));
  queues.forget(who);
  groups->down(who, why, reason_of(self->system(), why));
  go_on();
}

// -- groups -----------------------------------------------------------------------

caf::result<messages::group_opened> supervisor_shell::open(const messages::open_group& m) {
  if (stopping)
    return to_caf({errc::closed, "group \"" + m.name + "\" comes too late: the broker is closed"});
  return messages::group_opened{groups->open(m)};
}

caf::result<messages::supervised> supervisor_shell::supervise(const messages::supervise& m) {
  auto outcome = groups->add(m);
  go_on();
  if (outcome.code != errc::none)
    return to_caf(outcome);
  return messages::supervised{};
}

caf::result<messages::children> supervisor_shell::children(const messages::ask_children& m) {
  auto answer = groups->children(m.group);
  if (!answer)
    return to_caf(answer.why());
  return std::move(*answer);
}

stop_promise supervisor_shell::stop_child(const messages::stop_child& m) {
  auto promise = self->make_response_promise<messages::stopped>();
  groups->stop_child(m, promise);
  go_on();
  return promise;
}

stop_promise supervisor_shell::stop_group(const messages::stop_group& m) {
  auto promise = self->make_response_promise<messages::stopped>();
  groups->stop_group(m, promise);
  go_on();
  return promise;
}

// Only now does a child that handles `stop` as it likes, or not at all, get the
// exit message: it would overtake the question.
void supervisor_shell::ask_to_stop(const caf::actor& child) {
  auto end = [this, child] { self->send_exit(child, caf::exit_reason::user_shutdown); };
  compat::request(self, as<supervised_actor>(child), answer_timeout, messages::stop{})
    .then([end](const messages::stopped&) { end(); },
          [end](const caf::error& why) {
            if (why != caf::sec::request_timeout)
              end();
          });
}

// The handler is told first: the sooner it returns, the less is done twice.
void supervisor_shell::cut_off(const caf::actor& child, const messages::supervise& spec) {
  handlers.close(child.id());
  queues.give_back(child.address(), &spec);
  self->send_exit(child, caf::exit_reason::kill);
}

void supervisor_shell::report(const std::string& text) const {
  reporter{options->report}(text);
}

// -- life cycle -------------------------------------------------------------------

// Groups are independent: all are told before any is waited for, so that none takes
// the others' messages.
stop_promise supervisor_shell::stop() {
  auto promise = stopping.ask(self);
  groups->stop_all();
  go_on();
  return promise;
}

void supervisor_shell::go_on() {
  arm();
  if (!stopping || !groups->empty())
    return;
  stopping.answer();
  self->quit();
}

void supervisor_shell::end_by_force(const caf::error& why) {
  handlers.fire_all();
  groups->end_by_force(why, [&](const caf::actor& child) { self->send_exit(child, why); });
  self->quit(why);
}

supervisor_actor::behavior_type
supervisor_behavior(supervisor_actor::stateful_pointer<supervisor_shell> self,
                    const supervisor_options& options) {
  return compat::state(self).start(options);
}

} // namespace

supervisor_actor spawn_supervisor(caf::actor_system& system, supervisor_options options) {
  return system.spawn(supervisor_behavior, std::move(options));
}

} // namespace ferry::actors
