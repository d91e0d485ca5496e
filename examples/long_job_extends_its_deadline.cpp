// A job that takes longer than its lease keeps the message by telling that it gets
// on; one that is stuck is told to stop, and its message is delivered again. Look at
// the attempts: the long job needs one, the stuck one two.
//
// Expected output:
//
//   the report took 5 leases and was acked on attempt 1
//   the stuck job was told to stop on attempt 1: its deadline had passed
//   a late ack of it is stale
//   the stuck job was acked on attempt 2

#include "ferry/broker.hpp"

#include <caf/actor_system.hpp>

#include <condition_variable>
#include <future>
#include <iostream>
#include <mutex>

using namespace std::chrono_literals;

constexpr auto lease = 100ms;

// Works for `time`, and says so four times per lease.
void work_for(std::chrono::milliseconds time, ferry::delivery& d) {
  auto end = std::chrono::steady_clock::now() + time;
  auto next_report = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() < end)
    if (std::chrono::steady_clock::now() >= next_report) {
      d.progress(); // renews the lease
      next_report += lease / 4;
    }
}

// Waits for something that never happens, until somebody says that it is too late.
void be_stuck(ferry::delivery& d) {
  std::mutex mutex;
  std::condition_variable_any never;
  auto lock = std::unique_lock{mutex};
  never.wait(lock, d.stop_token(), [] { return false; });
}

int main() {
  ferry::system_config config;
  caf::actor_system system{config};
  auto broker = ferry::broker::open(system, {.journal = "jobs.db"}).value();
  broker.declare("jobs", {.lease = lease}).value();
  auto producer = broker.producer<std::string>("jobs").value();

  std::promise<void> report_done;
  std::promise<void> stuck_done;
  auto handle = [&](const std::string& job, ferry::delivery& d) {
    if (job == "report") {
      work_for(5 * lease, d);
      std::cout << "the report took 5 leases and was acked on attempt " << d.attempt() << std::endl;
      d.ack_and_wait().value();
      report_done.set_value();
    } else if (d.attempt() == 1) {
      be_stuck(d);
      std::cout << "the stuck job was told to stop on attempt 1: its deadline had passed"
                << std::endl;
      if (auto late = d.ack_and_wait(); !late)
        std::cout << "a late ack of it is " << to_string(late.why().code) << std::endl;
    } else {
      d.ack_and_wait().value();
      std::cout << "the stuck job was acked on attempt " << d.attempt() << std::endl;
      stuck_done.set_value();
    }
  };
  broker.consume<std::string>("jobs", handle).value();

  (void)producer.publish("report");
  report_done.get_future().wait();
  (void)producer.publish("stuck");
  stuck_done.get_future().wait();
}
