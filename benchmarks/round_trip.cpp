// Publish, confirm, deliver, handle, acknowledge: through the public API, with
// everything in force, and counted on the far side.

#include "scenario.hpp"

#include "ferry/broker.hpp"

#include <caf/actor_system.hpp>

#include <atomic>
#include <semaphore>
#include <string>

namespace ferry::benchmarks {

namespace {

using steady = std::chrono::steady_clock;

struct parcel {
  std::uint64_t number = 0;
  std::string filling;
};
FERRY_DESCRIBE(parcel, number, filling)

// The encoded parcel has about `bytes`: names, number and headers take some 25.
std::string filling_for(std::size_t bytes) {
  return std::string(bytes > 25 ? bytes - 25 : 1, 'x');
}

/// Counts what arrives, in order and exactly once.
class arrival_check {
public:
  explicit arrival_check(std::uint64_t expected) : expected_(expected) {
  }

  void arrived(std::uint64_t number) {
    if (number != next_)
      in_order_ = false;
    if (++next_ == expected_)
      done_.release();
  }

  void wait() {
    if (!done_.try_acquire_for(std::chrono::minutes{10}))
      throw wrong_run("messages were lost");
  }

  void verify(const queue_figures& figures) const {
    if (!in_order_ || figures.acknowledged != expected_ || figures.redelivered != 0
        || figures.waiting() != 0)
      throw wrong_run("messages were doubled, out of order or left over");
  }

private:
  std::uint64_t expected_;
  std::uint64_t next_ = 0; // only the handler's thread writes it
  std::atomic<bool> in_order_ = true;
  std::binary_semaphore done_{0};
};

// The clock stops when the last acknowledgement is on disk: stopping the consumer
// waits for the queue's answer, and closing the broker for the journal's.
outcome round_trip(const settings& given, durability kept) {
  system_config config;
  caf::actor_system system{config};
  auto on_disk = kept == durability::disk;
  auto journal = on_disk ? (given.folder / "round_trip.db").string() : std::string{};
  auto broker = broker::open(system, {.journal = journal}).value();
  auto options = queue_config{};
  options.durability = kept;
  broker.declare("parcels", options).value();
  auto check = arrival_check{given.messages};
  auto prefetch = consumer_config{};
  prefetch.prefetch_messages = 8192;
  auto consumer
    = broker.consume<parcel>("parcels", [&](const parcel& p) { check.arrived(p.number); }, prefetch)
        .value();
  auto producer = broker.producer<parcel>("parcels").value();
  auto item = parcel{0, filling_for(given.payload_bytes)};

  auto start = steady::now();
  for (; item.number < given.messages; ++item.number)
    (void)producer.publish(item);
  producer.wait_all().value();
  check.wait();
  consumer.stop();
  auto result = outcome{given.messages, {}, {}, broker.journal_figures().value().commits};
  check.verify(broker.figures("parcels").value());
  broker.close().value();
  result.elapsed = steady::now() - start;
  return result;
}

} // namespace

outcome durable_round_trip(const settings& given) {
  return round_trip(given, durability::disk);
}

outcome memory_round_trip(const settings& given) {
  return round_trip(given, durability::memory);
}

outcome durable_receipt_one_in_flight(const settings& given) {
  system_config config;
  caf::actor_system system{config};
  auto broker = broker::open(system, {.journal = (given.folder / "receipt.db").string()}).value();
  broker.declare("parcels").value();
  auto producer = broker.producer<parcel>("parcels").value();
  auto item = parcel{0, filling_for(given.payload_bytes)};
  auto count = std::min<std::uint64_t>(given.messages, 5000);
  auto result = outcome{count, {}, {}, 0};
  auto start = steady::now();
  for (; item.number < count; ++item.number) {
    auto before = steady::now();
    producer.publish(item).wait().value();
    result.latencies.push_back(steady::now() - before);
  }
  result.elapsed = steady::now() - start;
  result.commits = broker.journal_figures().value().commits;
  if (broker.figures("parcels").value().ready != count)
    throw wrong_run("messages were lost");
  return result;
}

} // namespace ferry::benchmarks
