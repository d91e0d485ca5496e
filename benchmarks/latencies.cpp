// How long single messages take. Where the pace is given, a latency begins at the
// instant that the schedule gives a message, not when the publisher got around to
// it: a stall counts for every message that it held up.

#include "arrivals.hpp"
#include "parcel.hpp"
#include "scenarios.hpp"
#include "workbench.hpp"

#include <algorithm>
#include <system_error>
#include <thread>

#include <sys/prctl.h>

namespace ferry::benchmarks {

// -- one at a time ------------------------------------------------------------

outcome durable_receipt_one_in_flight(const settings& given) {
  auto bench = workbench{given.folder};
  bench->declare("parcels").value();
  auto producer = bench->producer<parcel>("parcels").value();
  auto latencies = std::vector<std::chrono::nanoseconds>{};
  auto item = parcel_of(given.payload_bytes);

  auto watch = stopwatch{bench};
  for (; item.number < given.messages; ++item.number) {
    auto before = steady::now();
    producer.publish(item).wait().value();
    latencies.push_back(steady::now() - before);
  }
  auto result = watch.stop(given.messages);
  verify_filled(bench->figures("parcels").value(), given.messages);
  result.latencies = std::move(latencies);
  return result;
}

// -- at a steady pace ---------------------------------------------------------

namespace {

/// When each message is due, by an absolute schedule.
class schedule {
public:
  explicit schedule(std::chrono::nanoseconds interval) : interval_(interval) {
  }

  void begin() {
    ::prctl(PR_SET_TIMERSLACK, 1); // this thread sleeps to the microsecond
    start_ = steady::now();
  }

  [[nodiscard]] steady::time_point due(std::uint64_t number) const {
    return start_ + interval_ * static_cast<std::int64_t>(number);
  }

  [[nodiscard]] std::chrono::nanoseconds late(std::uint64_t number) const {
    return steady::now() - due(number);
  }

  /// Waits for the message's turn; returns at once when that has passed.
  void wait_for(std::uint64_t number) const {
    if (late(number).count() < 0)
      std::this_thread::sleep_until(due(number));
  }

private:
  std::chrono::nanoseconds interval_;
  steady::time_point start_{};
};

std::uintmax_t size_of(const std::filesystem::path& file) {
  auto missing = std::error_code{};
  auto size = std::filesystem::file_size(file, missing);
  return missing ? 0 : size;
}

} // namespace

// From publish to the start of the handler.
outcome steady_50k(const settings& given) {
  auto arrivals = ordered_arrivals{1, given.messages};
  auto latencies = std::vector<std::chrono::nanoseconds>(given.messages);
  auto pace = schedule{std::chrono::microseconds{20}};
  auto bench = workbench{given.folder};
  bench->declare("parcels").value();
  auto take = [&](const parcel& p) {
    latencies.at(p.number) = pace.late(p.number);
    arrivals.arrived(0, p.number);
  };
  auto consumer = bench->consume<parcel>("parcels", take, {.prefetch_messages = 8192}).value();
  auto producer = bench->producer<parcel>("parcels").value();
  auto item = parcel_of(given.payload_bytes);

  auto watch = stopwatch{bench};
  pace.begin();
  for (; item.number < given.messages; ++item.number) {
    pace.wait_for(item.number);
    (void)producer.publish(item);
  }
  auto result = watch.finish(given.messages, arrivals, consumer);
  result.latencies = std::move(latencies);
  return result;
}

// From publish to receipt, while hundreds of MiB go through the write-ahead log, so
// that every checkpoint's stall is in the latencies; and how long the log gets.
outcome checkpoint_stall(const settings& given) {
  auto latencies = std::vector<std::chrono::nanoseconds>(given.messages);
  auto pace = schedule{std::chrono::microseconds{50}};
  auto bench = workbench{given.folder};
  bench->declare("parcels").value();
  auto producer = bench->producer<parcel>("parcels").value();
  auto log = workbench::journal_in(given.folder).string() + "-wal";
  auto longest_log = std::uintmax_t{0};
  auto item = parcel_of(given.payload_bytes);

  auto watch = stopwatch{bench};
  pace.begin();
  for (; item.number < given.messages; ++item.number) {
    pace.wait_for(item.number);
    (void)producer.publish(
      item, [&, number = item.number](const auto&) { latencies[number] = pace.late(number); });
    if (item.number % 64 == 0)
      longest_log = std::max(longest_log, size_of(log));
  }
  producer.wait_all().value();
  auto result = watch.stop(given.messages);
  verify_filled(bench->figures("parcels").value(), given.messages);
  bench->close().value(); // after the last callback
  result.latencies = std::move(latencies);
  result.others["wal_mib"] = static_cast<double>(longest_log) / (1 << 20);
  return result;
}

} // namespace ferry::benchmarks
