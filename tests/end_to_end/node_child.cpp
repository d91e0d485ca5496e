// One node of those that node_crash_test kills and stops; it says on standard output
// what it was promised.
//
//   node_child broker   PORT JOURNAL
//   node_child producer ADDRESS FIRST
//   node_child consumer ADDRESS
//
//   ready N          the broker serves at port N; the producer or consumer N works
//   confirmed N      the receipt of message N says synced
//   refused N        the receipt of message N says that it is not stored
//   handled N        the handler has message N
//   settled N        the ack of message N is on the broker's disk
//   report TEXT      what the broker handle reports, such as a lost link
//   done             the producer's messages are confirmed

#include "ferry/broker.hpp"

#include "support/say.hpp"

#include <CLI/CLI.hpp>
#include <caf/actor_system.hpp>

#include <cstdint>
#include <string>
#include <thread>
#include <unistd.h>

namespace {

using namespace ferry;
using namespace std::chrono_literals;
using ferry::testing::say;

struct options {
  std::string role;
  std::string where; // a port or an address
  std::string journal_or_first;
  std::string outbox;
  std::uint64_t count = UINT64_MAX; // messages to publish
  std::size_t payload = 20;
  std::size_t window_bytes = std::size_t{32} << 20;
  std::uint64_t max_messages = 2000; // in the queue
  std::size_t resident_bytes = std::size_t{64} << 20;
  std::uint32_t handlers = 4;
  std::uint32_t prefetch = 16; // of each handler
  int silence_ms = 1000;
  bool has_inbox = false;
};

void tell(const std::string& text) {
  say("report " + text);
}

link_config link_of(const options& given) {
  auto link = link_config{};
  link.pulse.silence = std::chrono::milliseconds{given.silence_ms};
  link.pulse.beat = link.pulse.silence / 5;
  link.handshake = link.pulse.silence;
  return link;
}

broker connected(caf::actor_system& system, const options& given) {
  auto config = connect_config{.link = link_of(given), .report = tell};
  return connect(system, given.where, config).value();
}

/// Tries again while the broker is not there.
auto once_connected(auto attempt) {
  for (;;) {
    auto outcome = attempt();
    if (outcome || outcome.why().code != errc::disconnected)
      return std::move(outcome.value());
    std::this_thread::sleep_for(5ms);
  }
}

[[noreturn]] void stay() {
  for (;;)
    ::pause();
}

void serve(caf::actor_system& system, const options& given) {
  auto here = broker::open(system, {.journal = given.journal_or_first, .report = tell}).value();
  auto queue = queue_config{.max_deliveries = 10'000,
                            .resident_bytes = given.resident_bytes,
                            .max_messages = given.max_messages};
  if (given.has_inbox)
    queue.handled_ids = 1'000'000;
  here.declare("work", queue).value();
  auto config = serve_config{.port = static_cast<std::uint16_t>(std::stoi(given.where)),
                             .link = link_of(given)};
  say("ready " + std::to_string(here.serve(config).value()));
  stay();
}

std::string text_of(std::uint64_t number, const options& given) {
  auto text = std::to_string(number);
  text.resize(std::max(text.size(), given.payload), ' ');
  return text;
}

void produce(caf::actor_system& system, const options& given) {
  auto there = connected(system, given);
  auto config = producer_config{.window_messages = 1024,
                                .window_bytes = given.window_bytes,
                                .window_timeout = 24h,
                                .outbox = given.outbox};
  auto producer = once_connected([&] { return there.producer<std::string>("work", config); });
  say("ready 0");
  auto number = std::uint64_t{std::stoull(given.journal_or_first)};
  for (auto left = given.count; left > 0; --left, ++number) {
    auto name = std::to_string(number);
    auto about = message_options{};
    if (given.has_inbox)
      about.id = name;
    (void)producer.publish(text_of(number, given), about, [name](const auto& outcome) {
      say((outcome && *outcome == durability_level::synced ? "confirmed " : "refused ") + name);
    });
  }
  producer.wait_all().value();
  say("done");
  stay();
}

void consume(caf::actor_system& system, const options& given) {
  auto there = connected(system, given);
  auto handle = [&](const std::string& text, delivery& item) {
    auto name = text.substr(0, text.find(' '));
    say("handled " + name);
    if (given.has_inbox && item.ack_and_wait(2s))
      say("settled " + name);
  };
  auto config = consumer_config{.concurrency = given.handlers, .prefetch_messages = given.prefetch};
  auto consumer =
    once_connected([&] { return there.consume<std::string>("work", handle, config); });
  say("ready 0");
  stay();
}

} // namespace

int main(int argc, char** argv) {
  auto given = options{};
  auto line = CLI::App{"A node that is killed"};
  line.add_option("role", given.role)->required();
  line.add_option("where", given.where)->required();
  line.add_option("journal_or_first", given.journal_or_first);
  line.add_option("--outbox", given.outbox);
  line.add_option("--count", given.count);
  line.add_option("--payload", given.payload);
  line.add_option("--window-bytes", given.window_bytes);
  line.add_option("--max-messages", given.max_messages);
  line.add_option("--resident-bytes", given.resident_bytes);
  line.add_option("--handlers", given.handlers);
  line.add_option("--prefetch", given.prefetch);
  line.add_option("--silence", given.silence_ms);
  line.add_flag("--inbox", given.has_inbox);
  CLI11_PARSE(line, argc, argv);
  system_config config;
  caf::actor_system system{config};
  if (given.role == "broker")
    serve(system, given);
  else if (given.role == "producer")
    produce(system, given);
  else
    consume(system, given);
}
