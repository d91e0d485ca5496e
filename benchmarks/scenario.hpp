// What every scenario is given and has to return.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace ferry::benchmarks {

/// How a scenario is to be run.
struct settings {
  std::uint64_t messages = 1'000'000;
  std::size_t payload_bytes = 100;
  std::filesystem::path folder; // scratch; on the disk that is measured
};

/// What a scenario came to. It throws instead when a message was lost, doubled or
/// out of order: a wrong run has no figures.
struct outcome {
  std::uint64_t messages = 0;
  std::chrono::nanoseconds elapsed{};
  std::vector<std::chrono::nanoseconds> latencies; // of single operations; may be empty
  std::uint64_t commits = 0;                       // 0: the scenario stores nothing
};

class wrong_run : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// A named piece of work.
struct scenario {
  std::string name;
  std::string about;
  outcome (*run)(const settings&);
};

[[nodiscard]] outcome durable_round_trip(const settings&);
[[nodiscard]] outcome memory_round_trip(const settings&);
[[nodiscard]] outcome durable_receipt_one_in_flight(const settings&);
[[nodiscard]] outcome bare_sqlite_loop(const settings&);
[[nodiscard]] outcome bare_sqlite_single_commits(const settings&);

/// The median time of appending 4 KiB to a file in `folder` and syncing it.
[[nodiscard]] std::chrono::nanoseconds raw_sync_time(const std::filesystem::path& folder);

} // namespace ferry::benchmarks
