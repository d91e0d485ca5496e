// How long it takes until the work goes on when a node is lost: one process serves,
// others consume, this one publishes.

#include "parcel.hpp"
#include "scenarios.hpp"
#include "standby.hpp"
#include "workbench.hpp"

#include <algorithm>
#include <future>
#include <list>
#include <thread>

namespace ferry::benchmarks {

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 1min;

std::int64_t nanoseconds_of(steady::time_point when) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(when.time_since_epoch()).count();
}

[[noreturn]] void stay() {
  for (;;)
    ::pause();
}

/// A connection of this process, or of one that stands by.
struct far_program {
  explicit far_program(std::int64_t port, const connect_config& options = {})
    : far(connect(system, "127.0.0.1:" + std::to_string(port), options).value()) {
  }

  system_config config;
  caf::actor_system system{config};
  broker far;
};

/// Serves the journal in `folder`, at the port it is called with; says the port, and
/// when it was open.
auto serving(const std::filesystem::path& folder, const link_config& link) {
  return [folder, link](std::int64_t port, standby::voice voice) {
    auto bench = workbench{folder};
    auto config = serve_config{.port = static_cast<std::uint16_t>(port), .link = link};
    auto open = bench->serve(config).value();
    voice.say(nanoseconds_of(steady::now()));
    voice.say(open);
    stay();
  };
}

/// Consumes from the broker at the port it is called with, and keeps what it gets.
void hold(std::int64_t port, standby::voice voice) {
  auto program = far_program{port};
  auto take = [&](const parcel& p) {
    voice.say(static_cast<std::int64_t>(p.number));
    stay();
  };
  auto consumer = program.far.consume<parcel>("parcels", take, {.prefetch_messages = 1}).value();
  stay();
}

/// A message is a process that is lost here, and seconds: more than these show nothing new.
settings at_most(std::uint64_t losses, settings given) {
  given.messages = std::min(given.messages, losses);
  return given;
}

/// From a signal to a consumer that holds a message to its redelivery at another one.
outcome redelivery_after(int signal, const settings& given, const link_config& link) {
  auto server = standby{serving(given.folder, link)};
  auto holders = std::list<standby>{};
  for (auto number = std::uint64_t{0}; number < given.messages; ++number)
    holders.emplace_back(hold);
  server.call(0);
  (void)server.listen();
  auto port = server.listen();
  auto here = far_program{port};
  here.far.declare("parcels").value();
  auto producer = here.far.producer<parcel>("parcels").value();
  auto item = parcel_of(given.payload_bytes);
  auto latencies = std::vector<std::chrono::nanoseconds>{};

  auto start = steady::now();
  for (auto& holder : holders) {
    holder.call(port);
    producer.publish(item).wait().value();
    if (holder.listen() != static_cast<std::int64_t>(item.number))
      throw wrong_run("a message was lost or doubled");
    auto arrived = std::promise<steady::time_point>{};
    auto take = [&](const parcel& p) {
      if (p.number == item.number)
        arrived.set_value(steady::now());
    };
    auto consumer = here.far.consume<parcel>("parcels", take).value();
    auto lost = steady::now();
    holder.send(signal);
    auto redelivered = arrived.get_future();
    if (redelivered.wait_for(patience) != std::future_status::ready)
      throw wrong_run("nothing was delivered again within a minute");
    latencies.push_back(redelivered.get() - lost);
    consumer.stop();
    holder.end();
    ++item.number;
  }
  auto result = outcome{given.messages, steady::now() - start};
  if (here.far.figures("parcels").value().acknowledged != given.messages)
    throw wrong_run("messages were lost or doubled");
  auto longest = std::ranges::max(latencies);
  result.latencies = std::move(latencies);
  result.others["longest_ms"] = std::chrono::duration<double, std::milli>(longest).count();
  return result;
}

} // namespace

outcome far_consumer_killed(const settings& asked) {
  auto given = at_most(20, asked);
  return redelivery_after(SIGKILL, given, {});
}

outcome far_consumer_silent(const settings& asked) {
  auto given = at_most(5, asked);
  auto link = link_config{};
  link.pulse = {200ms, 1s};
  auto result = redelivery_after(SIGSTOP, given, link);
  result.others["beyond_limit_ms"] = result.others["longest_ms"] - 1000;
  return result;
}

// The broker is away for some seconds, so that its client waits as long as it ever does
// between two calls.
outcome far_broker_restarted(const settings& asked) {
  auto given = at_most(5, asked);
  auto servers = std::list<standby>{};
  for (auto number = std::uint64_t{0}; number <= given.messages; ++number)
    servers.emplace_back(serving(given.folder, {}));
  auto current = servers.begin();
  current->call(0);
  (void)current->listen();
  auto port = current->listen();
  auto here = far_program{port};
  here.far.declare("parcels").value();
  auto producer = here.far.producer<parcel>("parcels").value();
  auto item = parcel_of(given.payload_bytes);
  producer.publish(item).wait().value();
  auto latencies = std::vector<std::chrono::nanoseconds>{};

  auto start = steady::now();
  auto away = 2000ms;
  for (auto next = std::next(current); next != servers.end(); current = next++) {
    current->end();
    ++item.number;
    auto receipt = producer.publish(item);
    std::this_thread::sleep_for(away += 137ms);
    next->call(port);
    auto opened = std::chrono::nanoseconds{next->listen()};
    (void)next->listen();
    receipt.wait(patience).value();
    auto waited = std::chrono::nanoseconds{nanoseconds_of(steady::now())} - opened;
    latencies.push_back(std::max(waited, std::chrono::nanoseconds{0}));
  }
  auto result = outcome{given.messages, steady::now() - start};
  if (here.far.figures("parcels").value().ready != given.messages + 1)
    throw wrong_run("messages were lost or doubled");
  auto longest = std::ranges::max(latencies);
  result.latencies = std::move(latencies);
  result.others["longest_ms"] = std::chrono::duration<double, std::milli>(longest).count();
  return result;
}

} // namespace ferry::benchmarks
