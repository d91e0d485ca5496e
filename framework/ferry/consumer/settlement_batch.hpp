// The settlements of one consumer between two messages to its queue.

#pragma once

#include "ferry/outcome.hpp"

#include <utility>
#include <vector>

namespace ferry {

/// Collects settlements; equal ones of consecutive tags become one range.
/// Errors      None.
/// Threads     One owner at a time; no locking inside.
class settlement_batch {
public:
  // -- modifiers --------------------------------------------------------------

  void add(settlement item);

  /// Hands out everything collected so far, in the order it was added.
  [[nodiscard]] std::vector<settlement> take() {
    return std::exchange(items_, {});
  }

  // -- properties -------------------------------------------------------------

  [[nodiscard]] bool empty() const noexcept {
    return items_.empty();
  }

private:
  std::vector<settlement> items_;
};

} // namespace ferry
