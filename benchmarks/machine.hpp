// What a figure depends on besides the program.

#pragma once

#include <filesystem>
#include <string>

namespace ferry::benchmarks {

struct machine {
  unsigned cores = 0;
  std::string processor;
  std::string kernel;
  std::string filesystem; // of the folder that is measured
};

[[nodiscard]] machine this_machine(const std::filesystem::path& folder);

/// The present time as ISO 8601, UTC.
[[nodiscard]] std::string present_time();

} // namespace ferry::benchmarks
