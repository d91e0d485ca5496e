#include "helper.hpp"

#include "hash_workers.hpp"
#include "progress.hpp"

#include <caf/actor_system.hpp>

namespace find_duplicates {

namespace {

using namespace std::chrono_literals;

constexpr auto look_every = 50ms;
constexpr auto try_again_after = 1s;

// Nobody who pressed Ctrl-C wants to wait: what is unfinished goes to others.
ferry::connect_config config_of(const command_line& wanted) {
  auto config = nodes::connect_config_of(wanted.node, {}, note);
  config.connect_limit = 500ms;
  config.close_limit = 300ms;
  return config;
}

// A result that is not confirmed is kept for as long as it takes: there is no disk
// here that could be full.
void work(const command_line& wanted, const interruption& signals) {
  ferry::system_config config;
  caf::actor_system system{config};
  auto broker = ferry::connect(system, wanted.join, config_of(wanted)).value();
  auto run = std::make_shared<run_state>();
  auto workers = hash_workers{broker, run, wanted.workers, {}};
  while (!signals.wait_for(look_every))
    if (auto why = run->failure())
      throw ferry::failure{*why};
}

bool may_change(ferry::errc code) {
  return code == ferry::errc::disconnected || code == ferry::errc::closed;
}

} // namespace

exit_status help(const command_line& wanted, const interruption& signals) {
  for (auto told = std::string{};;) {
    try {
      work(wanted, signals);
      return exit_status::done;
    } catch (const ferry::failure& mistake) {
      if (!may_change(mistake.why().code))
        throw;
      if (std::exchange(told, mistake.what()) != mistake.what())
        note(mistake.what());
      if (signals.wait_for(try_again_after))
        return exit_status::done;
    }
  }
}

} // namespace find_duplicates
