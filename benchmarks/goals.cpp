#include "goals.hpp"

#include "statistics.hpp"

#include <algorithm>

namespace ferry::benchmarks {

const std::vector<goal>& goals() {
  using enum bound;
  constexpr auto none = std::nullopt;
  // clang-format off
  static const auto all = std::vector<goal>{
    {"round trip, of a bare loop's rate",
     {"durable_round_trip", "rate"}, {{"bare_sqlite_loop", "rate"}}, at_least, 1.0},
    {"round trip, of RabbitMQ's rate",
     {"durable_round_trip", "rate"}, {{"rabbitmq_round_trip", "rate"}}, at_least, 20.0},
    {"round trip, of NATS JetStream's rate",
     {"durable_round_trip", "rate"}, {{"nats_round_trip", "rate"}}, at_least, 10.0},
    {"receipt, of a bare commit's time (p50)",
     {"durable_receipt_one_in_flight", "p50_us"},
     {{"bare_sqlite_single_commits", "p50_us"}}, at_most, 1.5},
    {"handler at 50,000/s, of a bare commit's time (p99)",
     {"steady_50k", "p99_us"}, {{"bare_sqlite_single_commits", "p99_us"}}, at_most, 4.0},
    {"memory queue in batches, messages/s",
     {"memory_round_trip_batches", "rate"}, none, at_least, 3e6},
    {"memory queue one by one, messages/s",
     {"memory_round_trip", "rate"}, none, at_least, 1.5e6},
    {"round trip at 1 KiB, of a bare loop's rate",
     {"durable_round_trip_large", "rate"}, {{"bare_sqlite_loop_large", "rate"}}, at_least, 0.9},
    {"1,000 queues, of one queue's rate",
     {"durable_thousand_queues", "rate"}, {{"durable_round_trip", "rate"}}, at_least, 0.6},
    {"four to four, of one to one's rate",
     {"durable_four_to_four", "rate"}, {{"durable_round_trip", "rate"}}, at_least, 0.9},
    {"backlog of 10 million, resident MiB",
     {"backlog", "peak_mib"}, none, at_most, 256.0},
    {"churn at 10 million, of the rate at 1,000",
     {"churn_deep", "rate"}, {{"churn_shallow", "rate"}}, at_least, 0.7},
    {"filling the last tenth, of the first's rate",
     {"backlog", "fill_last_tenth_rate"}, {{"backlog", "fill_first_tenth_rate"}}, at_least, 0.7},
    {"draining the first tenth, of the last's rate",
     {"backlog", "drain_first_tenth_rate"}, {{"backlog", "drain_last_tenth_rate"}}, at_least, 0.7},
    {"opening a backlog, seconds to the first delivery",
     {"backlog", "open_s"}, none, at_most, 1.0},
    {"deferring one more at 1 million, of the rate at 1,000",
     {"delayed_many", "rate"}, {{"delayed_few", "rate"}}, at_least, 0.5},
    {"one coming due at 1 million, of the rate at 1,000",
     {"delayed_many", "due_rate"}, {{"delayed_few", "due_rate"}}, at_least, 0.5},
    {"round trip between processes, messages/s",
     {"far_round_trip", "rate"}, none, at_least, 4e5},
    {"round trip between processes, of RabbitMQ's rate",
     {"far_round_trip", "rate"}, {{"rabbitmq_round_trip", "rate"}}, at_least, 8.0},
    {"receipt between processes, of the one within (p50)",
     {"far_receipt_one_in_flight", "p50_us"},
     {{"durable_receipt_one_in_flight", "p50_us"}}, at_most, 3.0},
    {"redelivery after the kill of a consumer's process, longest in ms",
     {"far_consumer_killed", "longest_ms"}, none, at_most, 100.0},
    {"redelivery beyond the limit of silence, longest in ms",
     {"far_consumer_silent", "beyond_limit_ms"}, none, at_most, 1000.0},
    {"receipt after a broker's port is open again, longest in ms",
     {"far_broker_restarted", "longest_ms"}, none, at_most, 1000.0},
  };
  // clang-format on
  return all;
}

std::vector<std::string> scenarios_of_goals() {
  auto names = std::vector<std::string>{};
  auto add = [&](const figure_name& item) {
    if (std::ranges::find(names, item.scenario) == names.end())
      names.push_back(item.scenario);
  };
  for (const auto& item : goals()) {
    add(item.subject);
    if (item.base)
      add(*item.base);
  }
  return names;
}

namespace {

std::optional<double> median_of(const figure_name& name, const results& measured) {
  auto runs = measured.find(name.scenario);
  if (runs == measured.end())
    return {};
  auto values = values_of(runs->second, name.figure);
  return values.empty() ? std::optional<double>{} : median(std::move(values));
}

} // namespace

std::optional<double> achieved(const goal& wanted, const results& measured) {
  auto subject = median_of(wanted.subject, measured);
  if (!subject || !wanted.base)
    return subject;
  auto base = median_of(*wanted.base, measured);
  return base ? std::optional{*subject / *base} : std::nullopt;
}

bool is_reached(const goal& wanted, double value) {
  return wanted.kind == bound::at_least ? value >= wanted.limit : value <= wanted.limit;
}

} // namespace ferry::benchmarks
