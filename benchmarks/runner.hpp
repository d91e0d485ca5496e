// Runs scenarios in rounds: all of a round in turn, so that a machine whose speed
// drifts slows all of them alike.

#pragma once

#include "catalogue.hpp"
#include "goals.hpp"
#include "scenario.hpp"

#include <filesystem>
#include <vector>

namespace ferry::benchmarks {

struct plan {
  std::vector<const scenario*> scenarios;
  int rounds = 5;
  overrides changes;
  std::filesystem::path folder; // each run gets a folder in it, which is removed afterwards
};

/// Every run is a process of its own; its figures have "raw_sync_us" as well,
/// measured on the same disk just before it.
/// Errors   wrong_run, which names the scenario; interrupted
[[nodiscard]] results run(const plan& wanted);

} // namespace ferry::benchmarks
