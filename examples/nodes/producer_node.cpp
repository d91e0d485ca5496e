// A producer of orders for a broker on another node. Kill the broker meanwhile, or
// cut the network: orders go on being published, are kept, and are confirmed when the
// broker is back. With --outbox they also survive the death of this program.
//
//   producer_node 127.0.0.1:4040 --count 3
//
// Expected output:
//
//   connected to broker "broker" at 127.0.0.1:4040
//   order 1 is synced
//   order 2 is synced
//   order 3 is synced
//   3 of 3 orders are confirmed

#include "client_options.hpp"
#include "order.hpp"

#include <caf/actor_system.hpp>

#include <atomic>

using namespace nodes;
using namespace std::chrono_literals;

namespace {

struct command_line : client_options {
  std::string outbox;
  double rate = 10;
};

/// What became of the orders; callbacks of the producer count here.
struct receipts {
  std::atomic<std::uint64_t> confirmed = 0;
  std::atomic<std::uint64_t> told = 0; // refused ones too

  void note(std::uint64_t number, const ferry::result<ferry::durability_level>& outcome) {
    if (outcome)
      ++confirmed;
    say("order " + std::to_string(number) + " is "
        + (outcome ? std::string{to_string(*outcome)} : "lost: " + outcome.why().text));
    ++told;
    told.notify_all();
  }

  // The last callback may come a moment after `wait_all` has returned.
  void wait_for(std::uint64_t count) const {
    for (auto now = told.load(); now < count; now = told.load())
      told.wait(now);
  }
};

// While the broker is away a window fills; Ctrl-C need not wait for it.
bool is_full(const ferry::producer<order>& producer) {
  auto window = producer.window();
  return window.messages >= window.max_messages;
}

void run(const command_line& wanted, stop_signals& stop) {
  auto seen = std::make_shared<receipts>();
  ferry::system_config config;
  caf::actor_system system{config};
  auto options = connect_config_of(wanted);
  options.close_limit = 5s; // without the broker: then the rest stays in the outbox, if any
  auto broker = ferry::broker::connect(system, wanted.brokers, options).value();
  broker.declare(wanted.queue).value();
  auto producer = broker.producer<order>(wanted.queue, {.outbox = wanted.outbox}).value();

  auto published = std::uint64_t{0};
  auto pause = std::chrono::duration_cast<std::chrono::nanoseconds>(
    wanted.rate > 0 ? std::chrono::duration<double>{1 / wanted.rate} : 0s);
  while (published < wanted.count || wanted.count == 0) {
    if (is_full(producer)) {
      if (stop.wait_for(10ms))
        break;
      continue;
    }
    auto number = ++published;
    (void)producer.publish({wanted.name, number},
                           [seen, number](const auto& outcome) { seen->note(number, outcome); });
    if (stop.wait_for(number == wanted.count ? 0ns : pause))
      break;
  }
  if (auto sent = producer.wait_all(5s); !sent && sent.why().code == ferry::errc::timed_out)
    say(sent.why().text);
  else
    seen->wait_for(published);
  say(std::to_string(seen->confirmed) + " of " + std::to_string(published)
      + " orders are confirmed");
}

} // namespace

int main(int argc, char** argv) {
  auto wanted = command_line{};
  wanted.name = "producer";
  auto app = CLI::App{"Publishes orders to a queue of a broker on another node.", "producer_node"};
  add_client_options(app, wanted);
  app.add_option("--rate", wanted.rate, "Orders per second; 0: as many as there is room for")
    ->type_name("NUMBER")
    ->check(CLI::NonNegativeNumber)
    ->capture_default_str();
  app.add_option("--outbox", wanted.outbox, "Keeps what is not confirmed; sent first next time")
    ->type_name("FILE");
  CLI11_PARSE(app, argc, argv);
  return run_until_stopped([&](stop_signals& stop) { run(wanted, stop); });
}
