// A process is killed in the middle of its work, and the next one goes on with the
// same file. Look at the attempts: sugar was in a handler when the process died, and
// that counts; salt merely waited, and does not.
//
// Expected output:
//
//   process 1 handled tea
//   process 1 was killed by signal 9 while it handled sugar
//   process 2 handled salt, attempt 1
//   process 2 handled sugar, attempt 2

#include "ferry/broker.hpp"

#include <caf/actor_system.hpp>

#include <csignal>
#include <iostream>
#include <latch>
#include <map>
#include <mutex>
#include <sys/wait.h>
#include <unistd.h>

// Confirms three orders, acks the first and dies with the second in its hands.
void first_life() {
  ferry::system_config config;
  caf::actor_system system{config};
  auto broker = ferry::broker::open(system, {.journal = "shop.db"}).value();
  broker.declare("orders").value();
  auto producer = broker.producer<std::string>("orders").value();
  for (const auto* item : {"tea", "sugar", "salt"})
    (void)producer.publish(item);
  producer.wait_all().value();
  auto handle = [](const std::string& item, ferry::delivery& d) {
    if (item == "sugar")
      std::raise(SIGKILL);
    d.ack_and_wait().value(); // on disk from here on
    std::cout << "process 1 handled " << item << std::endl;
  };
  broker.consume<std::string>("orders", handle).value();
  ::pause();
}

void second_life() {
  ferry::system_config config;
  caf::actor_system system{config};
  auto broker = ferry::broker::open(system, {.journal = "shop.db"}).value();
  std::mutex mutex;
  std::map<std::string, unsigned> attempts; // handled side by side: told by name
  std::latch done{2};
  auto handle = [&](const std::string& item, ferry::delivery& d) {
    auto lock = std::lock_guard{mutex};
    attempts[item] = d.attempt();
    done.count_down();
  };
  auto consumer = broker.consume<std::string>("orders", handle).value();
  done.wait();
  consumer.stop();
  for (const auto& [item, attempt] : attempts)
    std::cout << "process 2 handled " << item << ", attempt " << attempt << std::endl;
}

int main() {
  auto child = ::fork(); // before there are any threads
  if (child == 0) {
    first_life();
    return 1;
  }
  auto how = 0;
  ::waitpid(child, &how, 0);
  std::cout << "process 1 was killed by signal " << WTERMSIG(how) << " while it handled sugar"
            << std::endl;
  second_life();
}
