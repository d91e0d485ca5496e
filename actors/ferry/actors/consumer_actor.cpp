#include "ferry/actors/consumer_actor.hpp"

#include "ferry/actors/answers.hpp"
#include "ferry/actors/handler_stops.hpp"
#include "ferry/actors/kept_sender.hpp"
#include "ferry/actors/protocol/consuming.hpp"
#include "ferry/actors/protocol/signalling.hpp"
#include "ferry/actors/protocol/stopping.hpp"
#include "ferry/actors/stop_questions.hpp"
#include "ferry/consumer/delivery_inbox.hpp"
#include "ferry/consumer/settlement_batch.hpp"
#include "ferry/retry/retry_policy.hpp"

#include <algorithm>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

namespace ferry::actors {

namespace {

using namespace std::chrono_literals;

constexpr auto answer_timeout = 60s;
constexpr auto unstored = queue_id{1}; // in marks of memory queues, which nobody reads later
constexpr auto slice = 1ms; // between two looks into the mailbox and two settle messages

// How long to wait after each subscription that a failed journal, or a lost link, refused.
const auto patience = retry_policy{retry_growth::exponential, 100ms, 5s, 2.0, 0.0};

class consumer_shell : public settling_port {
public:
  explicit consumer_shell(consumer_actor::pointer selfptr) : self(selfptr) {
    // CAF builds the state before the arguments arrive; start() finishes it
  }

  consumer_actor::behavior_type start(const consumer_options& given);

  // -- settling_port ----------------------------------------------------------

  void settle(settlement item) override;
  [[nodiscard]] kept_delivery keep(delivery_tag tag) override;
  [[nodiscard]] std::stop_token stop_token(delivery_tag tag) override;

  static inline const char* name = "ferry.consumer";

private:
  void subscribe();
  void subscription_refused(const caf::error& why);
  void subscribe_again(const messages::resubscribe& m);
  void wake(const messages::wake& m);
  void take(const messages::delivery& m);
  void work();
  void renew_leases();
  void handle_next();
  void take_one_run();
  void begin_mark();
  void end_handling();
  void extend_stops(const settlement& item);
  [[nodiscard]] const delivered_run* run_of(delivery_tag tag) const;
  void send_settlements();
  stop_questions::promise stop();
  void give_up_answers();
  void unsubscribe_if_settled();
  void leave(const caf::error& why);

  [[nodiscard]] time_point now() const {
    return options->clock.now(self);
  }

  [[nodiscard]] caf::actor myself() const {
    return caf::actor_cast<caf::actor>(self);
  }

