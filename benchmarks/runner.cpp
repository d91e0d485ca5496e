#include "runner.hpp"

#include "child_run.hpp"
#include "raw_sync.hpp"

#include <fmt/format.h>

#include <system_error>

#include <unistd.h>

namespace ferry::benchmarks {

namespace {

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

/// Says what is running where somebody watches; gone when the line is done.
class progress_line {
public:
  progress_line(const scenario& item, int round, int rounds) {
    if (visible_)
      fmt::print(stderr, "round {} of {}: {} ...", round, rounds, item.name);
  }

  progress_line(const progress_line&) = delete;
  progress_line& operator=(const progress_line&) = delete;

  ~progress_line() {
    if (visible_)
      fmt::print(stderr, "\r\33[K");
  }

private:
  bool visible_ = ::isatty(STDERR_FILENO) == 1;
};

figures run_once(const scenario& item, const plan& wanted) {
  auto folder = scratch_folder{wanted.folder};
  auto given = settings_for(item, wanted.changes);
  given.folder = folder.path();
  auto sync = std::chrono::duration<double, std::micro>(raw_sync_time(folder.path()));
  auto result = run_in_child(item, given);
  result["raw_sync_us"] = sync.count();
  return result;
}

} // namespace

results run(const plan& wanted) {
  auto measured = results{};
  for (auto round = 1; round <= wanted.rounds; ++round)
    for (const auto* item : wanted.scenarios) {
      auto progress = progress_line{*item, round, wanted.rounds};
      try {
        measured[item->name].push_back(run_once(*item, wanted));
      } catch (const wrong_run& why) {
        throw wrong_run(item->name + ": " + why.what());
      }
    }
  return measured;
}

} // namespace ferry::benchmarks
