// The turns of a simulated process: who asks for one may wait, because another
// queue has it, and because its answer is late.

#pragma once

#include "ferry/supervision/turn_queue.hpp"

namespace ferry::testing {

/// One queue's view of the turns, and a neighbour that takes them at times.
/// Invariants  The queue asks while it neither waits for a turn nor has one, and
///             ends only a turn that it has; `ask` and `end` say whether it did.
class simulated_turns {
public:
  // -- modifiers --------------------------------------------------------------

  [[nodiscard]] bool ask() {
    if (is_asked_ || is_held_)
      return false;
    is_asked_ = true;
    if (line_.ask(us))
      is_granted_ = true;
    return true;
  }

  [[nodiscard]] bool end() {
    if (!is_held_)
      return false;
    is_held_ = is_asked_ = false;
    (void)line_.end(us);
    return true;
  }

  /// Tells the queue that it is its turn, if it is: `true` once.
  [[nodiscard]] bool grant() {
    if (!is_granted_)
      return false;
    is_granted_ = is_asked_ = false;
    is_held_ = true;
    return true;
  }

  void ask_by_neighbour() {
    (void)line_.ask(neighbour);
  }

  void end_by_neighbour() {
    if (line_.end(neighbour) == us)
      is_granted_ = true;
  }

  /// The queue begins anew, within the same process: a turn that it had asked for
  /// is still on its way.
  void begin_anew() {
    is_asked_ = is_held_ = false;
  }

  // -- properties -------------------------------------------------------------

  [[nodiscard]] bool is_asked() const noexcept {
    return is_asked_;
  }

  [[nodiscard]] bool is_held() const noexcept {
    return is_held_;
  }

private:
  static constexpr auto us = turn_queue::asker_id{1};
  static constexpr auto neighbour = turn_queue::asker_id{2};

  turn_queue line_;
  bool is_asked_ = false;
  bool is_held_ = false;
  bool is_granted_ = false; // nobody told the queue yet
};

} // namespace ferry::testing