  consumer_actor::pointer self;
  std::optional<consumer_options> options;
  consumer_id id{}; // none until the queue answered
  bool subscribing = false;     // the question is under way
  std::uint32_t refusals = 0;   // of subscriptions, one after the other
  std::uint64_t generation = 0; // a wake of an older generation is ignored
  delivery_inbox inbox;
  std::vector<delivery> batch;     // reused: what the handler works on
  std::vector<delivered_run> held; // reused: the runs of the batch, with their payloads
  std::vector<persistence::marked_run> marked; // reused: the same, as the mark tells it
  std::vector<delivery_tag> kept; // by the handler that runs
  settlement_batch settlements;
  std::optional<handler_stops> stops; // of the handler that runs
  std::size_t unanswered = 0;  // settle messages whose commit is not told yet
  bool proceed_is_due = false; // a `proceed` is in the mailbox
  stop_questions stopping;
};

consumer_actor::behavior_type consumer_shell::start(const consumer_options& given) {
  options = given;
  stops.emplace(given.supervisor);
  compat::survive_errors(self);
  subscribe();
  return {
    [this](const messages::delivery& m) { take(m); },
    [this](const messages::resubscribe& m) { subscribe_again(m); },
    [this](const messages::proceed&) { work(); },
    [this](const messages::wake& m) { wake(m); },
    [this](const messages::stop&) { return stop(); },
  };
}

// -- subscribing ------------------------------------------------------------------

void consumer_shell::subscribe() {
  subscribing = true;
  compat::request(self, options->queue, answer_timeout,
                  messages::subscribe{caf::actor_cast<caf::actor>(self), options->who})
    .then(
      [this](const messages::subscription& m) {
        subscribing = false;
        refusals = 0;
        id = m.consumer;
        unsubscribe_if_settled();
      },
      [this](const caf::error& why) { subscription_refused(why); });
}

// A failed journal or a lost link is no failure of the consumer: ending here would be charged to
// it, and too many of them would end it for good.
void consumer_shell::subscription_refused(const caf::error& why) {
  subscribing = false;
  if (stopping || !is_passing(why)) {
    leave(why);
    return;
  }
  compat::send_after(self, wait_after(patience, ++refusals, 0.5), consumer_actor{self},
                     messages::wake{++generation});
}

void consumer_shell::wake(const messages::wake& m) {
  if (m.generation != generation)
    return;
  if (stopping)
    give_up_answers();
  else
    subscribe();
}

// What was handed over and not begun comes again; what the handler has settled
// meanwhile is told the queue and found stale.
void consumer_shell::subscribe_again(const messages::resubscribe& m) {
  if (m.consumer != id || subscribing)
    return;
  ++generation; // it waits no longer after a refusal
  id = consumer_id::none;
  inbox.clear();
  (void)settlements.take();
  if (stopping)
    unsubscribe_if_settled();
  else
    subscribe();
}

// -- working ----------------------------------------------------------------------

void consumer_shell::take(const messages::delivery& m) {
  id = m.consumer; // the first delivery may overtake the subscription
  for (const auto& item : m.runs)
    inbox.add(item);
  if (!proceed_is_due)
    work();
}

void consumer_shell::work() {
  proceed_is_due = false;
  inbox.drop_expired(now());
  renew_leases();
  auto slice_end = now() + slice;
  while (!inbox.empty() && !stopping) {
    handle_next();
    if (now() >= slice_end)
      break;
  }
  send_settlements();
  if (inbox.empty() || stopping)
    return;
  proceed_is_due = true;
  compat::send(self, consumer_actor{self}, messages::proceed{});
}

void consumer_shell::renew_leases() {
  for (auto& item : inbox.renew(now()))
    settlements.add(std::move(item));
  send_settlements();
}

// A suspect has its handler for itself.
void consumer_shell::handle_next() {
  batch.clear();
  held.clear();
  do
    take_one_run();
  while (batch.size() < options->handler->batch_size() && held.back().with == company::any
         && held.size() < persistence::crash_mark::most_runs && inbox.next_is_sociable());
  begin_mark();
  kept.clear();
  options->handler->handle(batch);
  options->mark->end();
  end_handling();
}

// From now on nobody works on what is kept; it counts when it expires all the same.
void consumer_shell::end_handling() {
  stops->disarm(myself());
  for (auto tag : kept)
    settlements.add({tag, 1, settle_kind::keep, {}, {}});
}

// Should the process die in the handler, the next one knows what it was at.
void consumer_shell::begin_mark() {
  auto queue = options->stored_as == queue_id::none ? unstored : options->stored_as;
  marked.clear();
  for (const auto& item : held)
    marked.push_back({queue, item.run.first, item.run.count});
  options->mark->begin(marked);
}

void consumer_shell::take_one_run() {
  held.push_back(inbox.take(options->handler->batch_size() - batch.size()));
  const auto& item = held.back();
  auto facts = delivery_facts{item.run.first, item.first_tag, item.run.deliveries,
                              item.deadline,  item.lease,     options->queue_name};
  for (const auto& message : item.run.envelopes()) {
    batch.emplace_back(message, facts, *this);
    facts.sequence = advanced(facts.sequence, 1);
    facts.tag = advanced(facts.tag, 1);
  }
}

const delivered_run* consumer_shell::run_of(delivery_tag tag) const {
  for (const auto& item : held)
    if (tag >= item.first_tag && tag < advanced(item.first_tag, item.run.count))
      return &item;
  return nullptr;
}

// -- settling ---------------------------------------------------------------------

void consumer_shell::settle(settlement item) {
  auto cannot_wait = item.kind == settle_kind::extend;
  if (cannot_wait)
    extend_stops(item);
  settlements.add(std::move(item));
  if (cannot_wait)
    renew_leases(); // what waits behind it waits as long
}

void consumer_shell::extend_stops(const settlement& item) {
  auto deadline = later(now(), std::max(item.delay.value_or(0ns), 0ns));
  for (auto i = std::uint64_t{0}; i < item.count; ++i)
    if (const auto* run = run_of(advanced(item.first, i)))
      stops->extend(myself(), *run, advanced(item.first, i), deadline);
}

kept_delivery consumer_shell::keep(delivery_tag tag) {
  kept.push_back(tag);
  return {tag, make_kept_port(self->system(), options->queue, id)};
}

std::stop_token consumer_shell::stop_token(delivery_tag tag) {
  const auto* run = run_of(tag);
  return run ? stops->token_of(myself(), *run, tag) : std::stop_token{};
}

// An unanswered settlement needs no repetition: the queue either has it, or the
// deadline brings the message back. One that a failed journal or a lost link refused
// neither: its message comes back with `resubscribe`. Only who stops looks at the time.
void consumer_shell::send_settlements() {
  if (settlements.empty())
    return;
  ++unanswered;
  auto answered = [this] {
    unanswered -= std::min(unanswered, std::size_t{1}); // those given up may come late
    unsubscribe_if_settled();
  };
  compat::request(self, options->queue, messages::settle{id, settlements.take(),
                                                         stopping ? urgency::awaited
                                                                  : urgency::usual})
    .then([answered](const messages::settled&) { answered(); },
          [this, answered](const caf::error& why) {
            if (!is_passing(why))
              return leave(why);
            inbox.clear(); // it comes again as well: what is not begun need not be done twice
            answered();
          });
}

// -- leaving ----------------------------------------------------------------------

stop_questions::promise consumer_shell::stop() {
  auto promise = stopping.ask(self);
  send_settlements();
  if (unanswered > 0)
    compat::send_after(self, answer_timeout, consumer_actor{self}, messages::wake{++generation});
  unsubscribe_if_settled();
  return promise;
}

void consumer_shell::give_up_answers() {
  unanswered = 0;
  unsubscribe_if_settled();
}

// Whoever stops a consumer may rely on it that what it settled is on disk.
void consumer_shell::unsubscribe_if_settled() {
  if (!stopping || unanswered > 0 || subscribing)
    return;
  if (id == consumer_id::none) { // it holds nothing
    leave({});
    return;
  }
  compat::request(self, options->queue, answer_timeout, messages::unsubscribe{id})
    .then([this](const messages::unsubscribed&) { leave({}); },
          [this](const caf::error& why) { leave(why); });
}

void consumer_shell::leave(const caf::error& why) {
  stopping.answer();
  self->quit(why);
}

consumer_actor::behavior_type
consumer_behavior(consumer_actor::stateful_pointer<consumer_shell> self,
                  const consumer_options& options) {
  return compat::state(self).start(options);
}

} // namespace

consumer_actor spawn_consumer(caf::actor_system& system, consumer_options options) {
  auto where = options.where;
  return spawn_at(system, where, consumer_behavior, std::move(options));
}

} // namespace ferry::actors
