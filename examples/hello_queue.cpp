// A durable queue in thirty lines: a struct is described, published, confirmed and
// consumed. Look at the receipt: when it says "synced", the order survives a power
// loss.
//
// Expected output:
//
//   order 1 is synced
//   handling 3 x tea, attempt 1
//   handled 1 of 1

#include "ferry/broker.hpp"

#include <caf/actor_system.hpp>

#include <future>
#include <iostream>

struct order {
  int id = 0;
  std::string item;
  int amount = 0;
};
FERRY_DESCRIBE(order, id, item, amount)

int main() {
  ferry::system_config config;
  caf::actor_system system{config};
  auto broker = ferry::broker::open(system, {.journal = "hello.db"}).value();
  broker.declare("orders").value();

  auto producer = broker.producer<order>("orders").value();
  auto level = producer.publish({1, "tea", 3}).wait().value();
  std::cout << "order 1 is " << to_string(level) << std::endl;

  std::promise<void> handled;
  auto consumer = broker.consume<order>("orders", [&](const order& o, ferry::delivery& d) {
    std::cout << "handling " << o.amount << " x " << o.item << ", attempt " << d.attempt() << std::endl;
    handled.set_value();
  }).value();
  handled.get_future().wait();
  consumer.stop(); // returning was the ack; now it is on disk

  auto figures = broker.figures("orders").value();
  std::cout << "handled " << figures.acknowledged << " of " << figures.published << std::endl;
}
