#include "search.hpp"

#include "collection.hpp"
#include "journal_place.hpp"
#include "pipeline.hpp"
#include "progress.hpp"
#include "report.hpp"
#include "standard_output.hpp"
#include "unfinished_job.hpp"

#include <caf/actor_system.hpp>

#include <iostream>

namespace find_duplicates {

namespace {

using namespace std::chrono_literals;

constexpr auto look_every = 20ms;

ferry::broker open(caf::actor_system& system, const std::string& journal) {
  return ferry::broker::open(system, {.journal = journal, .report = note}).value();
}

// A helper may read file names and store digests, and nothing else.
void let_helpers_in(ferry::broker& broker, const command_line& wanted) {
  if (!wanted.serve)
    return;
  using ferry::permission;
  auto config = nodes::serve_config_of(wanted.node, {{"*", hash_queue, {permission::consume}},
                                                     {"*", collect_queue, {permission::publish}}});
  config.address = wanted.serve->address;
  config.port = wanted.serve->port;
  auto port = broker.serve(config).value();
  note("helpers are let in at port " + std::to_string(port));
}

void work(ferry::broker& broker, const std::shared_ptr<run_state>& run, const command_line& wanted,
          const interruption& signals) {
  auto bar = progress{wanted.progress};
  auto stages = pipeline{broker, run, wanted.workers};
  for (auto state = stages.state(); !state.is_done(); state = stages.state()) {
    bar.show(state);
    if (signals.wait_for(look_every))
      throw interrupted{};
  }
}

} // namespace

// The order of the last four steps is what makes a kill harmless: before the job
// is finished the next run prints everything again, afterwards what is left in
// the queues belongs to no search.
exit_status search(const command_line& wanted, const interruption& signals) {
  auto begin = std::chrono::steady_clock::now();
  auto place = journal_place{wanted.journal};
  ferry::system_config config;
  caf::actor_system system{config};
  auto broker = open(system, place.path());
  declare_queues(broker);
  auto job = unfinished_job::begin_or_continue(broker, wanted.directories);
  let_helpers_in(broker, wanted);
  work(broker, std::make_shared<run_state>(job->id(), place.files()), wanted, signals);
  auto results = collection{broker, job->id()};
  auto found = results.gather(signals);

  write_out(duplicate_lines(found), signals);
  job->finish();
  results.clear();
  std::cerr << summary(found, broker, std::chrono::steady_clock::now() - begin);
  return found.unreadable.empty() ? exit_status::done : exit_status::some_unreadable;
}

} // namespace find_duplicates
