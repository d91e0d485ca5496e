// Messages on their way to the dead-letter queue, until that queue has them.

#pragma once

#include "ferry/queue/queue_effects.hpp"

#include <map>
#include <optional>
#include <set>
#include <utility>

namespace ferry {

/// Remembers every move that was asked for, and asks again where it failed. A
/// settlement that caused moves is answered when they have ended.
///
/// Time        Never reads a clock; the caller passes `now`.
/// Errors      None. A second failure of one try is ignored, and so is an answer
///             that nobody awaits.
/// Cost        O(log messages) per message.
/// Threads     One owner at a time; no locking inside.
class burial_ledger {
public:
  // -- modifiers --------------------------------------------------------------

  /// Starts to move `message`, which the question `cause` caused, if any did.
  /// Emits    bury
  void start(dead_message message, effect_list& out, question_id cause = question_id::none);

  /// Keeps `answer` back until the moves that its question caused have ended;
  /// `false` when there is none to wait for.
  [[nodiscard]] bool hold(const effects::settled& answer);

  /// Gives the answers whose last move has ended.
  /// Emits    settled*
  void release(effect_list& out);

  /// Gives up every answer that is kept back.
  /// Emits    refuse*
  void refuse(const error& why, effect_list& out);

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

  /// Shows every letter that has not arrived yet, by sequence.
  template <class Show>
  void each(Show show) const {
    for (const auto& [sequence, move] : moves_)
      show(sequence, move.letter);
  }

  [[nodiscard]] std::size_t size() const noexcept {
    return moves_.size();
  }

  /// Whether so much payload waits for the dead-letter queue that nothing more should
  /// die before some of it has arrived.
  [[nodiscard]] bool is_full() const noexcept {
    return bytes_ >= most_bytes;
  }

  /// The payload of all letters that have not arrived yet.
  [[nodiscard]] std::size_t bytes() const noexcept {
    return bytes_;
  }

private:
  static constexpr auto most_bytes = std::size_t{16} << 20;

  struct pending_move {
    envelope letter;
    question_id cause{};
    time_point retry_at = never; // `never` while an answer is awaited
  };

  struct waiting_answer {
    std::uint64_t moves = 0; // that have not ended
    std::optional<effects::settled> answer;
  };

  std::map<sequence_number, pending_move> moves_;
  std::set<std::pair<time_point, sequence_number>> failed_; // by `retry_at`
  std::map<question_id, waiting_answer> answers_;
  std::size_t bytes_ = 0;
};

} // namespace ferry
