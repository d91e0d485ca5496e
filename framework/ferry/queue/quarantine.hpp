// Messages that were in a handler when an earlier process ended. One of them may
// have ended it, so they are tried one at a time until each is cleared.

#pragma once

#include "ferry/message.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>

namespace ferry {

/// What awaits a suspect.
enum class suspect_fate : std::uint8_t {
  is_tried, // delivered alone, when it is this queue's turn
  dies,     // delivered too often already: a dead letter once its payload is read
};

/// Keeps suspects apart, and knows whose turn it is.
///
/// Turns are handed out across the queues of a process, so that no two suspects
/// are in handlers at once and a second crash accuses one of them only. A turn is
/// asked for when there is somebody to deliver to, lasts for one message, and is
/// given up where nobody takes it.
///
/// Invariants  At most one suspect is out, and only within a turn.
/// Errors      None.
/// Cost        O(log suspects) per call.
/// Threads     One owner at a time; no locking inside.
class quarantine {
public:
  // -- modifiers --------------------------------------------------------------

  /// Takes in each message of `run`, which may be without its page.
  void add(message_run run, suspect_fate fate);

  /// `true` when a turn is to be asked for; it is asked for once.
  [[nodiscard]] bool ask();
  void grant();

  /// Gives the turn up unless a suspect is out; `false` when there was none.
  [[nodiscard]] bool end_turn();

  /// Gives the turn up also while a suspect is out: nobody will hear how that ended.
  [[nodiscard]] bool abandon_turn();

  /// The next message whose payload has to be read, or `nullopt`; named once.
  [[nodiscard]] std::optional<sequence_number> load();

  /// The answer: what was read from `sequence`; nothing when the row is gone.
  /// `false` when it was not asked for.
  [[nodiscard]] bool loaded(sequence_number sequence, std::span<const message_run> found);

  /// A suspect that has to die and has its payload, or `nullopt`.
  [[nodiscard]] std::optional<message_run> take_dying();

  /// The suspect to be tried now, or `nullopt`: not our turn, one is out already,
  /// or its payload is missing.
  [[nodiscard]] std::optional<message_run> take();

  /// Notes that the delivery of `sequence` ended; `true` when it was the suspect,
  /// whose turn then ends.
  [[nodiscard]] bool returned(sequence_number sequence);

  // -- properties -------------------------------------------------------------

  /// Whether something waits to be tried and nothing is out.
  [[nodiscard]] bool wants_to_deliver() const noexcept {
    return !tried_.empty() && out_ == sequence_number::none;
  }

  /// How many wait; the one that is out is in flight.
  [[nodiscard]] std::uint64_t size() const noexcept {
    return tried_.size() + dying_.size();
  }

  /// Shows every suspect that waits.
  template <class Visitor>
  void each(Visitor visit) const {
    for (const auto* waiting : {&tried_, &dying_})
      for (const auto& [sequence, run] : *waiting)
        visit(run);
  }

private:
  using suspect_map = std::map<sequence_number, message_run>;
  enum class turn_state : std::uint8_t { none, asked, held };

  suspect_map tried_;
  suspect_map dying_;
  sequence_number loading_{};
  sequence_number out_{};
  turn_state turn_ = turn_state::none;
};

} // namespace ferry
