// A consumer of orders of a broker on another node. Start several: they share the
// queue. Kill one: what it had not acked goes to the others at once. Look at the
// attempts: whatever was in its hands when it died is delivered again.
//
//   consumer_node 127.0.0.1:4040 --count 3
//
// Expected output:
//
//   connected to broker "broker" at 127.0.0.1:4040
//   order 1 of producer, attempt 1
//   order 2 of producer, attempt 1
//   order 3 of producer, attempt 1
//   3 orders are handled

#include "client_options.hpp"
#include "order.hpp"

#include <caf/actor_system.hpp>

#include <atomic>
#include <thread>

using namespace nodes;
using namespace std::chrono_literals;

namespace {

struct command_line : client_options {
  std::uint32_t prefetch = 16;
  std::uint32_t work = 0; // ms per order
};

void run(const command_line& wanted, stop_signals& stop) {
  auto handled = std::atomic<std::uint64_t>{0};
  auto handle = [&](const order& o, ferry::delivery& d) {
    if (wanted.count != 0 && handled >= wanted.count) {
      (void)d.keep(); // more than was wanted: returns, untried, when the consumer stops
      return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{wanted.work});
    say("order " + std::to_string(o.number) + " of " + o.from + ", attempt "
        + std::to_string(d.attempt()));
    ++handled;
  };
  ferry::system_config config;
  caf::actor_system system{config};
  auto broker = ferry::broker::connect(system, wanted.brokers, connect_config_of(wanted)).value();
  broker.declare(wanted.queue).value();
  auto consumer = broker
                    .consume<order>(wanted.queue, handle,
                                    {.prefetch_messages = wanted.prefetch, .name = wanted.name})
                    .value();
  while (!stop.wait_for(20ms) && (wanted.count == 0 || handled < wanted.count))
    continue;
  consumer.stop(); // returning was the ack; now the broker has it
  say(std::to_string(handled) + " orders are handled");
}

} // namespace

int main(int argc, char** argv) {
  auto wanted = command_line{};
  wanted.name = "consumer";
  auto app =
    CLI::App{"Handles the orders of a queue of a broker on another node.", "consumer_node"};
  add_client_options(app, wanted);
  app.add_option("--prefetch", wanted.prefetch, "How many orders are in its hands at a time")
    ->type_name("NUMBER")
    ->check(CLI::PositiveNumber)
    ->capture_default_str();
  app.add_option("--work", wanted.work, "How long it takes to handle an order")
    ->type_name("MILLISECONDS")
    ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  return run_until_stopped([&](stop_signals& stop) { run(wanted, stop); });
}
