// The program that crash_test kills: publishes and consumes as fast as it can, and
// says on standard output what it was promised.
//
//   crash_child JOURNAL FIRST
//
//   ready            the broker is open
//   confirmed N      the receipt of message N says synced
//   handled N        message N was handed to the handler, which then returned

#include "ferry/broker.hpp"

#include "support/say.hpp"

#include <caf/actor_system.hpp>

#include <cstdio>
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
  say("ready");
  auto consumer = broker.consume<std::string>("work", [](const std::string& number) {
    say("handled " + number);
  });
  consumer.value();
  auto producer = broker.producer<std::string>("work").value();
  for (auto number = std::strtoull(argv[2], nullptr, 10);; ++number) {
    auto text = std::to_string(number);
    (void)producer.publish(text, [text](const ferry::result<ferry::durability_level>& outcome) {
      if (outcome && *outcome == ferry::durability_level::synced)
        say("confirmed " + text);
    });
  }
}
