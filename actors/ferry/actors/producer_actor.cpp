#include "ferry/actors/producer_actor.hpp"

#include "ferry/actors/answers.hpp"
#include "ferry/actors/protocol/publishing.hpp"
#include "ferry/actors/protocol/signalling.hpp"
#include "ferry/actors/protocol/stopping.hpp"
#include "ferry/actors/stop_questions.hpp"
#include "ferry/producer/outbox.hpp"

#include <algorithm>
#include <optional>
#include <random>
#include <utility>
#include <vector>

namespace ferry::actors {

namespace {

using namespace std::chrono_literals;

constexpr auto erase_delay = 1s; // an idle producer's; a busy one erases as it records

struct producer_shell {
  explicit producer_shell(producer_actor::pointer selfptr) : self(selfptr) {
    // CAF builds the state before the arguments arrive; start() finishes it
  }

  producer_actor::behavior_type start(const producer_options& given);

  void resume(durable_outbox& from);
  void send_waiting(haste how);
  void send(outbox_batch batch);
  void send_all(std::vector<outbox_batch> batches);
  void go_on();
  void receive(const publish_outcome& outcome, std::uint64_t round);
  void fail(const caf::error& why, std::uint64_t round);
  void fail_all(error why);
  void give_up_old();
  void wake(const messages::wake& m);
  stop_questions::promise stop();
  void arm();
  void end_if_done();

  // -- outbox file ------------------------------------------------------------

  [[nodiscard]] bool record(const std::vector<outbox_page>& pages);
  void forget(publish_number up_to);
  void erase_forgotten(time_point until);

  [[nodiscard]] time_point now() const {
    return options->clock.now(self);
  }

  double random() {
    return std::generate_canonical<double, 32>(randomness);
  }

  producer_actor::pointer self;
  std::optional<producer_options> options;
  std::optional<outbox> core;
  std::unique_ptr<persistence::outbox_journal> file; // null: none
  time_point erase_at = never;
  error last_failure;
  std::minstd_rand randomness;
  std::uint64_t generation = 0; // a wake of an older generation is ignored
  time_point armed = never;
  stop_questions stopping;

