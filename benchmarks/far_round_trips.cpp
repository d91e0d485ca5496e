// The same work with the broker in another process, over the loopback interface: one
// process serves, this one publishes and consumes.

#include "arrivals.hpp"
#include "broker_node.hpp"
#include "parcel.hpp"
#include "scenarios.hpp"

#include <algorithm>
#include <thread>

namespace ferry::benchmarks {

namespace {

/// Waits until that many acks are on the other node's disk.
void wait_for_acks(far_workbench& bench, std::uint64_t expected) {
  auto limit = steady::now() + std::chrono::minutes{1};
  while (bench->figures("parcels").value().publish_to_ack.count() < expected) {
    if (steady::now() > limit)
      throw wrong_run("the queue was not done a minute after its handlers");
    std::this_thread::sleep_for(std::chrono::microseconds{100});
  }
}

} // namespace

outcome far_round_trip(const settings& given) {
  auto node = broker_node{given.folder};
  auto arrivals = ordered_arrivals{1, given.messages};
  auto bench = far_workbench{node};
  bench->declare("parcels").value();
  auto take = [&](const parcel& p) { arrivals.arrived(0, p.number); };
  auto consumer = bench->consume<parcel>("parcels", take, {.prefetch_messages = 8192}).value();
  auto producer = bench->producer<parcel>("parcels").value();
  auto item = parcel_of(given.payload_bytes);

  auto start = steady::now();
  for (; item.number < given.messages; ++item.number)
    (void)producer.publish(item);
  producer.wait_all().value();
  arrivals.wait();
  wait_for_acks(bench, given.messages);
  auto result = outcome{given.messages, steady::now() - start};
  consumer.stop();
  arrivals.verify();
  verify_drained(bench->figures("parcels").value(), given.messages);
  return result;
}

outcome far_receipt_one_in_flight(const settings& given) {
  auto node = broker_node{given.folder};
  auto bench = far_workbench{node};
  bench->declare("parcels").value();
  auto producer = bench->producer<parcel>("parcels").value();
  auto latencies = std::vector<std::chrono::nanoseconds>{};
  auto item = parcel_of(given.payload_bytes);

  auto start = steady::now();
  for (; item.number < given.messages; ++item.number) {
    auto before = steady::now();
    producer.publish(item).wait().value();
    latencies.push_back(steady::now() - before);
  }
  auto result = outcome{given.messages, steady::now() - start};
  verify_filled(bench->figures("parcels").value(), given.messages);
  result.latencies = std::move(latencies);
  return result;
}

} // namespace ferry::benchmarks
