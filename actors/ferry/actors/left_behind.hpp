// What the last process left in handlers, until every queue has counted it.

#pragma once

#include "ferry/ids.hpp"
#include "ferry/message.hpp"
#include "ferry/persistence/crash_marks.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace ferry::actors {

/// Sorts the marks of an earlier process by queue, and lets them be forgotten when
/// the last queue has its counts on disk. Until then a queue that begins anew, or
/// the next process, finds them again.
/// Errors      None.
/// Threads     any
class left_behind {
public:
  explicit left_behind(std::shared_ptr<persistence::crash_marks> marks) : marks_(std::move(marks)) {
    for (const auto& run : marks_->left_behind())
      uncounted_[run.queue].push_back({run.first, run.count});
  }

  // -- modifiers --------------------------------------------------------------

  /// The counts of `queue` are on disk.
  void counted(queue_id queue) {
    auto held = std::lock_guard{mutex_};
    if (uncounted_.erase(queue) > 0 && uncounted_.empty())
      marks_->forget_left_behind();
  }

  // -- properties -------------------------------------------------------------

  /// What `queue` has to count.
  [[nodiscard]] std::vector<sequence_range> of(queue_id queue) const {
    auto held = std::lock_guard{mutex_};
    auto found = uncounted_.find(queue);
    return found == uncounted_.end() ? std::vector<sequence_range>{} : found->second;
  }

private:
  mutable std::mutex mutex_;
  std::shared_ptr<persistence::crash_marks> marks_;
  std::map<queue_id, std::vector<sequence_range>> uncounted_;
};

} // namespace ferry::actors
