// What a commit changes many times but writes only once, at its end: the next
// sequence number of each queue and the state of each producer session.

#pragma once

#include "ferry/ids.hpp"
#include "ferry/queue/queue_effects.hpp"
#include "ferry/time.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

namespace ferry::persistence {

/// What a commit leaves behind of one producer session.
struct session_mark {
  publish_number up_to{};
  time_point used_at{};
  std::uint64_t used = 0; // grows with every use; 0: the session was forgotten
};

/// Collects the last word on every queue and session that a commit touches.
///
/// Invariants  `used` is never handed out twice, also not by the next commit.
/// Cost        O(log n) per call, n what this commit touched so far.
/// Threads     One owner at a time.
class commit_ledger {
public:
  using session_key = std::pair<queue_id, session_id>;

  /// `last_use` is the highest mark that an earlier process handed out.
  explicit commit_ledger(std::uint64_t last_use) : last_use_(last_use) {
  }

  // -- modifiers --------------------------------------------------------------

  /// Begins another commit.
  void clear() {
    next_.clear();
    sessions_.clear();
  }

  void stored(queue_id queue, sequence_number last) {
    auto& next = next_[queue];
    next = std::max(next, advanced(last, 1));
  }

  void remembered(queue_id queue, const records::remember_session& record) {
    sessions_[{queue, record.session}] = {record.up_to, record.used, ++last_use_};
  }

  void forgotten(queue_id queue, session_id session) {
    sessions_[{queue, session}] = {};
  }

  // -- properties -------------------------------------------------------------

  /// The first number never used, of each queue that stored something.
  [[nodiscard]] const std::map<queue_id, sequence_number>& next() const noexcept {
    return next_;
  }

  [[nodiscard]] const std::map<session_key, session_mark>& sessions() const noexcept {
    return sessions_;
  }

private:
  std::map<queue_id, sequence_number> next_;
  std::map<session_key, session_mark> sessions_;
  std::uint64_t last_use_;
};

} // namespace ferry::persistence
