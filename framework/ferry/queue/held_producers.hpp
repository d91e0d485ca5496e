// The producers that a full queue holds back, until it has room again.

#pragma once

#include "ferry/ids.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <set>

namespace ferry {

/// Who waits for room, and how much payload the first message has that did not fit.
struct held_producer {
  session_id session{};
  std::size_t bytes = 0;
};

/// Remembers whom to tell that there is room, in the order in which they came.
///
/// Bounds      `most` sessions; whoever came first is told to try again when there is
///             one more. Being told for nothing does no harm.
/// Errors      None. A session that waits already keeps its place.
/// Cost        O(log sessions) per call.
/// Threads     One owner at a time; no locking inside.
class held_producers {
public:
  explicit held_producers(std::size_t most) noexcept : most_(most) {
  }

  // -- modifiers --------------------------------------------------------------

  /// Notes that `item` waits; returns the session that has to make room for it.
  [[nodiscard]] std::optional<session_id> add(held_producer item);

  /// Takes the one that waits longest.
  /// Expects   that somebody waits
  session_id take();

  // -- properties -------------------------------------------------------------

  /// Who waits longest; null while nobody waits.
  [[nodiscard]] const held_producer* first() const noexcept {
    return order_.empty() ? nullptr : &order_.front();
  }

  [[nodiscard]] std::size_t size() const noexcept {
    return order_.size();
  }

private:
  std::size_t most_;
  std::deque<held_producer> order_;
  std::set<session_id> waiting_; // the same
};

} // namespace ferry
