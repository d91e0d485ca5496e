// Who may do what only one may do at a time.

#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>

namespace ferry {

/// Gives one turn at a time, in the order of asking.
///
/// Errors      None: a repeated question and an unknown end are ignored.
/// Cost        O(waiting) per call.
/// Threads     One owner at a time; no locking inside.
class turn_queue {
public:
  using asker_id = std::uint64_t;

  // -- modifiers --------------------------------------------------------------

  /// Returns whether `asker` is to be told that it is its turn.
  [[nodiscard]] bool ask(asker_id asker) {
    if (std::ranges::find(line_, asker) != line_.end())
      return false;
    line_.push_back(asker);
    return line_.size() == 1;
  }

  /// `asker` has done what it wanted, or will never do it. Returns whose turn has
  /// come by that.
  [[nodiscard]] std::optional<asker_id> end(asker_id asker) {
    auto found = std::ranges::find(line_, asker);
    if (found == line_.end())
      return std::nullopt;
    auto had_the_turn = found == line_.begin();
    line_.erase(found);
    if (!had_the_turn || line_.empty())
      return std::nullopt;
    return line_.front();
  }

private:
  std::deque<asker_id> line_; // the first one has the turn
};

} // namespace ferry
