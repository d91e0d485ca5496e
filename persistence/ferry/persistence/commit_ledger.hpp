// What a commit changes many times but writes only once, at its end: the note on
// each queue and the state of each producer session.

#pragma once

#include "ferry/ids.hpp"
#include "ferry/persistence/queue_mark.hpp"
#include "ferry/queue/queue_effects.hpp"
#include "ferry/time.hpp"

#include <cassert>
#include <cstdint>
#include <map>
#include <set>
#include <utility>

namespace ferry::persistence {

/// What a commit leaves behind of one producer session.
struct session_mark {
  publish_number up_to{};
  time_point used_at{};
  std::uint64_t used = 0; // grows with every use; 0: the session was forgotten
};

/// Knows the notes on all queues, and collects the last word on every queue and
/// session that a commit touches.
///
/// Invariants  `used` is never handed out twice, also not by the next commit. After
///             a commit that failed the notes are ahead of the disk: it is the last.
/// Cost        O(log n) per call, n all queues and the sessions of this commit.
/// Threads     One owner at a time.
class commit_ledger {
public:
  using session_key = std::pair<queue_id, session_id>;

  /// `last_use` is the highest mark that an earlier process handed out.
  explicit commit_ledger(std::uint64_t last_use) : last_use_(last_use) {
  }

  // -- modifiers --------------------------------------------------------------

  /// Takes over what is on disk about `queue`.
  void know(queue_id queue, const queue_mark& mark) {
    marks_[queue] = mark;
  }

  /// Begins another commit.
  void clear() {
    changed_.clear();
    sessions_.clear();
  }

  void stored(queue_id queue, const message_run& run) {
    marks_[queue].store(run);
    changed_.insert(queue);
  }

  /// Of a queue that is not known there is nothing to erase.
  void erased(queue_id queue, const sequence_range& rows, std::uint64_t payload_bytes) {
    if (auto found = marks_.find(queue); found != marks_.end()) {
      found->second.erase(rows.first, rows.count, payload_bytes);
      changed_.insert(queue);
    }
  }

  void touched(queue_id queue, const sequence_range& rows) {
    if (auto found = marks_.find(queue); found != marks_.end()) {
      found->second.touch(rows.first, rows.count);
      changed_.insert(queue);
    }
  }

  /// `session_id::none` is nobody's, here as in the core.
  void remembered(queue_id queue, const records::remember_session& record) {
    assert(record.session != session_id::none);
    sessions_[{queue, record.session}] = {record.up_to, record.used, ++last_use_};
  }

  void forgotten(queue_id queue, session_id session) {
    assert(session != session_id::none);
    sessions_[{queue, session}] = {};
  }

  // -- properties -------------------------------------------------------------

  [[nodiscard]] bool knows(queue_id queue) const {
    return marks_.contains(queue);
  }

  [[nodiscard]] const queue_mark& mark_of(queue_id queue) const {
    return marks_.at(queue);
  }

  /// The queues whose notes this commit writes.
  [[nodiscard]] const std::set<queue_id>& changed() const noexcept {
    return changed_;
  }

  [[nodiscard]] const std::map<session_key, session_mark>& sessions() const noexcept {
    return sessions_;
  }

private:
  std::map<queue_id, queue_mark> marks_;
  std::set<queue_id> changed_;
  std::map<session_key, session_mark> sessions_;
  std::uint64_t last_use_;
};

} // namespace ferry::persistence
