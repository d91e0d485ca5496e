// NATS JetStream through its C client. A publisher keeps a window of unacknowledged
// messages full, a consumer on a second connection pulls batches and acks each message.
// The clock stops when everything is confirmed and the server has taken the last ack.

#include "../arrivals.hpp"
#include "peer_message.hpp"
#include "peers.hpp"

#include <fmt/format.h>

#include <nats/nats.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <memory>
#include <thread>

namespace ferry::benchmarks {

namespace {

constexpr auto window = std::int64_t{4096};        // unconfirmed messages
constexpr auto most_unacked = std::int64_t{8192};  // of the consumer
constexpr auto batch = 512;                        // messages per pull
constexpr auto patience_ms = std::int64_t{60'000}; // then something was lost
constexpr const char* name = "ferry_bench";        // of the stream, its subject and its consumer

void check(natsStatus status, const char* what) {
  if (status != NATS_OK)
    throw wrong_run(fmt::format("NATS: {}: {}", what, natsStatus_GetText(status)));
}

/// Counts what the server did not take; the client calls it on a thread of its own.
void count_refused(jsCtx* /*context*/, jsPubAckErr* /*why*/, void* counter) {
  ++*static_cast<std::atomic<std::uint64_t>*>(counter);
}

/// A connection and its JetStream.
class jetstream {
public:
  jetstream() {
    auto url = fmt::format("nats://127.0.0.1:{}", port_in("FERRY_BENCH_NATS_PORT"));
    check(natsConnection_ConnectTo(&connection_, url.c_str()), "connecting");
    auto options = jsOptions{};
    jsOptions_Init(&options);
    options.PublishAsync.MaxPending = window;
    options.PublishAsync.StallWait = patience_ms;
    options.PublishAsync.ErrHandler = count_refused;
    options.PublishAsync.ErrHandlerClosure = &refused_;
    check(natsConnection_JetStream(&context_, connection_, &options), "JetStream");
  }

  jetstream(const jetstream&) = delete;
  jetstream& operator=(const jetstream&) = delete;

  ~jetstream() {
    jsCtx_Destroy(context_);
    natsConnection_Destroy(connection_);
  }

  [[nodiscard]] jsCtx* context() const {
    return context_;
  }

  void verify_nothing_was_refused() const {
    if (refused_ != 0)
      throw wrong_run(fmt::format("NATS refused {} messages", refused_.load()));
  }

private:
  std::atomic<std::uint64_t> refused_ = 0;
  natsConnection* connection_ = nullptr;
  jsCtx* context_ = nullptr;
};

/// An empty work queue in files for as long as this lives.
class work_queue {
public:
  work_queue() {
    const char* subjects[] = {name};
    auto config = jsStreamConfig{};
    jsStreamConfig_Init(&config);
    config.Name = name;
    config.Subjects = subjects;
    config.SubjectsLen = 1;
    config.Retention = js_WorkQueuePolicy;
    config.Storage = js_FileStorage;
    check(js_AddStream(nullptr, nats_.context(), &config, nullptr, nullptr), "adding a stream");
  }

  ~work_queue() {
    js_DeleteStream(nats_.context(), name, nullptr, nullptr);
  }

  /// The server erases what was acked a moment later.
  void verify_nothing_is_left() {
    auto limit = steady::now() + std::chrono::minutes{1};
    while (count() != 0) {
      if (steady::now() > limit)
        throw wrong_run(fmt::format("{} messages are left", count()));
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
  }

private:
  std::uint64_t count() {
    auto* info = static_cast<jsStreamInfo*>(nullptr);
    check(js_GetStreamInfo(&info, nats_.context(), name, nullptr, nullptr), "asking the stream");
    auto result = info->State.Msgs;
    jsStreamInfo_Destroy(info);
    return result;
  }

  jetstream nats_;
};

/// Pulls messages, checks their numbers, and acks every one.
class acking_consumer {
public:
  explicit acking_consumer(std::uint64_t expected) : expected_(expected) {
    auto options = jsSubOptions{};
    jsSubOptions_Init(&options);
    options.Config.AckPolicy = js_AckExplicit;
    options.Config.MaxAckPending = most_unacked;
    check(js_PullSubscribe(&subscription_, nats_.context(), name, name, nullptr, &options, nullptr),
          "subscribing");
  }

  acking_consumer(const acking_consumer&) = delete;
  acking_consumer& operator=(const acking_consumer&) = delete;

  ~acking_consumer() {
    natsSubscription_Destroy(subscription_);
  }

  /// Returns when the server has taken the last ack.
  void take_all(std::size_t bytes) {
    auto arrivals = ordered_arrivals{1, expected_};
    while (arrivals.count() < expected_)
      take_batch(bytes, arrivals);
    arrivals.verify();
  }

private:
  void take_batch(std::size_t bytes, ordered_arrivals& arrivals) {
    auto list = natsMsgList{};
    auto wanted = std::min<std::uint64_t>(batch, expected_ - arrivals.count());
    check(
      natsSubscription_Fetch(&list, subscription_, static_cast<int>(wanted), patience_ms, nullptr),
      "pulling");
    auto owner = std::unique_ptr<natsMsgList, void (*)(natsMsgList*)>{&list, natsMsgList_Destroy};
    for (auto i = 0; i < list.Count; ++i)
      take(list.Msgs[i], bytes, arrivals);
  }

  void take(natsMsg* message, std::size_t bytes, ordered_arrivals& arrivals) {
    auto length = static_cast<std::size_t>(natsMsg_GetDataLength(message));
    arrivals.arrived(0, number_in(natsMsg_GetData(message), length, bytes));
    if (arrivals.count() < expected_)
      check(natsMsg_Ack(message, nullptr), "acking");
    else
      check(natsMsg_AckSync(message, nullptr, nullptr), "acking the last message");
  }

  std::uint64_t expected_;
  jetstream nats_;
  natsSubscription* subscription_ = nullptr;
};

void publish_all(jetstream& nats, peer_message& message, std::uint64_t messages) {
  for (auto number = std::uint64_t{0}; number < messages; ++number) {
    message.set_number(number);
    check(js_PublishAsync(nats.context(), name, message.data(), static_cast<int>(message.size()),
                          nullptr),
          "publishing");
  }
  auto options = jsPubOptions{};
  jsPubOptions_Init(&options);
  options.MaxWait = patience_ms;
  check(js_PublishAsyncComplete(nats.context(), &options), "waiting for confirmations");
  nats.verify_nothing_was_refused();
}

} // namespace

outcome nats_round_trip(const settings& given) {
  auto queue = work_queue{};
  auto publisher = jetstream{};
  auto consumer = acking_consumer{given.messages};
  auto message = peer_message{given.payload_bytes};

  auto start = steady::now();
  auto consuming = std::async(std::launch::async, [&] { consumer.take_all(message.size()); });
  publish_all(publisher, message, given.messages);
  consuming.get();
  auto elapsed = steady::now() - start;
  queue.verify_nothing_is_left();
  return {given.messages, elapsed};
}

} // namespace ferry::benchmarks
