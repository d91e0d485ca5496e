// The round trip without a disk: what the way itself costs.

#include "arrivals.hpp"
#include "parcel.hpp"
#include "scenarios.hpp"
#include "workbench.hpp"

#include <algorithm>
#include <span>

namespace ferry::benchmarks {

namespace {

constexpr auto batch_size = std::size_t{256};

/// Publishes `messages` parcels in spans of `batch_size`, whose memory is reused.
void publish_batches(producer<parcel>& producer, const settings& given) {
  auto batch = std::vector<parcel>(batch_size, parcel_of(given.payload_bytes));
  for (auto first = std::uint64_t{0}; first < given.messages; first += batch_size) {
    auto count = std::min<std::uint64_t>(batch_size, given.messages - first);
    for (auto i = std::size_t{0}; i < count; ++i)
      batch[i].number = first + i;
    (void)producer.publish(std::span<const parcel>{batch.data(), count});
  }
}

void publish_one_by_one(producer<parcel>& producer, const settings& given) {
  auto item = parcel_of(given.payload_bytes);
  for (; item.number < given.messages; ++item.number)
    (void)producer.publish(item);
}

template <class Handler, class Publish>
outcome round_trip(const settings& given, ordered_arrivals& arrivals, Handler take,
                   Publish publish) {
  auto bench = workbench{};
  bench->declare("parcels", {.durability = durability::memory}).value();
  auto consumer = bench->consume<parcel>("parcels", take, {.prefetch_messages = 8192}).value();
  auto producer = bench->producer<parcel>("parcels").value();

  auto watch = stopwatch{bench};
  publish(producer, given);
  producer.wait_all().value();
  return watch.finish(given.messages, arrivals, consumer);
}

} // namespace

outcome memory_round_trip(const settings& given) {
  auto arrivals = ordered_arrivals{1, given.messages};
  auto take = [&](const parcel& p) { arrivals.arrived(0, p.number); };
  return round_trip(given, arrivals, take, publish_one_by_one);
}

outcome memory_round_trip_batches(const settings& given) {
  auto arrivals = ordered_arrivals{1, given.messages};
  auto take = [&](std::span<const parcel> items) {
    for (const auto& p : items)
      arrivals.arrived(0, p.number);
  };
  return round_trip(given, arrivals, take, publish_batches);
}

} // namespace ferry::benchmarks
