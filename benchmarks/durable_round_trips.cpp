// Publish, confirm, deliver, handle, acknowledge on disk: through the public API,
// with everything in force, and counted on the far side. The clock stops when the
// last acknowledgement is on disk.

#include "arrivals.hpp"
#include "parcel.hpp"
#include "scenarios.hpp"
#include "workbench.hpp"

#include <algorithm>
#include <string>
#include <thread>

namespace ferry::benchmarks {

// -- one of each --------------------------------------------------------------

outcome durable_round_trip(const settings& given) {
  auto arrivals = ordered_arrivals{1, given.messages};
  auto bench = workbench{given.folder};
  bench->declare("parcels").value();
  auto take = [&](const parcel& p) { arrivals.arrived(0, p.number); };
  auto consumer = bench->consume<parcel>("parcels", take, {.prefetch_messages = 8192}).value();
  auto producer = bench->producer<parcel>("parcels").value();
  auto item = parcel_of(given.payload_bytes);

  auto watch = stopwatch{bench};
  for (; item.number < given.messages; ++item.number)
    (void)producer.publish(item);
  producer.wait_all().value();
  return watch.finish(given.messages, arrivals, consumer);
}

// -- four producers, four consumers, one queue --------------------------------

namespace {

constexpr auto side_by_side = std::uint64_t{4};

/// Publishes every fourth number, from `first` on, with a session of its own.
void publish_share(producer<parcel> producer, std::uint64_t first, const settings& given) {
  auto item = parcel_of(given.payload_bytes);
  for (item.number = first; item.number < given.messages; item.number += side_by_side)
    (void)producer.publish(item);
  producer.wait_all().value();
}

} // namespace

outcome durable_four_to_four(const settings& given) {
  auto arrivals = unordered_arrivals{given.messages};
  auto bench = workbench{given.folder};
  bench->declare("parcels").value();
  auto options = consumer_config{.concurrency = side_by_side, .prefetch_messages = 2048};
  auto take = [&](const parcel& p) { arrivals.arrived(p.number); };
  auto consumer = bench->consume<parcel>("parcels", take, options).value();

  auto watch = stopwatch{bench};
  {
    auto threads = std::vector<std::jthread>{};
    for (auto first = std::uint64_t{0}; first < side_by_side; ++first)
      threads.emplace_back(publish_share, bench->producer<parcel>("parcels").value(), first,
                           std::cref(given));
  }
  return watch.finish(given.messages, arrivals, consumer);
}

// -- a thousand queues --------------------------------------------------------

namespace {

constexpr auto queue_count = std::size_t{1000};

std::string queue_name(std::size_t number) {
  return "parcels." + std::to_string(number);
}

/// A thousand queues, each with a producer, and a consumer on CAF's own threads.
class thousand_queues {
public:
  thousand_queues(workbench& bench, ordered_arrivals& arrivals) {
    for (auto queue = std::size_t{0}; queue < queue_count; ++queue) {
      bench->declare(queue_name(queue)).value();
      auto take = [&arrivals, queue](const parcel& p) { arrivals.arrived(queue, p.number); };
      consumers_.push_back(
        bench->consume<parcel>(queue_name(queue), take, {.threads = handler_threads::shared})
          .value());
      producers_.push_back(bench->producer<parcel>(queue_name(queue)).value());
    }
  }

  void publish_round_robin(parcel item, std::uint64_t per_queue) {
    for (; item.number < per_queue; ++item.number)
      for (auto& producer : producers_)
        (void)producer.publish(item);
    for (auto& producer : producers_)
      producer.wait_all().value();
  }

  void stop() {
    for (auto& consumer : consumers_)
      consumer.stop();
  }

private:
  std::vector<consumer> consumers_;
  std::vector<producer<parcel>> producers_;
};

} // namespace

outcome durable_thousand_queues(const settings& given) {
  auto per_queue = std::max<std::uint64_t>(given.messages / queue_count, 1);
  auto total = per_queue * queue_count;
  auto arrivals = ordered_arrivals{queue_count, per_queue};
  auto bench = workbench{given.folder};
  auto queues = thousand_queues{bench, arrivals};

  auto watch = stopwatch{bench};
  queues.publish_round_robin(parcel_of(given.payload_bytes), per_queue);
  arrivals.wait();
  bench.wait_for_acks_of_all(total);
  auto result = watch.stop(total);
  queues.stop();
  arrivals.verify();
  verify_drained(bench->figures().value().total(), total);
  return result;
}

} // namespace ferry::benchmarks
