#include "ferry/actors/consumer_actor.hpp"

#include "ferry/actors/answers.hpp"
#include "ferry/actors/stop_questions.hpp"
#include "ferry/consumer/delivery_inbox.hpp"
#include "ferry/consumer/settlement_batch.hpp"
#include "ferry/retry/retry_policy.hpp"

#include <caf/sec.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

namespace ferry::actors {

namespace {

using namespace std::chrono_literals;

constexpr auto answer_timeout = 60s;
constexpr auto longest_wait = duration{8760h}; // for an answer without a limit
constexpr auto slice = 1ms; // between two looks into the mailbox and two settle messages

// How long to wait after each subscription that a failed journal refused.
const auto patience = retry_policy{retry_growth::exponential, 100ms, 5s, 2.0, 0.0};

/// Settles what a handler kept, from any thread.
class kept_sender : public kept_port {
public:
  kept_sender(caf::actor_system& system, queue_actor queue, consumer_id consumer)
    : system_(system), queue_(std::move(queue)), consumer_(consumer) {
  }

  void send(settlement item) const override {
    compat::send_anonymously(queue_, messages::settle{consumer_, {std::move(item)}});
  }

  status ask(settlement item, std::optional<duration> limit) const override {
    auto self = caf::scoped_actor{system_};
    auto outcome = status{error{errc::closed, "the queue is closed; open its broker again"}};
    compat::request(self, queue_, limit.value_or(longest_wait),
                    messages::settle{consumer_, {std::move(item)}})
      .receive([&](messages::settled& m) { outcome = judge(m.outcome); },
               [&](caf::error& why) { outcome = from_caf(why); });
    return outcome;
  }

private:
  static status judge(const settle_outcome& outcome) {
    if (outcome.settled > 0)
      return success();
    return error{errc::stale, "the delivery had ended before, at its deadline or by another verb;"
                              " nothing was settled"};
  }

  caf::actor_system& system_;
  queue_actor queue_;
  consumer_id consumer_;
};

/// A delivery in a handler that moved its deadline, or asked to be told of it.
struct watched_delivery {
  time_point deadline = never;
  time_point limit = never; // no extension leads beyond
  std::stop_source source{std::nostopstate}; // made when it is asked for: most never do
};

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
  watched_delivery& watch(delivery_tag tag);
  void extend(const settlement& item);
  void arm(delivery_tag tag, const watched_delivery& item);
  void end_handling();
  void send_settlements();
  stop_questions::promise stop();
  void unsubscribe_if_settled();
  void leave(const caf::error& why);

  [[nodiscard]] time_point now() const {
    return options->clock.now(self);
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
  std::map<delivery_tag, watched_delivery> watched; // of the handler that runs
  bool keeps = false;          // that handler keeps one of its deliveries
  settlement_batch settlements;
  std::size_t unanswered = 0;  // settle messages whose commit is not told yet
  bool proceed_is_due = false; // a `proceed` is in the mailbox
  stop_questions stopping;
};

consumer_actor::behavior_type consumer_shell::start(const consumer_options& given) {
  options = given;
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

// A failed journal is no failure of the consumer: ending here would be charged to
// it, and too many of them would end it for good.
void consumer_shell::subscription_refused(const caf::error& why) {
  subscribing = false;
  if (stopping || from_caf(why).code != errc::journal_failed) {
    leave(why);
    return;
  }
  compat::send_after(self, wait_after(patience, ++refusals, 0.5), consumer_actor{self},
                     messages::wake{++generation});
}

void consumer_shell::wake(const messages::wake& m) {
  if (m.generation == generation && !stopping)
    subscribe();
}

// What was handed over and not begun comes again; what the handler has settled
// meanwhile is told the queue and found stale.
void consumer_shell::subscribe_again(const messages::resubscribe& m) {
  if (m.consumer != id)
    return;
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
  keeps = false;
  options->handler->handle(batch);
  options->mark->end();
  end_handling();
}

// A suspect that is kept has proved itself: the next one need not wait for it.
void consumer_shell::end_handling() {
  for (const auto& [tag, item] : watched)
    if (item.source.stop_possible())
      compat::send(self, options->supervisor,
                   messages::disarm_stop{caf::actor_cast<caf::actor>(self), value_of(tag)});
  watched.clear();
  if (keeps && held.front().with == company::none)
    settlements.add({held.front().first_tag, 1, settle_kind::keep, {}, {}});
}

// Should the process die in the handler, the next one knows what it was at.
void consumer_shell::begin_mark() {
  marked.clear();
  for (const auto& item : held)
    marked.push_back({options->stored_as, item.run.first, item.run.count});
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

// -- stopping handlers --------------------------------------------------------------

std::stop_token consumer_shell::stop_token(delivery_tag tag) {
  auto& item = watch(tag);
  if (!item.source.stop_possible()) {
    item.source = std::stop_source{};
    arm(tag, item);
  }
  return item.source.get_token();
}

watched_delivery& consumer_shell::watch(delivery_tag tag) {
  auto [at, is_fresh] = watched.try_emplace(tag);
  if (is_fresh)
    for (const auto& item : held)
      if (tag >= item.first_tag && tag < advanced(item.first_tag, item.run.count)) {
        at->second.deadline = item.deadline;
        at->second.limit = item.limit;
      }
  return at->second;
}

void consumer_shell::extend(const settlement& item) {
  auto& moved = watch(item.first);
  auto term = std::max(item.delay.value_or(duration::zero()), duration::zero());
  moved.deadline = std::min(later(now(), term), moved.limit);
  if (moved.source.stop_possible())
    arm(item.first, moved);
}

void consumer_shell::arm(delivery_tag tag, const watched_delivery& item) {
  compat::send(self, options->supervisor,
               messages::arm_stop{caf::actor_cast<caf::actor>(self), value_of(tag),
                                  item.source, item.deadline});
}

// -- settling ---------------------------------------------------------------------

void consumer_shell::settle(settlement item) {
  auto cannot_wait = item.kind == settle_kind::extend;
  if (cannot_wait)
    extend(item);
  settlements.add(std::move(item));
  if (cannot_wait)
    send_settlements();
}

kept_delivery consumer_shell::keep(delivery_tag tag) {
  keeps = true;
  return {tag, std::make_shared<kept_sender>(self->system(), options->queue, id)};
}

// An unanswered settlement needs no repetition: the queue either has it, or the
// deadline brings the message back. One that a failed journal refused neither: its
// message comes back with `resubscribe`.
void consumer_shell::send_settlements() {
  if (settlements.empty())
    return;
  ++unanswered;
  auto answered = [this] {
    --unanswered;
    unsubscribe_if_settled();
  };
  compat::request(self, options->queue, answer_timeout,
                  messages::settle{id, settlements.take()})
    .then([answered](const messages::settled&) { answered(); },
          [this, answered](const caf::error& why) {
            auto comes_again = from_caf(why).code == errc::journal_failed;
            if (comes_again)
              inbox.clear(); // so does the rest: what is not begun need not be done twice
            if (comes_again || why == caf::sec::request_timeout)
              answered();
            else
              leave(why);
          });
}

// -- leaving ----------------------------------------------------------------------

stop_questions::promise consumer_shell::stop() {
  auto promise = stopping.ask(self);
  send_settlements();
  unsubscribe_if_settled();
  return promise;
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
  if (options.where == placement::detached)
    return system.spawn<caf::detached>(consumer_behavior, std::move(options));
  return system.spawn(consumer_behavior, std::move(options));
}

} // namespace ferry::actors
