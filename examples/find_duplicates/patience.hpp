// How long a search waits for its journal.

#pragma once

#include "ferry/config.hpp"

#include <chrono>

namespace find_duplicates {

/// A search must end and say why when its disk is full; nobody else would. It can
/// be continued afterwards.
[[nodiscard]] inline ferry::producer_config limited_patience() {
  return {.give_up_after = std::chrono::seconds{30}};
}

} // namespace find_duplicates
