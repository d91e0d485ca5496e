// A program that knows ferry only as an installed package: one message through a
// journal, from the struct to the handler, and a port that is opened and closed.

#include "ferry/broker.hpp"
#include "ferry/net/gate.hpp"

#include <caf/actor_system.hpp>

#include <future>
#include <string>

struct greeting {
  std::string text;
};
FERRY_DESCRIBE(greeting, text)

int main() {
  ferry::net::net_thread thread;
  auto gate = ferry::net::listen(thread, {}, [](ferry::net::peer_stream) {}, {}).value();

  ferry::system_config config;
  caf::actor_system system{config};
  auto broker = ferry::broker::open(system, {.journal = "stranger.db"}).value();
  broker.declare("greetings").value();

  auto producer = broker.producer<greeting>("greetings").value();
  (void)producer.publish({"hello"}).wait().value();

  std::promise<std::string> arrived;
  auto consumer = broker.consume<greeting>("greetings", [&](const greeting& g) {
    arrived.set_value(g.text);
  }).value();
  return arrived.get_future().get() == "hello" && gate.port() != 0 ? 0 : 1;
}
