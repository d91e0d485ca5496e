#include "catalogue.hpp"

#include "scenarios.hpp"

#include <algorithm>
#include <array>

namespace ferry::benchmarks {

namespace {

constexpr auto million = std::uint64_t{1'000'000};
constexpr auto shallow = std::uint64_t{1000};
constexpr auto deep = 10 * million;
constexpr auto kibibyte = std::size_t{1024};

} // namespace

const std::vector<scenario>& own_scenarios() {
  // clang-format off
  static const auto all = std::vector<scenario>{
    {"durable_round_trip", "publish, receipt, deliver, handle, ack on disk; one of each",
     {million}, durable_round_trip},
    {"durable_round_trip_large", "the same with 1 KiB each",
     {million / 4, kibibyte}, durable_round_trip},
    {"durable_four_to_four", "the same with four producers and four consumers on the queue",
     {million}, durable_four_to_four},
    {"durable_thousand_queues", "the same over 1,000 queues in turn, each with a consumer",
     {million}, durable_thousand_queues},
    {"bare_sqlite_loop", "no ferry: insert and delete in a loop, 1000 per commit",
     {million}, bare_sqlite_loop},
    {"bare_sqlite_loop_large", "the same with 1 KiB each",
     {million / 4, kibibyte}, bare_sqlite_loop},
    {"memory_round_trip", "the round trip of a memory queue, one publish call per message",
     {2 * million}, memory_round_trip},
    {"memory_round_trip_batches", "the same, published and handled in spans of up to 256",
     {4 * million}, memory_round_trip_batches},
    {"durable_receipt_one_in_flight", "publish and wait for the receipt, one at a time",
     {5000}, durable_receipt_one_in_flight, "p50_us"},
    {"bare_sqlite_single_commits", "no ferry: insert in a loop, one per commit",
     {5000}, bare_sqlite_single_commits, "p50_us"},
    {"steady_50k", "50,000 durable messages a second, from publish to handler",
     {million / 2}, steady_50k, "p99_us"},
    {"checkpoint_stall", "20,000 KiB a second into a durable queue, from publish to receipt",
     {400'000, kibibyte}, checkpoint_stall, "p999_us"},
    {"far_round_trip", "the durable round trip with the broker in another process",
     {million}, far_round_trip},
    {"far_receipt_one_in_flight", "publish and wait for the receipt, the broker in another process",
     {5000}, far_receipt_one_in_flight, "p50_us"},
    {"far_consumer_killed", "from the kill of a consumer's process to the redelivery elsewhere",
     {20}, far_consumer_killed, "p50_us"},
    {"far_consumer_silent", "the same where it is stopped, with a silence limit of a second",
     {5}, far_consumer_silent, "p50_us"},
    {"far_broker_restarted", "from the open port of a broker that was away to a waiting receipt",
     {5}, far_broker_restarted, "p50_us"},
    {"backlog", "fill a durable queue, open its file again, drain it",
     {0, 100, deep}, backlog},
    {"churn_shallow", "one published for each one handled, while 1,000 wait",
     {million, 100, shallow}, churn_at_depth},
    {"churn_deep", "the same while ten million wait",
     {million, 100, deep}, churn_at_depth},
    {"delayed_few", "put some more off, and let some come due, while 1,000 wait for tomorrow",
     {20'000, 100, shallow}, delayed_at_depth},
    {"delayed_many", "the same while a million wait",
     {20'000, 100, million}, delayed_at_depth},
    {"stream_plain", "no queue: 64 KiB blocks through a connection between nodes",
     {32'768, 64 * kibibyte}, stream_plain},
    {"stream_tls", "the same with TLS",
     {16'384, 64 * kibibyte}, stream_tls},
    {"echo_plain", "no queue: one byte there and back between nodes, one at a time",
     {20'000, 1}, echo_plain, "p50_us"},
    {"echo_tls", "the same with TLS",
     {20'000, 1}, echo_tls, "p50_us"},
  };
  // clang-format on
  return all;
}

const scenario* find_scenario(std::string_view name) {
  for (const auto* all : std::array{&own_scenarios(), &peer_scenarios()})
    if (auto found = std::ranges::find(*all, name, &scenario::name); found != all->end())
      return &*found;
  return nullptr;
}

settings settings_for(const scenario& item, const overrides& changes) {
  auto result = item.usual;
  if (result.messages > 0)
    result.messages = changes.messages.value_or(result.messages);
  result.payload_bytes = changes.payload_bytes.value_or(result.payload_bytes);
  if (result.depth > shallow)
    result.depth = changes.depth.value_or(result.depth);
  return result;
}

} // namespace ferry::benchmarks
