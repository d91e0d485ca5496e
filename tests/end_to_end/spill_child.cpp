// The program that spill_test kills: publishes to a memory queue that spills, and says
// on standard output when it has.
//
//   spill_child JOURNAL
//
//   spilled          10,000 messages are confirmed, most of which are on disk

#include "ferry/broker.hpp"

#include "support/say.hpp"

#include <caf/actor_system.hpp>

#include <string>
#include <unistd.h>

int main(int argc, char** argv) {
  if (argc != 2)
    return 2;
  ferry::system_config config;
  caf::actor_system system{config};
  auto broker = ferry::broker::open(system, {.journal = argv[1]}).value();
  broker
    .declare("work", {.durability = ferry::durability::memory,
                      .resident_bytes = 64 << 10,
                      .over_budget = ferry::over_budget::spill})
    .value();
  auto producer = broker.producer<std::string>("work").value();
  for (auto number = 1; number <= 10'000; ++number)
    (void)producer.publish(std::to_string(number));
  producer.wait_all().value();
  ferry::testing::say("spilled");
  ::pause();
}
