// What one queue asks to have on disk together.

#pragma once

#include "ferry/queue/queue_effects.hpp"

#include <vector>

namespace ferry::persistence {

/// The records of one queue, in order. A journal commits it whole or not at all,
/// usually together with the batches of other queues.
struct write_batch {
  queue_id queue{};
  std::vector<record> records;
};

} // namespace ferry::persistence
