// Messages that died of a bug get another life: look at the dead letters without
// consuming them, mend the handler, try the redrive without moving anything, then
// move the letters back to the queue they died in.
//
// Expected output:
//
//   2 of 4 orders are dead
//   letter 1 from "orders", rejected after 1 delivery: no price for 12 x tea
//   letter 2 from "orders", rejected after 1 delivery: no price for 20 x jam
//   a dry run: 2 would move, 2 are still in orders.dead
//   moved 2, 0 are still in orders.dead
//   handled 12 x tea
//   handled 20 x jam

#include "ferry/broker.hpp"

#include <caf/actor_system.hpp>

#include <iostream>
#include <latch>

struct order {
  std::string item;
  int amount = 0;
};
FERRY_DESCRIBE(order, item, amount)

std::string text_of(const order& o) {
  return std::to_string(o.amount) + " x " + o.item;
}

int main() {
  ferry::system_config config;
  caf::actor_system system{config};
  auto broker = ferry::broker::open(system, {.journal = "letters.db"}).value();
  broker.declare("orders").value();
  auto letters_left = [&] { return broker.figures("orders.dead").value().ready; };

  auto producer = broker.producer<order>("orders").value();
  for (const auto& item : {order{"tea", 3}, order{"tea", 12}, order{"ham", 1}, order{"jam", 20}})
    (void)producer.publish(item).wait().value();

  std::latch tried{4};
  auto with_bug = broker.consume<order>("orders", [&](const order& o, ferry::delivery& d) {
    if (o.amount > 9) // the bug: there is a price
      d.reject("no price for " + text_of(o));
    tried.count_down();
  }).value();
  tried.wait();
  with_bug.stop(); // what was rejected is a dead letter now, on disk

  auto page = broker.browse("orders.dead").value();
  std::cout << page.items.size() << " of 4 orders are dead" << std::endl;
  for (const auto& item : page.items) {
    auto end = ferry::death_of(item.message).value();
    std::cout << "letter " << value_of(item.sequence) << " from \"" << end.queue << "\", "
              << to_string(end.cause) << " after " << end.deliveries
              << " delivery: " << end.reason << std::endl;
  }

  auto wanted = ferry::redrive_options{.reason_contains = "no price"};
  wanted.mode = ferry::redrive_mode::dry_run;
  auto would_move = broker.redrive("orders.dead", wanted).value().would_move;
  std::cout << "a dry run: " << would_move << " would move, " << letters_left()
            << " are still in orders.dead" << std::endl;

  wanted.mode = ferry::redrive_mode::move;
  auto moved = broker.redrive("orders.dead", wanted).value().moved;
  std::cout << "moved " << moved << ", " << letters_left() << " are still in orders.dead"
            << std::endl;

  std::latch handled{2};
  auto mended = broker.consume<order>("orders", [&](const order& o) {
    std::cout << "handled " << text_of(o) << std::endl;
    handled.count_down();
  }).value();
  handled.wait();
  mended.stop();
}
