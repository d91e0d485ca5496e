// What makes a run of a random test, so that the same run can be made again.

#pragma once

#include <cstdlib>
#include <random>

namespace ferry::testing {

/// FERRY_SEED, or another one each time.
[[nodiscard]] inline unsigned seed_of_this_run() {
  if (const auto* given = std::getenv("FERRY_SEED"))
    return static_cast<unsigned>(std::strtoul(given, nullptr, 10));
  return std::random_device{}();
}

/// FERRY_CRASH_ROUNDS, or as many as the suite makes.
[[nodiscard]] inline int rounds_of_this_run(int usual) {
  const auto* given = std::getenv("FERRY_CRASH_ROUNDS");
  return given ? std::atoi(given) : usual;
}

} // namespace ferry::testing
