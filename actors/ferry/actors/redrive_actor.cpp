#include "ferry/actors/redrive_actor.hpp"

#include "ferry/actors/answers.hpp"
#include "ferry/actors/protocol/declaring.hpp"
#include "ferry/actors/protocol/moving.hpp"
#include "ferry/actors/protocol/operating.hpp"
#include "ferry/actors/protocol/signalling.hpp"
#include "ferry/queue/redrive_core.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace ferry::actors {

namespace {

using namespace std::chrono_literals;

constexpr auto answer_timeout = 60s;
constexpr auto move_timeout = 25h; // longer than the queue's own: its answer is the truth

using redriven_promise = caf::typed_response_promise<messages::redriven>;

struct redrive_shell {
  explicit redrive_shell(redrive_actor::pointer selfptr) : self(selfptr) {
    // CAF builds the state before the arguments arrive; start() finishes it
  }

  redrive_actor::behavior_type start(const redrive_links& to);

  redriven_promise begin(const messages::redrive& m);
  void proceed();
  void wake(const messages::wake& m);

  // -- steps ------------------------------------------------------------------

  void run(const redrive_steps::find& step);
  void run(const redrive_steps::look& step);
  void run(const redrive_steps::move& step);
  void run(const redrive_steps::sleep& step);
  void run(const redrive_steps::done& step);

  template <class Answer, class Handle, class Question, class Then>
  void ask(const Handle& actor, duration timeout, Question question, Then then);

  [[nodiscard]] time_point now() const {
    return links->clock.now(self);
  }

  redrive_actor::pointer self;
  std::optional<redrive_links> links;
  std::optional<redrive_core> core;
  std::string from;
  std::map<std::string, caf::actor> queues;
  redriven_promise answer;
  std::uint64_t generation = 0; // a wake of an older generation is ignored

  static inline const char* name = "ferry.redrive";
};

redrive_actor::behavior_type redrive_shell::start(const redrive_links& to) {
  links = to;
  compat::survive_errors(self);
  return {
    [this](const messages::redrive& m) { return begin(m); },
    [this](const messages::wake& m) { wake(m); },
  };
}

redriven_promise redrive_shell::begin(const messages::redrive& m) {
  auto promise = self->make_response_promise<messages::redriven>();
  if (core) {
    promise.deliver(to_caf({errc::invalid_argument,
                            "this actor redrives \"" + from + "\" already; start another one"}));
    return promise;
  }
  from = m.from;
  answer = promise;
  core.emplace(m.from, m.options);
  proceed();
  return promise;
}

void redrive_shell::proceed() {
  std::visit([this](const auto& step) { run(step); }, core->next(now()));
}

void redrive_shell::wake(const messages::wake& m) {
  if (m.generation == generation)
    proceed();
}

// -- steps --------------------------------------------------------------------------

template <class Answer, class Handle, class Question, class Then>
void redrive_shell::ask(const Handle& actor, duration timeout, Question question, Then then) {
  compat::request(self, actor, timeout, std::move(question))
    .then(
      [this, then](const Answer& m) {
        then(m);
        proceed();
      },
      [this](const caf::error& why) {
        core->failed(from_caf(why));
        proceed();
      });
}

void redrive_shell::run(const redrive_steps::find& step) {
  compat::request(self, links->broker, answer_timeout, messages::find{step.queue})
    .then(
      [this](const messages::queue_info& m) {
        queues[m.name] = m.queue;
        core->found(m.name, m.config);
        proceed();
      },
      [this, queue = step.queue](const caf::error& why) {
        core->not_found(queue, from_caf(why));
        proceed();
      });
}

void redrive_shell::run(const redrive_steps::look& step) {
  ask<messages::browsed>(as<queue_actor>(queues.at(from)), answer_timeout,
                         messages::browse{step.query},
                         [this](const messages::browsed& m) { core->shown(m.page); });
}

void redrive_shell::run(const redrive_steps::move& step) {
  ask<messages::moved>(as<queue_actor>(queues.at(from)), move_timeout,
                       messages::move{queues.at(step.to), step.letters},
                       [this](const messages::moved& m) { core->moved(m.outcome); });
}

void redrive_shell::run(const redrive_steps::sleep& step) {
  compat::send_after(self, std::max(step.until - now(), duration::zero()), redrive_actor{self},
                     messages::wake{++generation});
}

void redrive_shell::run(const redrive_steps::done& step) {
  if (step.outcome)
    answer.deliver(messages::redriven{*step.outcome});
  else
    answer.deliver(to_caf(step.outcome.why()));
  self->quit();
}

redrive_actor::behavior_type redrive_behavior(redrive_actor::stateful_pointer<redrive_shell> self,
                                              const redrive_links& links) {
  return compat::state(self).start(links);
}

} // namespace

redrive_actor spawn_redrive(caf::actor_system& system, redrive_links links) {
  return system.spawn(redrive_behavior, std::move(links));
}

} // namespace ferry::actors
