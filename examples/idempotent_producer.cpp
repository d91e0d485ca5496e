// An order that is published again under the same id is stored once: by the same
// producer, by another one, and after a restart of the broker. Look at the receipts:
// each of them is good, and the queue still holds two orders.
//
// Expected output:
//
//   first try:   tea is synced, sugar is synced, the queue holds 2
//   second try:  tea is synced, sugar is synced, the queue holds 2
//   broker restarted
//   third try:   tea is synced, sugar is synced, the queue holds 2

#include "ferry/broker.hpp"

#include <caf/actor_system.hpp>

#include <iostream>
#include <string>

struct order {
  std::string item;
  int amount = 0;
};
FERRY_DESCRIBE(order, item, amount)

// What a program does that does not know whether it did it before.
void place_orders(ferry::broker& broker, const char* title) {
  auto producer = broker.producer<order>("orders").value();
  auto tea = producer.publish({"tea", 3}, {.id = "order-17"});
  auto sugar = producer.publish({"sugar", 1}, {.id = "order-18"});
  std::cout << title << "tea is " << to_string(tea.wait().value())
            << ", sugar is " << to_string(sugar.wait().value())
            << ", the queue holds " << broker.figures("orders").value().waiting() << std::endl;
}

int main() {
  ferry::system_config config;
  caf::actor_system system{config};
  {
    auto broker = ferry::broker::open(system, {.journal = "orders.db"}).value();
    broker.declare("orders").value();
    place_orders(broker, "first try:   ");
    place_orders(broker, "second try:  ");
  }
  std::cout << "broker restarted" << std::endl;
  auto broker = ferry::broker::open(system, {.journal = "orders.db"}).value();
  place_orders(broker, "third try:   ");
}
