// A payment that cannot be made is tried again with growing waits, and ends in the
// dead-letter queue when it was delivered as often as its queue allows. Look at the
// letter: it tells why, and what was tried.
//
// Expected output:
//
//   paid 20 from A-1
//   attempt 1 of 3 for X-9: no such account
//   attempt 2 of 3 for X-9: no such account
//   attempt 3 of 3 for X-9: no such account
//   a dead letter: 70 from X-9, exhausted after 3 deliveries by "teller"
//     delivery 1 failed: no such account
//     delivery 2 failed: no such account
//     delivery 3 failed: no such account

#include "ferry/broker.hpp"

#include <caf/actor_system.hpp>

#include <future>
#include <iostream>
#include <stdexcept>

using namespace std::chrono_literals;

struct payment {
  std::string account;
  int amount = 0;
};
FERRY_DESCRIBE(payment, account, amount)

void pay(const payment& p, ferry::delivery& d) {
  if (p.account != "X-9") {
    std::cout << "paid " << p.amount << " from " << p.account << std::endl;
    return; // acks
  }
  std::cout << "attempt " << d.attempt() << " of 3 for " << p.account << ": no such account"
            << std::endl;
  throw std::runtime_error{"no such account"}; // nacks, with this as the reason
}

void print_letter(const payment& p, const ferry::envelope& letter) {
  auto end = ferry::death_of(letter).value();
  auto tries = ferry::attempts_of(letter);
  std::cout << "a dead letter: " << p.amount << " from " << p.account << ", "
            << to_string(end.cause) << " after " << end.deliveries << " deliveries by \""
            << tries.front().consumer << "\"" << std::endl;
  for (const auto& attempt : tries)
    std::cout << "  delivery " << attempt.number << " failed: " << attempt.reason << std::endl;
}

int main() {
  ferry::system_config config;
  caf::actor_system system{config};
  auto broker = ferry::broker::open(system, {.journal = "payments.db"}).value();
  auto options = ferry::queue_config{.max_deliveries = 3};
  options.retry = {ferry::retry_growth::exponential, 10ms, 1s};
  broker.declare("payments", options).value(); // and "payments.dead" with it

  auto producer = broker.producer<payment>("payments").value();
  (void)producer.publish({"A-1", 20});
  (void)producer.publish({"X-9", 70});
  producer.wait_all().value();

  std::promise<void> buried;
  broker.consume<payment>("payments", pay, {.name = "teller"}).value();
  broker
    .consume<payment>("payments.dead",
                      [&](const payment& p, ferry::delivery& d) {
                        print_letter(p, d.message());
                        buried.set_value();
                      })
    .value();
  buried.get_future().wait();
}
