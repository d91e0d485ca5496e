// Messages on their way to another queue, because somebody asked for it.

#pragma once

#include "ferry/queue/delayed_index.hpp"
#include "ferry/queue/queue_effects.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace ferry {

/// Messages that left together, and what their question will hear.
struct started_move {
  std::vector<delayed_run> taken; // due at the epoch: was ready
  move_outcome outcome;           // if all goes well
  std::uint64_t bytes = 0; // of payload, in the letters
  std::vector<records::erase> rows; // that nobody else removes when they have left
};

/// Remembers what is moving, so that a failed move can be taken back.
///
/// Errors      None. An answer that nobody awaits is ignored.
/// Cost        O(log moves) per move.
/// Threads     One owner at a time; no locking inside.
class move_ledger {
public:
  // -- modifiers --------------------------------------------------------------

  void start(question_id question, started_move item);

  /// Ends the move; `nullopt` when it was not under way.
  [[nodiscard]] std::optional<started_move> end(question_id question);

  /// Gives up every move.
  /// Emits    refuse*
  void refuse(const error& why, effect_list& out);

  // -- properties -------------------------------------------------------------

  /// Shows every message that is moving.
  template <class Show>
  void each(Show show) const {
    for (const auto& [question, item] : moves_)
      for (const auto& part : item.taken)
        show(part);
  }

  /// How many messages are moving.
  [[nodiscard]] std::uint64_t size() const noexcept {
    return size_;
  }

private:
  std::map<question_id, started_move> moves_;
  std::uint64_t size_ = 0;
};

} // namespace ferry
