#include "ferry/actors/queue_signals.hpp"

namespace ferry::actors {

// -- wishes -----------------------------------------------------------------------

void queue_signals::watch(const messages::watch& m, const messages::supervise* spec) {
  auto begun = spec ? spec->begun : nullptr;
  if (consumers_.add(m.receiver, {m.queue, m.consumer, std::move(begun)}))
    monitor_(m.receiver);
}

void queue_signals::wake_at(const messages::wake_at& m) {
  know(m.queue);
  alarms_.set(m.queue.id(), m.when);
}

void queue_signals::ask_turn(const messages::ask_turn& m) {
  know(m.queue);
  if (turns_.ask(m.queue.id()))
    compat::send_anonymously(as<queue_actor>(m.queue), messages::turn{});
}

void queue_signals::end_turn(caf::actor_id queue) {
  if (auto next = turns_.end(queue))
    compat::send_anonymously(as<queue_actor>(queues_.at(*next)), messages::turn{});
}

void queue_signals::know(const caf::actor& queue) {
  if (queues_.emplace(queue.id(), queue).second)
    monitor_(queue);
}

// -- events -----------------------------------------------------------------------

void queue_signals::wake_due(time_point now) {
  for (auto queue : alarms_.take_due(now))
    compat::send_anonymously(as<queue_actor>(queues_.at(queue)), wake_of(queues_.at(queue)));
}

// Whose deadline passes now is the queue's to find; what its handlers are at can
// only be told here.
messages::wake queue_signals::wake_of(const caf::actor& queue) const {
  auto wake = messages::wake{};
  consumers_.each([&](const watched& item) {
    if (item.queue == queue && item.begun)
      wake.begun.push_back({item.consumer, item.begun()});
  });
  return wake;
}

void queue_signals::give_back(const caf::actor_addr& receiver, const messages::supervise* spec) {
  auto subscriptions = consumers_.take(receiver);
  if (subscriptions.empty())
    return;
  auto lost = messages::consumer_lost{};
  lost.begun_is_known = spec != nullptr && spec->begun != nullptr;
  if (lost.begun_is_known)
    lost.begun = spec->begun();
  for (const auto& item : subscriptions) {
    lost.consumer = item.consumer;
    compat::send_anonymously(as<queue_actor>(item.queue), lost);
  }
}

void queue_signals::forget(const caf::actor_addr& who) {
  end_turn(who.id());
  alarms_.cancel(who.id());
  queues_.erase(who.id());
}

} // namespace ferry::actors
