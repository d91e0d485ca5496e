// Runs named scenarios and prints one line each: medians over several runs, all
// scenarios of a round in turn, so that a machine whose speed drifts slows all of
// them alike.
//
//   ferry_bench --list
//   ferry_bench durable_round_trip bare_sqlite_loop --runs 5

#include "scenario.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <unistd.h>

namespace {

using namespace ferry::benchmarks;

const auto scenarios = std::vector<scenario>{
  {"durable_round_trip", "publish, receipt, deliver, handle, ack on disk; one of each",
   durable_round_trip},
  {"bare_sqlite_loop", "insert and delete in a loop, 1000 per commit", bare_sqlite_loop},
  {"memory_round_trip", "the round trip of a memory queue, one publish call per message",
   memory_round_trip},
  {"durable_receipt_one_in_flight", "publish and wait for the receipt, one at a time",
   durable_receipt_one_in_flight},
  {"bare_sqlite_single_commits", "insert and delete in a loop, one per commit",
   bare_sqlite_single_commits},
};

/// A folder that is gone afterwards.
class scratch_folder {
public:
  explicit scratch_folder(const std::filesystem::path& below)
    : path_(below / fmt::format("ferry_bench.{}", ::getpid())) {
    std::filesystem::create_directories(path_);
  }

  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;

  ~scratch_folder() {
    auto ignored = std::error_code{};
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::filesystem::path& path() const {
    return path_;
  }

private:
  std::filesystem::path path_;
};

double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

double per_second(const outcome& run) {
  return static_cast<double>(run.messages) / seconds(run.elapsed);
}

double microseconds_at(std::vector<std::chrono::nanoseconds>& times, double share) {
  auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(times.size() - 1));
  std::nth_element(times.begin(), times.begin() + at, times.end());
  return seconds(times[static_cast<std::size_t>(at)]) * 1e6;
}

double peak_mebibytes() {
  auto usage = rusage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

std::string line_for(const std::string& name, const settings& given, std::vector<outcome>& runs,
                     std::chrono::nanoseconds sync) {
  auto middle = runs.begin() + static_cast<std::ptrdiff_t>(runs.size() / 2);
  std::nth_element(runs.begin(), middle, runs.end(), [](const outcome& a, const outcome& b) {
    return per_second(a) < per_second(b);
  });
  auto line = fmt::format("{:<30} {:>9} x {:>4} B  {:>10.0f}/s", name, middle->messages,
                          given.payload_bytes, per_second(*middle));
  if (!middle->latencies.empty())
    line += fmt::format("  p50 {:.0f} us  p99 {:.0f} us  p99.9 {:.0f} us",
                        microseconds_at(middle->latencies, 0.5),
                        microseconds_at(middle->latencies, 0.99),
                        microseconds_at(middle->latencies, 0.999));
  if (middle->commits > 0)
    line += fmt::format("  {:.1f} per commit  {:.0f} commits/s",
                        static_cast<double>(middle->messages) / static_cast<double>(middle->commits),
                        static_cast<double>(middle->commits) / seconds(middle->elapsed));
  return line + fmt::format("  raw sync {:.0f} us  peak {:.0f} MiB", seconds(sync) * 1e6,
                            peak_mebibytes());
}

const scenario& named(const std::string& name) {
  auto found = std::ranges::find(scenarios, name, &scenario::name);
  if (found == scenarios.end())
    throw CLI::ValidationError("scenario", name + " is unknown; --list names them");
  return *found;
}

void run(const std::vector<std::string>& names, int rounds, const settings& given) {
  auto outcomes = std::map<std::string, std::vector<outcome>>{};
  for (auto round = 0; round < rounds; ++round)
    for (const auto& name : names) {
      auto folder = scratch_folder{given.folder};
      auto here = given;
      here.folder = folder.path();
      outcomes[name].push_back(named(name).run(here));
    }
  auto folder = scratch_folder{given.folder};
  auto sync = raw_sync_time(folder.path());
  for (const auto& name : names)
    fmt::print("{}\n", line_for(name, given, outcomes[name], sync));
}

} // namespace

int main(int argc, char** argv) {
  auto app = CLI::App{"Measures ferry beside the bare SQLite that it stands on."};
  auto names = std::vector<std::string>{};
  auto rounds = 5;
  auto list = false;
  auto given = settings{};
  given.folder = std::filesystem::current_path();
  app.add_option("scenario", names, "what to run; all by default");
  app.add_option("--runs", rounds, "rounds; the median is printed")->check(CLI::Range(1, 1000));
  app.add_option("--messages", given.messages, "per run")->check(CLI::PositiveNumber);
  app.add_option("--payload", given.payload_bytes, "bytes per message");
  app.add_option("--folder", given.folder, "where the files go: the disk that is measured");
  app.add_flag("--list", list, "names the scenarios");
  CLI11_PARSE(app, argc, argv);
  if (list) {
    for (const auto& item : scenarios)
      fmt::print("{:<30} {}\n", item.name, item.about);
    return 0;
  }
  if (names.empty())
    for (const auto& item : scenarios)
      names.push_back(item.name);
  try {
    run(names, rounds, given);
  } catch (const CLI::Error& why) {
    return app.exit(why);
  } catch (const std::exception& why) {
    fmt::print(stderr, "no figure: {}\n", why.what());
    return 1;
  }
}
