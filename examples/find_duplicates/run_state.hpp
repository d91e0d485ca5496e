// What the handlers of one run share.

#pragma once

#include "file_identity.hpp"
#include "messages.hpp"

#include "ferry/broker.hpp"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace find_duplicates {

/// The search they work for, the order to stop, and what they did so far.
/// Threads   any
class run_state {
public:
  /// Of the process that searches.
  run_state(job_id search, std::set<file_identity> journal)
    : job_(search),
      own_files_(std::move(journal)) {
  }

  /// Of a helper, which works for whatever search there is.
  run_state() = default;

  std::atomic<bool> is_stopping = false;
  std::atomic<std::uint64_t> bytes = 0; // read

  /// Whether it was left behind by an earlier search. A helper does not know, and what
  /// it finds out for one is dropped with its results.
  [[nodiscard]] bool is_over(job_id search) const {
    return job_ && *job_ != search;
  }

  /// Whether the path leads to a file of the journal. Nobody may look into these.
  [[nodiscard]] bool owns(const std::string& path, origin from) const {
    auto identity = identity_of(path, from);
    return identity && own_files_.contains(*identity);
  }

  /// A message could not be stored; nothing will come of this run.
  void note_failure(const ferry::error& why) {
    auto held = std::lock_guard{mutex_};
    if (!failure_)
      failure_ = why;
  }

  [[nodiscard]] std::optional<ferry::error> failure() const {
    auto held = std::lock_guard{mutex_};
    return failure_;
  }

private:
  const std::optional<job_id> job_;
  const std::set<file_identity> own_files_;
  mutable std::mutex mutex_;
  std::optional<ferry::error> failure_;
};

/// Leaves a message unsettled: its queue takes it back, uncounted, when the
/// stopping consumer leaves. (To release it would bring it back at once.)
inline void put_aside(ferry::delivery& unfinished) {
  (void)unfinished.keep();
}

} // namespace find_duplicates