  static inline const char* name = "ferry.producer";
};

producer_actor::behavior_type producer_shell::start(const producer_options& given) {
  options = given;
  const auto& config = given.port->config();
  auto record = given.outbox ? outbox_record::file : outbox_record::none;
  core.emplace(given.session,
               outbox_limits{config.confirm_timeout, config.give_up_after, record});
  randomness.seed(static_cast<std::minstd_rand::result_type>(value_of(given.session)));
  compat::survive_errors(self);
  if (auto kept = std::exchange(options->outbox, nullptr))
    resume(*kept);
  return {
    [this](const messages::proceed&) { send_waiting(core->wants()); },
    [this](const messages::room&) { go_on(); },
    [this](const messages::wake& m) { wake(m); },
    [this](const messages::stop&) { return stop(); },
  };
}

// Their age counts from here: the time without a process is not held against them.
void producer_shell::resume(durable_outbox& from) {
  file = std::move(from.file);
  for (auto& page : std::exchange(from.kept.pages, {}))
    if (auto batch = core->restore(now(), std::move(page)))
      send(std::move(*batch));
  arm();
}

void producer_shell::send_waiting(haste how) {
  auto pages = std::vector<outbox_page>{};
  for (auto& [first, page] : options->port->take(how))
    pages.push_back({first, std::make_shared<const message_page>(std::move(page))});
  if (pages.empty() || !record(pages))
    return;
  for (auto& page : pages)
    if (auto batch = core->add(now(), std::move(page)))
      send(std::move(*batch));
  arm();
}

// The outbox itself looks at the time: a timer per page would wake CAF's clock.
void producer_shell::send(outbox_batch batch) {
  auto round = batch.round;
  auto request = publish_request{core->session(), batch.oldest, batch.first,
                                 std::move(batch.page), batch.is_resend, true};
  compat::request(self, options->queue, messages::publish{std::move(request)})
    .then([this, round](const messages::receipt& m) { receive(m.outcome, round); },
          [this, round](const caf::error& why) { fail(why, round); });
}

void producer_shell::receive(const publish_outcome& outcome, std::uint64_t round) {
  core->confirm(outcome.up_to);
  forget(outcome.up_to);
  options->port->settle(outcome);
  if (outcome.asks_for_more())
    send_all(core->send_rest(now(), round));
  else if (outcome.resend_from != publish_number::none)
    core->fail(now(), round, random());
  send_waiting(core->wants());
  arm();
  end_if_done();
}

void producer_shell::fail(const caf::error& why, std::uint64_t round) {
  if (!is_worth_another_try(why))
    return fail_all(from_caf(why));
  last_failure = from_caf(why);
  if (core->fail(now(), round, random()))
    options->port->hold(last_failure);
  arm();
}

// What is in the outbox file stays there.
void producer_shell::fail_all(error why) {
  core->confirm(publish_number{UINT64_MAX});
  if (file)
    why.text += "; what the outbox recorded is sent by the next producer that opens it";
  options->port->fail(why);
  end_if_done();
}

void producer_shell::give_up_old() {
  auto up_to = core->give_up(now());
  if (!up_to)
    return;
  forget(*up_to);
  options->port->give_up(*up_to, last_failure);
}

void producer_shell::wake(const messages::wake& m) {
  if (m.generation != generation)
    return;
  armed = never;
  give_up_old();
  core->miss_answers(now(), random());
  send_all(core->take_due(now()));
  send_waiting(core->wants());
  erase_forgotten(now());
  arm();
  end_if_done();
}

void producer_shell::send_all(std::vector<outbox_batch> batches) {
  for (auto& batch : batches)
    send(std::move(batch));
}

void producer_shell::go_on() {
  send_all(core->cut_wait(now()));
  arm();
}

// A wake-up that comes too early asks again; so there is one on its way, not one
// for each confirm.
void producer_shell::arm() {
  auto due = std::min({core->next_due().value_or(never), core->next_overdue().value_or(never),
                       core->next_give_up().value_or(never), erase_at});
  if (due >= armed)
    return;
  armed = due;
  compat::send_after(self, std::max(due - now(), duration::zero()), producer_actor{self},
                     messages::wake{++generation});
}

stop_questions::promise producer_shell::stop() {
  auto promise = stopping.ask(self);
  options->port->close();
  send_waiting(haste::everything);
  send_all(core->take_due(never)); // whoever stops does not wait for a back-off
  end_if_done();
  return promise;
}

void producer_shell::end_if_done() {
  if (!stopping || !core->empty())
    return;
  erase_forgotten(never);
  file.reset(); // it can be opened again when the answer arrives
  stopping.answer();
  options->port->connect({}); // a port may outlive the actor system, a handle must not
  self->quit();
}

// -- outbox file ----------------------------------------------------------------

bool producer_shell::record(const std::vector<outbox_page>& pages) {
  if (!file)
    return true;
  auto outcome = file->record(pages);
  if (!outcome) {
    fail_all(outcome.why());
    return false;
  }
  erase_at = never;
  return true;
}

void producer_shell::forget(publish_number up_to) {
  if (!file)
    return;
  file->erase_later(up_to);
  if (file->has_to_erase() && erase_at == never)
    erase_at = later(now(), erase_delay);
}

// Where it fails, the next record says so.
void producer_shell::erase_forgotten(time_point until) {
  if (!file || erase_at > until)
    return;
  erase_at = never;
  (void)file->erase_now();
}

producer_actor::behavior_type
producer_behavior(producer_actor::stateful_pointer<producer_shell> self,
                  const producer_options& options) {
  return compat::state(self).start(options);
}

} // namespace

producer_actor spawn_producer(caf::actor_system& system, producer_options options) {
  auto port = options.port;
  if (options.outbox) {
    const auto& kept = options.outbox->kept;
    options.session = kept.session;
    port->restore(kept.next, kept.pages);
  }
  auto where = options.where;
  auto actor = spawn_at(system, where, producer_behavior, std::move(options));
  port->connect([actor] { compat::send_anonymously(actor, messages::proceed{}); });
  return actor;
}

} // namespace ferry::actors
