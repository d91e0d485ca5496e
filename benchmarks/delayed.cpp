// Many messages that wait for a time far ahead: what one more costs, and what it
// costs when some come due.

#include "arrivals.hpp"
#include "parcel.hpp"
#include "scenarios.hpp"
#include "workbench.hpp"

#include <algorithm>

namespace ferry::benchmarks {

namespace {

using wall = std::chrono::system_clock;

/// A consumer that is stopped before what its handler uses goes away.
class stopped_at_end {
public:
  explicit stopped_at_end(consumer running) : running_(std::move(running)) {
  }

  stopped_at_end(const stopped_at_end&) = delete;
  stopped_at_end& operator=(const stopped_at_end&) = delete;

  ~stopped_at_end() {
    running_.stop();
  }

private:
  consumer running_;
};

/// A durable queue whose handlers put messages off.
class delaying_queue {
public:
  explicit delaying_queue(const settings& given)
    : bench_(given.folder),
      item_(parcel_of(given.payload_bytes)) {
    bench_->declare("parcels").value();
  }

  /// Puts `count` new messages off until tomorrow, each to an instant of its own.
  /// Returns the time from the first delivery until all of it is on disk.
  std::chrono::nanoseconds defer_until_tomorrow(std::uint64_t count) {
    auto tomorrow = wall::now() + std::chrono::hours{24};
    auto arrivals = ordered_arrivals{1, count};
    auto first = publish(count);
    auto start = steady::now();
    auto consumer = consume([&](const parcel& p, delivery& d) {
      d.defer(tomorrow + std::chrono::microseconds{p.number});
      arrivals.arrived(0, p.number - first);
    });
    arrivals.wait();
    pending_ += count;
    bench_.wait_until("parcels", [this](const auto& queue) { return queue.delayed == pending_; });
    auto elapsed = steady::now() - start;
    arrivals.verify();
    return elapsed;
  }

  /// Puts `count` new messages off for `wait`. Returns the time from that instant
  /// until all of them are handled and acked on disk.
  std::chrono::nanoseconds defer_and_handle(std::uint64_t count, std::chrono::nanoseconds wait) {
    auto deferred = ordered_arrivals{1, count};
    auto handled = unordered_arrivals{count};
    auto first = publish(count);
    auto due = wall::now() + wait;
    auto consumer = consume([&](const parcel& p, delivery& d) {
      auto number = p.number - first;
      if (number == deferred.count()) { // its first delivery
        d.defer(due);
        deferred.arrived(0, number);
      } else
        handled.arrived(number);
    });
    deferred.wait();
    if (wall::now() >= due)
      throw wrong_run("the first messages were due before the last were deferred");
    handled.wait();
    bench_.wait_for_acks("parcels", count);
    auto elapsed = wall::now() - due;
    handled.verify();
    return elapsed;
  }

  void verify(std::uint64_t handled) {
    auto queue = bench_->figures("parcels").value();
    if (queue.acknowledged != handled || queue.delayed != pending_ || queue.waiting() != pending_)
      throw wrong_run("messages were lost, doubled or left over");
  }

private:
  std::uint64_t publish(std::uint64_t count) {
    auto producer = bench_->producer<parcel>("parcels").value();
    auto first = item_.number;
    for (; item_.number < first + count; ++item_.number)
      (void)producer.publish(item_);
    producer.wait_all().value();
    return first;
  }

  template <class Handler>
  stopped_at_end consume(Handler handler) {
    auto options = consumer_config{.prefetch_messages = 8192};
    return stopped_at_end{bench_->consume<parcel>("parcels", handler, options).value()};
  }

  workbench bench_;
  parcel item_;
  std::uint64_t pending_ = 0; // until tomorrow
};

} // namespace

outcome delayed_at_depth(const settings& given) {
  auto queue = delaying_queue{given};
  (void)queue.defer_until_tomorrow(given.depth);
  auto more = queue.defer_until_tomorrow(given.messages);
  auto wait = std::max<std::chrono::nanoseconds>(std::chrono::seconds{1}, 4 * more);
  auto due = std::chrono::duration<double>(queue.defer_and_handle(given.messages, wait));
  queue.verify(given.messages);
  auto due_rate = static_cast<double>(given.messages) / due.count();
  return {.messages = given.messages, .elapsed = more, .others = {{"due_rate", due_rate}}};
}

} // namespace ferry::benchmarks
