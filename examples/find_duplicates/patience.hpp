// How long a search waits, and how much its workers take at a time.

#pragma once

#include "ferry/config.hpp"

#include <chrono>

namespace find_duplicates {

/// A search must end and say why when its disk is full; nobody else would. It can
/// be continued afterwards.
[[nodiscard]] inline ferry::producer_config limited_patience() {
  return {.give_up_after = std::chrono::seconds{30}};
}

inline constexpr auto receipts_limit = // nobody who pressed Ctrl-C wants to wait
  std::chrono::milliseconds{200};

/// Enough that a commit is shared; few enough that files do not wait behind a large
/// one while other workers are idle, and that little is done twice after a kill.
[[nodiscard]] inline ferry::consumer_config side_by_side(unsigned workers) {
  return {.concurrency = workers, .prefetch_messages = 32};
}

} // namespace find_duplicates
