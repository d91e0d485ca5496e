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

namespace find_duplicates {

/// The search they work for, the order to stop, and what they did so far.
/// Threads   any
class run_state {
public:
  run_state(job_id search, std::set<file_identity> journal)
    : job(search),
      own_files(std::move(journal)) {
  }

  const job_id job;
  const std::set<file_identity> own_files; // the journal's, which nobody may look into
  std::atomic<bool> is_stopping = false;
  std::atomic<std::uint64_t> files = 0; // read to their end
  std::atomic<std::uint64_t> bytes = 0;

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
  mutable std::mutex mutex_;
  std::optional<ferry::error> failure_;
};

/// Leaves a message unsettled: its queue takes it back, uncounted, when the
/// stopping consumer leaves. (To release it would bring it back at once.)
inline void put_aside(ferry::delivery& unfinished) {
  (void)unfinished.keep();
}

} // namespace find_duplicates
