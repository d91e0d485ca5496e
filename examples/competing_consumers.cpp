// Three consumers share one queue. Look at the barrier: no handler gets past it
// before three of them work at the same time, and every job is handled once.
//
// Expected output:
//
//   9 jobs handled, 3 at a time
//   each of them once: 1 2 3 4 5 6 7 8 9
//   nothing is left: 0 ready, 0 in flight

#include "ferry/broker.hpp"

#include <caf/actor_system.hpp>

#include <barrier>
#include <iostream>
#include <latch>
#include <mutex>
#include <set>

struct job {
  int number = 0;
};
FERRY_DESCRIBE(job, number)

constexpr auto jobs = 9;
constexpr auto workers = 3;

int main() {
  ferry::system_config config;
  caf::actor_system system{config};
  auto broker = ferry::broker::open(system, {.journal = "jobs.db"}).value();
  broker.declare("jobs").value();

  auto producer = broker.producer<job>("jobs").value();
  for (auto number = 1; number <= jobs; ++number)
    (void)producer.publish({number});
  producer.wait_all().value();

  std::barrier side_by_side{workers};
  std::latch done{jobs};
  std::mutex mutex;
  std::multiset<int> handled;
  auto work = [&](const job& j) {
    side_by_side.arrive_and_wait();
    {
      auto lock = std::lock_guard{mutex};
      handled.insert(j.number);
    }
    done.count_down();
  };

  // one message each, so that none waits behind a busy handler
  auto group = broker.consume<job>("jobs", work, {.concurrency = workers, .prefetch_messages = 1})
                 .value();
  done.wait();
  group.stop();

  std::cout << handled.size() << " jobs handled, " << workers << " at a time" << std::endl;
  std::cout << "each of them once:";
  for (auto number : handled)
    std::cout << " " << number;
  auto figures = broker.figures("jobs").value();
  std::cout << "\nnothing is left: " << figures.ready << " ready, " << figures.in_flight
            << " in flight" << std::endl;
}
