// What was published already: a resend is recognised and confirmed again, not
// stored again.

#pragma once

#include "ferry/ids.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace ferry {

/// What a batch of publishes is, next to what its session sent before.
struct publish_verdict {
  std::uint64_t duplicates = 0;   // this many from the front are stored already
  publish_number missing_from{};  // not `none`: earlier ones never arrived; take nothing
};

/// Remembers, per producer session, up to which number everything is stored.
///
/// A session's publishes arrive in order, so one number per session tells all
/// (the cumulative acknowledgement of TCP, and of Kafka's idempotent producer).
///
/// Bounds      At most `max_sessions`; the least recently used one is forgotten.
///             A forgotten session that comes back is taken at its word about
///             what it has had confirmed.
/// Errors      None.
/// Cost        O(log sessions) per call.
/// Threads     One owner at a time; no locking inside.
class deduplication_window {
public:
  explicit deduplication_window(std::size_t max_sessions) : max_sessions_(max_sessions) {
  }

  // -- modifiers --------------------------------------------------------------

  /// Notes that everything up to `up_to` is stored; returns the sessions that
  /// had to make room.
  [[nodiscard]] std::vector<session_id> remember(session_id session, publish_number up_to);

  // -- properties -------------------------------------------------------------

  /// Judges the publishes `first` to `first + count - 1` of a session whose
  /// oldest unconfirmed publish is `oldest`.
  [[nodiscard]] publish_verdict judge(session_id session, publish_number oldest,
                                      publish_number first, std::uint64_t count) const;

  [[nodiscard]] std::size_t size() const noexcept {
    return sessions_.size();
  }

private:
  struct memory {
    publish_number up_to{};
    std::uint64_t used = 0; // key into `by_use_`
  };

  std::size_t max_sessions_;
  std::map<session_id, memory> sessions_;
  std::map<std::uint64_t, session_id> by_use_; // the least recently used first
  std::uint64_t uses_ = 0;
};

} // namespace ferry
