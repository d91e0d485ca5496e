// What the last process left in handlers, until every queue has counted it.

#pragma once

#include "ferry/ids.hpp"
#include "ferry/message.hpp"
#include "ferry/persistence/crash_marks.hpp"
#include "ferry/time.hpp"

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

namespace ferry::actors {

/// Sorts the marks of an earlier process by queue, and lets them be forgotten when
/// the last queue has its counts on disk. Until then a queue that begins anew, or
/// the next process, finds them again; so nobody should be in a handler before.
/// Errors      None. Marks of queues that are not in the journal are forgotten as well.
/// Threads     any
class left_behind {
public:
  /// `queues` are those in the journal.
  left_behind(std::shared_ptr<persistence::crash_marks> marks, const std::set<queue_id>& queues)
    : marks_(std::move(marks)) {
    for (const auto& run : marks_->left_behind())
      if (queues.contains(run.queue))
        uncounted_[run.queue].push_back({run.first, run.count});
    forget_if_counted();
  }

  // -- modifiers --------------------------------------------------------------

  /// The counts of `queue` are on disk.
  void counted(queue_id queue) {
    auto held = std::lock_guard{mutex_};
    if (uncounted_.erase(queue) > 0)
      forget_if_counted();
  }

  /// Waits for the last queue, for `limit` at most; answers whether it has counted.
  bool wait_until_counted(duration limit) {
    auto held = std::unique_lock{mutex_};
    return changed_.wait_for(held, limit, [this] { return uncounted_.empty(); });
  }

  // -- properties -------------------------------------------------------------

  /// What `queue` has to count.
  [[nodiscard]] std::vector<sequence_range> of(queue_id queue) const {
    auto held = std::lock_guard{mutex_};
    auto found = uncounted_.find(queue);
    return found == uncounted_.end() ? std::vector<sequence_range>{} : found->second;
  }

private:
  void forget_if_counted() {
    if (!uncounted_.empty())
      return;
    marks_->forget_left_behind();
    changed_.notify_all();
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<persistence::crash_marks> marks_;
  std::map<queue_id, std::vector<sequence_range>> uncounted_;
};

} // namespace ferry::actors
