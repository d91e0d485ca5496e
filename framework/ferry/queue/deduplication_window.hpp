// What was published already: a resend is recognised and confirmed again, not
// stored again.

#pragma once

#include "ferry/ids.hpp"
#include "ferry/time.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
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
/// Bounds      `remember` keeps at most `max_sessions` and forgets the least recently
///             used one; `expire` forgets those unused for `max_age`. A forgotten
///             session that comes back is taken at its word about what it has had
///             confirmed.
/// Time        The caller's; an earlier instant than the one before counts as that.
/// Errors      None.
/// Cost        O(log sessions) per call.
/// Threads     One owner at a time; no locking inside.
class deduplication_window {
public:
  deduplication_window(std::size_t max_sessions, duration max_age)
    : max_sessions_(max_sessions), max_age_(max_age) {
  }

  // -- modifiers --------------------------------------------------------------

  /// Notes at `now` that everything up to `up_to` is stored; returns the sessions
  /// that had to make room.
  [[nodiscard]] std::vector<session_id> remember(time_point now, session_id session,
                                                 publish_number up_to);

  /// Forgets the sessions that are unused for `max_age` at `now`, and returns them.
  [[nodiscard]] std::vector<session_id> expire(time_point now);

  // -- properties -------------------------------------------------------------

  /// Judges the publishes `first` to `first + count - 1` of a session whose
  /// oldest unconfirmed publish is `oldest`. Numbers before `oldest` that never
  /// arrived are no gap: the session has given them up.
  [[nodiscard]] publish_verdict judge(session_id session, publish_number oldest,
                                      publish_number first, std::uint64_t count) const;

  [[nodiscard]] std::size_t size() const noexcept {
    return sessions_.size();
  }

  /// When `expire` has something to forget; `nullopt` while nothing is remembered.
  [[nodiscard]] std::optional<time_point> next_expiry() const;

private:
  struct memory {
    publish_number up_to{};
    std::uint64_t use = 0; // key into `by_use_`
  };

  struct session_use {
    session_id session{};
    time_point when{};
  };

  [[nodiscard]] session_id forget_oldest();

  std::size_t max_sessions_;
  duration max_age_;
  std::map<session_id, memory> sessions_;
  std::map<std::uint64_t, session_use> by_use_; // the least recently used first
  std::uint64_t uses_ = 0;
};

} // namespace ferry
