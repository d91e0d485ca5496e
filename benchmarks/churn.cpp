// Publishing and consuming in step, so that the same number of messages waits in
// the queue all the time: whether the depth costs anything.

#include "arrivals.hpp"
#include "parcel.hpp"
#include "scenarios.hpp"
#include "workbench.hpp"

#include <limits>
#include <semaphore>

namespace ferry::benchmarks {

namespace {

/// Two threads take turns, a window of messages each. The handler is at most three
/// windows ahead, so that the depth is never further below the one that is asked for.
class lockstep {
public:
  static constexpr auto window = std::uint64_t{250};

  void handled() {
    if (++handled_ % window != 0)
      return;
    handled_windows_.release();
    published_windows_.acquire();
  }

  /// Errors   nothing was handled for a minute
  void wait_for_handler() {
    if (handled_windows_.try_acquire_for(std::chrono::minutes{1}))
      return;
    end();
    throw wrong_run("messages were lost: nothing was handled for a minute");
  }

  void published() {
    published_windows_.release();
  }

  /// The handler does not wait any more.
  void end() {
    published_windows_.release(std::numeric_limits<std::int32_t>::max());
  }

private:
  std::uint64_t handled_ = 0; // only the handler's thread uses it
  std::counting_semaphore<> handled_windows_{0};
  std::counting_semaphore<> published_windows_{2};
};

void publish(producer<parcel>& producer, parcel& item, std::uint64_t count) {
  for (auto end = item.number + count; item.number < end; ++item.number)
    (void)producer.publish(item);
}

// The consumer has gone on for a while: what it took it took in order, and the rest
// waits.
void verify_churn(const queue_figures& queue, std::uint64_t handled) {
  if (queue.acknowledged != handled || queue.redelivered != 0
      || queue.waiting() + handled != queue.published)
    throw wrong_run("messages were lost, doubled or left over");
}

} // namespace

outcome churn_at_depth(const settings& given) {
  auto windows = std::max<std::uint64_t>(given.messages / lockstep::window, 1);
  auto arrivals = ordered_arrivals{1, given.depth + windows * lockstep::window};
  auto pace = lockstep{};
  auto bench = workbench{given.folder};
  bench->declare("parcels").value();
  auto producer = bench->producer<parcel>("parcels").value();
  auto item = parcel_of(given.payload_bytes);
  publish(producer, item, given.depth);
  producer.wait_all().value();

  auto commits_before = bench.commits();
  auto start = steady::now();
  auto take = [&](const parcel& p) {
    arrivals.arrived(0, p.number);
    pace.handled();
  };
  auto consumer = bench->consume<parcel>("parcels", take, {.prefetch_messages = 8192}).value();
  for (auto turn = std::uint64_t{0}; turn < windows; ++turn) {
    pace.wait_for_handler();
    publish(producer, item, lockstep::window);
    pace.published();
  }
  producer.wait_all().value();
  auto elapsed = steady::now() - start;
  auto commits = bench.commits() - commits_before;

  pace.end();
  consumer.stop();
  arrivals.verify();
  verify_churn(bench->figures("parcels").value(), arrivals.count());
  bench->close().value();
  return {windows * lockstep::window, elapsed, commits};
}

} // namespace ferry::benchmarks
