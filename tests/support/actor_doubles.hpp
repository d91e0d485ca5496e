// Actors that stand in for a queue's neighbours, and remember what they were told.

#pragma once

#include "ferry/actors/handles.hpp"
#include "support/virtual_system.hpp"

#include <memory>
#include <string>
#include <vector>

namespace ferry::testing {

/// A journal that commits when the test says so.
class held_journal {
public:
  explicit held_journal(virtual_system& host) : host_(host) {
    actor_ = host.own(host.system().spawn(behavior, seen_));
  }

  [[nodiscard]] actors::journal_actor actor() const {
    return actor_;
  }

  [[nodiscard]] const std::vector<messages::write>& writes() const {
    return *seen_;
  }

  /// How many records the queue has asked to have written.
  [[nodiscard]] std::size_t records() const {
    auto total = std::size_t{0};
    for (const auto& item : *seen_)
      total += item.batch->records.size();
    return total;
  }

  void commit_all() {
    for (const auto& item : std::exchange(*seen_, {}))
      host_.tell(actors::as<actors::queue_actor>(item.queue),
                 messages::committed{item.ticket, item.opened});
  }

  void fail_all(const error& why) {
    for (const auto& item : std::exchange(*seen_, {}))
      host_.tell(actors::as<actors::queue_actor>(item.queue),
                 messages::commit_failed{why, item.opened});
  }

private:
  using memory = std::shared_ptr<std::vector<messages::write>>;

  static actors::journal_actor::behavior_type behavior(actors::journal_actor::pointer,
                                                       const memory& seen) {
    return {
      [seen](const messages::write& m) { seen->push_back(m); },
      [](const messages::create&) { return messages::created{queue_id{1}}; },
      [](const messages::ask_journal&) { return messages::journal_report{}; },
      [](const messages::watch_journal&) {},
      [](const messages::reopen&) { return messages::reopened{}; },
      [](const messages::erase_rows&) { return messages::rows_erased{}; },
      [](const messages::proceed&) {},
      [](const messages::wake&) {},
      [](const messages::compact&) {},
      [](const messages::stop&) { return messages::stopped{}; },
    };
  }

  virtual_system& host_;
  memory seen_ = std::make_shared<std::vector<messages::write>>();
  actors::journal_actor actor_;
};

/// A consumer by the protocol alone: it subscribes and remembers.
class recording_consumer {
public:
  recording_consumer(virtual_system& host, actors::queue_actor queue, credit limit = {100, 1 << 20})
    : host_(host), queue_(std::move(queue)) {
    actor_ = host.own(host.system().spawn(behavior, seen_));
    id_ = host
            .request<messages::subscription>(
              queue_, messages::subscribe{caf::actor_cast<caf::actor>(actor_), limit})
            ->consumer;
  }

  /// The texts of everything delivered so far, in order.
  [[nodiscard]] std::vector<std::string> texts() const {
    auto all = std::vector<std::string>{};
    for (const auto& run : *seen_)
      for (const auto& item : run.run.envelopes()) {
        auto bytes = item.body.bytes();
        all.emplace_back(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      }
    return all;
  }

  [[nodiscard]] const std::vector<delivered_run>& runs() const {
    return *seen_;
  }

  /// The last delivery's tag.
  [[nodiscard]] delivery_tag tag() const {
    return seen_->back().first_tag;
  }

  [[nodiscard]] consumer_id id() const {
    return id_;
  }

  reply<messages::settled> settle(settle_kind kind, std::string reason = {},
                                  std::optional<duration> delay = {}) {
    return host_.request<messages::settled>(
      queue_, messages::settle{id_, {{tag(), 1, kind, delay, std::move(reason)}}});
  }

  void die() {
    host_.kill(actor_);
  }

private:
  using memory = std::shared_ptr<std::vector<delivered_run>>;

  static actors::delivery_receiver::behavior_type behavior(actors::delivery_receiver::pointer,
                                                           const memory& seen) {
    return {
      [seen](const messages::delivery& m) {
        seen->insert(seen->end(), m.runs.begin(), m.runs.end());
      },
      [](const messages::resubscribe&) {},
    };
  }

  virtual_system& host_;
  actors::queue_actor queue_;
  memory seen_ = std::make_shared<std::vector<delivered_run>>();
  actors::delivery_receiver actor_;
  consumer_id id_{};
};

/// A queue that knows one consumer: it delivers what the test wants, and remembers
/// what was settled.
class recording_queue {
public:
  explicit recording_queue(virtual_system& host) : host_(host) {
    actor_ = host.own(host.system().spawn(behavior, memory_));
  }

  [[nodiscard]] actors::queue_actor actor() const {
    return actors::as<actors::queue_actor>(actor_);
  }

  void deliver(std::vector<delivered_run> runs) {
    host_.tell(actors::as<actors::delivery_receiver>(memory_->receiver),
               messages::delivery{consumer_id{1}, std::move(runs)});
  }

  /// One list per settle message.
  [[nodiscard]] const std::vector<std::vector<settlement>>& settlements() const {
    return memory_->settlements;
  }

private:
  struct contents {
    caf::actor receiver;
    std::vector<std::vector<settlement>> settlements;
  };
  using memory = std::shared_ptr<contents>;

  static caf::behavior behavior(caf::event_based_actor*, const memory& seen) {
    return {
      [seen](const messages::subscribe& m) {
        seen->receiver = m.receiver;
        return messages::subscription{consumer_id{1}};
      },
      [seen](const messages::settle& m) {
        seen->settlements.push_back(m.settlements);
        return messages::settled{};
      },
    };
  }

  virtual_system& host_;
  memory memory_ = std::make_shared<contents>();
  caf::actor actor_;
};

/// A supervisor that does nothing, and remembers what it was asked for.
class recording_supervisor {
public:
  explicit recording_supervisor(virtual_system& host) {
    actor_ = host.own(host.system().spawn(behavior, memory_));
  }

  [[nodiscard]] actors::supervisor_actor actor() const {
    return actors::as<actors::supervisor_actor>(actor_);
  }

  [[nodiscard]] const std::vector<messages::arm_stop>& armed() const {
    return memory_->armed;
  }

  [[nodiscard]] const std::vector<messages::disarm_stop>& disarmed() const {
    return memory_->disarmed;
  }

  /// "ask" and "end", in order.
  [[nodiscard]] const std::vector<std::string>& turns() const {
    return memory_->turns;
  }

private:
  struct contents {
    std::vector<messages::arm_stop> armed;
    std::vector<messages::disarm_stop> disarmed;
    std::vector<std::string> turns;
  };
  using memory = std::shared_ptr<contents>;

  static caf::behavior behavior(caf::event_based_actor*, const memory& seen) {
    return {
      [seen](const messages::arm_stop& m) { seen->armed.push_back(m); },
      [seen](const messages::disarm_stop& m) { seen->disarmed.push_back(m); },
      [seen](const messages::ask_turn&) { seen->turns.emplace_back("ask"); },
      [seen](const messages::end_turn&) { seen->turns.emplace_back("end"); },
      [](const messages::watch&) {},
      [](const messages::wake_at&) {},
    };
  }

  memory memory_ = std::make_shared<contents>();
  caf::actor actor_;
};

} // namespace ferry::testing
