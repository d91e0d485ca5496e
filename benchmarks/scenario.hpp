// What every scenario is given, and what it has to return.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace ferry::benchmarks {

using steady = std::chrono::steady_clock;

/// How a scenario is to be run.
struct settings {
  std::uint64_t messages = 1'000'000;
  std::size_t payload_bytes = 100;
  std::uint64_t depth = 0;           // messages that wait meanwhile; 0: none are meant to
  std::filesystem::path folder = {}; // scratch, empty at first; on the disk that is measured
};

/// Named numbers, each with its unit in its name: "rate" is messages per second,
/// "p50_us" microseconds, "peak_mib" MiB. docs/benchmarks.md explains every one.
using figures = std::map<std::string, double>;

/// What one run came to.
struct outcome {
  std::uint64_t messages = 0;
  std::chrono::nanoseconds elapsed{};
  std::uint64_t commits = 0;                            // 0: the scenario stores nothing
  std::vector<std::chrono::nanoseconds> latencies = {}; // of single messages; may be empty
  figures others = {};                                  // what only this scenario measures
};

/// Thrown where a message was lost, doubled or out of order: a wrong run has no
/// figures.
class wrong_run : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// A named piece of work.
struct scenario {
  std::string name;
  std::string about;
  settings usual; // what it is run with unless told otherwise; its folder is empty
  outcome (*run)(const settings&);
  std::string main_figure = "rate"; // the run with the median of it is shown
};

} // namespace ferry::benchmarks
