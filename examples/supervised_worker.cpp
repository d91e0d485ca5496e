// An actor of one's own that takes jobs by ferry's protocol, under the broker's
// supervisor. Job 2 kills whoever touches it. Look at who is charged: the worker is
// started again, the job is counted, and before the supervisor loses its patience
// (3 restarts in 5 s) the job has used up its 3 deliveries and is set aside.
//
// Expected output:
//
//   worker 1 finished job 1
//   worker 1 begins job 2 and dies
//   worker 2 begins job 2 and dies
//   worker 3 begins job 2 and dies
//   worker 4 finished job 3
//   job 2 was set aside after 3 deliveries
//   the group has 1 child, which was started 4 times

#include "ferry/actors/protocol.hpp"
#include "ferry/broker.hpp"

#include <caf/all.hpp>

#include <future>
#include <iostream>

namespace compat = ferry::compat;
namespace messages = ferry::messages;

struct job {
  int number = 0;
};
FERRY_DESCRIBE(job, number)

/// What a worker is born with.
struct worker_args {
  int number = 0;
  caf::actor queue;
  std::promise<void>* last_job_is_done = nullptr;
};

void work(caf::event_based_actor* self, const worker_args& args, const messages::delivery& m) {
  const auto& run = m.runs.front(); // a credit of 1 is one message at a time
  auto number = ferry::decode_as<job>(run.run.envelopes().front()).value().number;
  if (number == 2) {
    std::cout << "worker " << args.number << " begins job 2 and dies" << std::endl;
    return self->quit(caf::sec::runtime_error);
  }
  std::cout << "worker " << args.number << " finished job " << number << std::endl;
  auto ack = ferry::settlement{run.first_tag, 1, ferry::settle_kind::ack, {}, {}};
  compat::request(self, args.queue, std::chrono::seconds{30}, messages::settle{m.consumer, {ack}})
    .then([args, number](const messages::settled&) {
            if (number == 3)
              args.last_job_is_done->set_value();
          },
          [self](const caf::error& why) { self->quit(why); });
}

caf::behavior worker(caf::event_based_actor* self, const worker_args& args) {
  auto me = caf::actor_cast<caf::actor>(self);
  compat::request(self, args.queue, std::chrono::seconds{30},
                  messages::subscribe{me, {.limit = {.messages = 1, .bytes = 1 << 20}}})
    .then([](const messages::subscription&) {}, [self](const caf::error& why) { self->quit(why); });
  return {
    [self, args](const messages::delivery& m) { work(self, args, m); },
    [self](const messages::stop&) {
      self->quit(); // the supervisor asks; a normal end
      return messages::stopped{};
    },
  };
}

int main() {
  ferry::system_config config;
  caf::actor_system system{config};
  auto broker = ferry::broker::open(system, {.journal = "jobs.db"}).value();
  broker.declare("jobs", {.max_deliveries = 3}).value();
  auto producer = broker.producer<job>("jobs").value();
  for (auto number : {1, 2, 3})
    producer.publish({number}).wait().value();

  std::promise<void> last_job_is_done;
  auto args = worker_args{0, broker.handle("jobs").value(), &last_job_is_done};
  auto next_life = [&] { return ++args.number, system.spawn(worker, args); };
  auto workers = broker.supervise("workers").value();
  workers.add({"worker", next_life}).value();
  last_job_is_done.get_future().wait();

  std::promise<void> seen;
  auto dead_letters = broker.consume<job>("jobs.dead", [&](const job& j, ferry::delivery& d) {
    std::cout << "job " << j.number << " was set aside after " << d.header("ferry-death-deliveries")
              << " deliveries" << std::endl;
    seen.set_value();
  }).value();
  seen.get_future().wait();

  auto children = workers.children().value();
  std::cout << "the group has " << children.size() << " child, which was started "
            << children[0].starts << " times" << std::endl;
  workers.stop().value();
}
