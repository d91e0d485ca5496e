// How much goes into one transaction, and what can wait for the next one. A very
// large commit lets producers and consumers stand still until it ends, and itself
// waits for them afterwards; several of middling size keep everybody at work.

#pragma once

#include "ferry/persistence/write_batch.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace ferry::persistence {

/// What is enough for one transaction. Beyond the defaults larger ones are no cheaper
/// per message; docs/benchmarks.md has the figures.
struct commit_limits {
  std::uint64_t messages = 8192;            // stored; every other record counts as one
  std::size_t bytes = std::size_t{4} << 20; // of payload stored
};

/// How many batches from the front of `waiting` go into the next transaction: as many
/// as reach a limit, so at least one where any waits.
[[nodiscard]] std::size_t next_share(std::span<const write_batch* const> waiting,
                                     commit_limits limits = {});

/// Whether `batch` says no more than that messages have ended, as acks do: nothing goes
/// on when it is on disk, and were it forgotten, the messages would come again.
[[nodiscard]] bool may_wait(const write_batch& batch);

/// Whether `batch` may be written before older ones of its queue: it only erases rows,
/// which are on disk, and what older ones still say of them means nothing then. Ids of
/// what was handled are not so: one is noted, and forgotten, in order.
[[nodiscard]] bool may_overtake(const write_batch& batch);

} // namespace ferry::persistence
