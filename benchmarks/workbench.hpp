// What a user's program has around its queues: an actor system and a broker in it.

#pragma once

#include "arrivals.hpp"
#include "scenario.hpp"

#include "ferry/broker.hpp"

#include <caf/actor_system.hpp>

#include <filesystem>
#include <string>
#include <thread>
#include <utility>

namespace ferry::benchmarks {

/// One broker in an actor system of its own. Whatever fails throws: a scenario
/// that cannot do its work has no figures.
class workbench {
public:
  /// Opens, or opens again, the journal in `folder`.
  explicit workbench(const std::filesystem::path& folder)
    : workbench(broker_config{.journal = journal_in(folder).string()}) {
  }

  /// Memory queues only.
  workbench() : workbench(broker_config{}) {
  }

  [[nodiscard]] static std::filesystem::path journal_in(const std::filesystem::path& folder) {
    return folder / "journal.db";
  }

  broker* operator->() {
    return &broker_;
  }

  [[nodiscard]] std::uint64_t commits() const {
    return broker_.journal_figures().value().commits;
  }

  /// Waits until the figures of `queue` satisfy `condition`, and returns them.
  /// Errors   they did not within a minute
  template <class Condition>
  queue_figures wait_until(const std::string& queue, Condition condition) {
    auto limit = steady::now() + std::chrono::minutes{1};
    for (;;) {
      auto state = broker_.figures(queue).value();
      if (condition(state))
        return state;
      if (steady::now() > limit)
        throw wrong_run("the queue " + queue + " was not done a minute after its handlers");
      std::this_thread::sleep_for(std::chrono::microseconds{100});
    }
  }

  /// Waits until that many acks of `queue` are as safe as the queue promises: on
  /// disk, if it is durable.
  void wait_for_acks(const std::string& queue, std::uint64_t expected) {
    (void)wait_until(queue, [expected](const queue_figures& state) {
      return state.publish_to_ack.count() >= expected;
    });
  }

  /// The same of all queues together.
  void wait_for_acks_of_all(std::uint64_t expected) {
    auto limit = steady::now() + std::chrono::minutes{1};
    while (broker_.figures().value().total().publish_to_ack.count() < expected)
      if (steady::now() > limit)
        throw wrong_run("the queues were not done a minute after their handlers");
  }

private:
  explicit workbench(broker_config config)
    : broker_(broker::open(system_, std::move(config)).value()) {
  }

  system_config config_;
  caf::actor_system system_{config_};
  broker broker_;
};

/// The time and the commits of a scenario, from its construction on.
class stopwatch {
public:
  explicit stopwatch(workbench& bench) : bench_(bench), commits_before_(bench.commits()) {
  }

  [[nodiscard]] outcome stop(std::uint64_t messages) const {
    auto elapsed = steady::now() - start_;
    return {messages, elapsed, bench_.commits() - commits_before_};
  }

  /// The end of a round trip through the queue "parcels": stops when all that was
  /// published arrived and its acks are as safe as the queue promises.
  /// Errors   something was lost, doubled, out of order, or is left in the queue
  template <class Arrivals>
  [[nodiscard]] outcome finish(std::uint64_t messages, Arrivals& arrivals, consumer& taker) const {
    arrivals.wait();
    bench_.wait_for_acks("parcels", messages);
    auto result = stop(messages);
    taker.stop();
    arrivals.verify();
    verify_drained(bench_->figures("parcels").value(), messages);
    return result;
  }

private:
  workbench& bench_;
  std::uint64_t commits_before_;
  steady::time_point start_ = steady::now();
};

} // namespace ferry::benchmarks
