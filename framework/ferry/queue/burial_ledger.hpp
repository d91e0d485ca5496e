// Messages on their way to the dead-letter queue, until that queue has them.

#pragma once

#include "ferry/queue/queue_effects.hpp"

#include <map>
#include <optional>
#include <set>
#include <utility>

namespace ferry {

/// Remembers every move that was asked for, and asks again where it failed.
///
/// Time        Never reads a clock; the caller passes `now`.
/// Errors      None. A second failure of one try is ignored, and so is an answer
///             that nobody awaits.
/// Cost        O(log messages) per message.
/// Threads     One owner at a time; no locking inside.
class burial_ledger {
public:
  // -- modifiers --------------------------------------------------------------

  /// Starts to move `message`.
  /// Emits    bury
  void start(dead_message message, effect_list& out);

  /// Notes that the dead-letter queue holds the message; `false` when it was
  /// not awaited.
  [[nodiscard]] bool finish(sequence_number sequence);

  /// Notes that the move failed; it is tried again at `when`.
  void fail(sequence_number sequence, time_point when);

  /// Tries every failed move that is due at `now` again.
  /// Emits    bury*
  void retry(time_point now, effect_list& out);

  // -- properties -------------------------------------------------------------

  /// When the next failed move is due, or `nullopt`.
  [[nodiscard]] std::optional<time_point> next_due() const;

  [[nodiscard]] std::size_t size() const noexcept {
    return moves_.size();
  }

private:
  struct pending_move {
    envelope letter;
    time_point retry_at = never; // `never` while an answer is awaited
  };

  std::map<sequence_number, pending_move> moves_;
  std::set<std::pair<time_point, sequence_number>> failed_; // by `retry_at`
};

} // namespace ferry
