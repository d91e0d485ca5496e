#include "ferry/actors/producer_actor.hpp"

#include "ferry/actors/answers.hpp"
#include "ferry/actors/stop_questions.hpp"
#include "ferry/producer/outbox.hpp"

#include <algorithm>
#include <optional>
#include <random>
#include <utility>

namespace ferry::actors {

namespace {

struct producer_shell {
  explicit producer_shell(producer_actor::pointer selfptr) : self(selfptr) {
    // CAF builds the state before the arguments arrive; start() finishes it
  }

  producer_actor::behavior_type start(const producer_options& given);

  void send_waiting();
  void send(outbox_batch batch);
  void send_due(time_point until);
  void receive(const publish_outcome& outcome, std::uint64_t round);
  void fail(const error& why, std::uint64_t round);
  void wake(const messages::wake& m);
  stop_questions::promise stop();
  void arm();
  void end_if_done();

  [[nodiscard]] time_point now() const {
    return options->clock.now(self);
  }

  double random() {
    return std::generate_canonical<double, 32>(randomness);
  }

  producer_actor::pointer self;
  std::optional<producer_options> options;
  std::optional<outbox> core;
  std::minstd_rand randomness;
  std::uint64_t generation = 0; // a wake of an older generation is ignored
  std::optional<time_point> armed;
  stop_questions stopping;

  static inline const char* name = "ferry.producer";
};

producer_actor::behavior_type producer_shell::start(const producer_options& given) {
  options = given;
  core.emplace(given.session);
  randomness.seed(static_cast<std::minstd_rand::result_type>(value_of(given.session)));
  compat::survive_errors(self);
  return {
    [this](const messages::proceed&) { send_waiting(); },
    [this](const messages::wake& m) { wake(m); },
    [this](const messages::stop&) { return stop(); },
  };
}

void producer_shell::send_waiting() {
  for (auto& [first, page] : options->port->take())
    if (auto batch = core->add(first, std::make_shared<const message_page>(std::move(page))))
      send(std::move(*batch));
}

void producer_shell::send(outbox_batch batch) {
  auto round = batch.round;
  auto request = publish_request{core->session(), batch.oldest, batch.first,
                                 std::move(batch.page)};
  compat::request(self, options->queue, options->confirm_timeout,
                  messages::publish{std::move(request)})
    .then([this, round](const messages::receipt& m) { receive(m.outcome, round); },
          [this, round](const caf::error& why) { fail(from_caf(why), round); });
}

void producer_shell::receive(const publish_outcome& outcome, std::uint64_t round) {
  core->confirm(outcome.up_to);
  options->port->settle(outcome);
  if (outcome.resend_from != publish_number::none)
    core->fail(now(), round, random());
  arm();
  end_if_done();
}

// Only silence is worth another try: a queue that answers with an error is closed,
// or its journal has failed.
void producer_shell::fail(const error& why, std::uint64_t round) {
  if (why.code == errc::timed_out) {
    core->fail(now(), round, random());
    arm();
    return;
  }
  core->confirm(publish_number{UINT64_MAX});
  options->port->fail(why);
  end_if_done();
}

void producer_shell::wake(const messages::wake& m) {
  if (m.generation != generation)
    return;
  armed.reset();
  send_due(now());
  arm();
}

void producer_shell::send_due(time_point until) {
  for (auto& batch : core->take_due(until))
    send(std::move(batch));
}

void producer_shell::arm() {
  auto due = core->next_due();
  if (!due || due == armed)
    return;
  armed = due;
  compat::send_after(self, std::max(*due - now(), duration::zero()), producer_actor{self},
                     messages::wake{++generation});
}

stop_questions::promise producer_shell::stop() {
  auto promise = stopping.ask(self);
  options->port->close();
  send_waiting();
  send_due(never); // whoever stops does not wait for a back-off
  end_if_done();
  return promise;
}

void producer_shell::end_if_done() {
  if (!stopping || !core->empty())
    return;
  stopping.answer();
  options->port->connect({}); // a port may outlive the actor system, a handle must not
  self->quit();
}

producer_actor::behavior_type
producer_behavior(producer_actor::stateful_pointer<producer_shell> self,
                  const producer_options& options) {
  return compat::state(self).start(options);
}

} // namespace

producer_actor spawn_producer(caf::actor_system& system, producer_options options) {
  auto port = options.port;
  auto actor = system.spawn(producer_behavior, std::move(options));
  port->connect([actor] { compat::send_anonymously(actor, messages::proceed{}); });
  return actor;
}

} // namespace ferry::actors
