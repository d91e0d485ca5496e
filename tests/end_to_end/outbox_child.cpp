// The program that outbox_test kills: publishes three orders with an outbox file,
// and stays.
//
//   outbox_child JOURNAL OUTBOX
//
//   published        all three were published
//   confirmed        the receipts of all three say synced

#include "ferry/broker.hpp"

#include "support/say.hpp"

#include <caf/actor_system.hpp>

#include <cstdlib>
#include <string>
#include <unistd.h>

using ferry::testing::say;

int main(int argc, char** argv) {
  if (argc != 3)
    return 2;
  ferry::system_config config;
  caf::actor_system system{config};
  auto broker = ferry::broker::open(system, {.journal = argv[1]}).value();
  broker.declare("work").value();
  auto options = ferry::producer_config{};
  options.outbox = argv[2];
  auto producer = broker.producer<std::string>("work", options).value();
  for (const auto* text : {"a", "b", "c"})
    (void)producer.publish(text);
  say("published");
  producer.wait_all().value();
  say("confirmed");
  ::pause();
}
