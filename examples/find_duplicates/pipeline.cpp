#include "pipeline.hpp"

#include "patience.hpp"
#include "walk_stage.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

namespace find_duplicates {

namespace {

using namespace std::chrono_literals;

// A lost worker gives its messages back at once, wherever it was: a deadline would only
// disturb those who read a large file.
constexpr auto lease = 30 * 24h;

// A death of the process counts as a delivery of what was being read. That says
// nothing about the file, so the stages decide (third_time.hpp), and not the count.
ferry::queue_config given_up_by_its_stage() {
  auto config = ferry::queue_config{};
  config.lease = lease;
  config.max_deliveries = 1'000'000;
  config.retry = {ferry::retry_growth::fixed, 200ms, 200ms, 1.0, 0.0};
  return config;
}

ferry::queue_config kept_until_acked() {
  auto config = ferry::queue_config{};
  config.lease = lease;
  config.max_deliveries = 0;
  config.last_resort = ferry::last_resort::keep;
  return config;
}

void expect_no_other_program(const ferry::broker& broker) {
  constexpr auto own = std::array<std::string_view, 6>{job_queue,  walk_queue,  "walk.dead",
                                                       hash_queue, "hash.dead", collect_queue};
  for (const auto& name : broker.queues().value())
    if (std::ranges::find(own, name) == own.end())
      throw std::runtime_error{"the journal holds a queue \"" + name
                               + "\" of another program; give --journal a file of its own"};
}

} // namespace

void declare_queues(ferry::broker& broker) {
  expect_no_other_program(broker);
  broker.declare(job_queue, kept_until_acked()).value();
  broker.declare(walk_queue, given_up_by_its_stage()).value();
  broker.declare(hash_queue, given_up_by_its_stage()).value();
  broker.declare(collect_queue, kept_until_acked()).value();
}

pipeline::pipeline(ferry::broker& broker, std::shared_ptr<run_state> run, unsigned workers)
  : broker_(broker),
    run_(std::move(run)),
    directories_(broker.producer<entry>(walk_queue, limited_patience()).value()),
    files_(broker.producer<entry>(hash_queue, limited_patience()).value()),
    walker_(
      broker.consume<entry>(walk_queue, walk_stage{run_, directories_, files_}, side_by_side(1))
        .value()) {
  if (workers > 0)
    hashers_.emplace(broker, run_, workers, limited_patience());
}

// First the receipts, so that what is stored is also acked and not done again.
pipeline::~pipeline() {
  run_->is_stopping = true;
  (void)directories_.wait_all(receipts_limit);
  (void)files_.wait_all(receipts_limit);
  walker_.stop();
}

// In the order of the stages: a directory leaves its queue after its files have
// entered theirs, so both are empty only when nothing is left.
pipeline_state pipeline::state() const {
  if (auto why = run_->failure())
    throw ferry::failure{*why};
  auto directories = broker_.figures(walk_queue).value().waiting();
  auto files = broker_.figures(hash_queue).value().waiting();
  auto results = broker_.figures(collect_queue).value();
  return {directories, files, results.waiting(), results.published, run_->bytes};
}

} // namespace find_duplicates
