// The rows that an earlier process left behind of its memory queues: nobody wants them,
// and they may be many.

#pragma once

#include "ferry/persistence/journal.hpp"
#include "ferry/persistence/write_batch.hpp"

#include <cstdint>
#include <deque>
#include <optional>

namespace ferry::persistence {

/// Divides what is to be erased into steps that hold up nobody for long.
///
/// Bounds      A step erases at most 4096 rows of one queue, and of larger ones about
///             4 MiB of payload; one row at least.
/// Errors      None.
/// Cost        O(1) per step.
/// Threads     One owner at a time.
class leftover_rows {
public:
  // -- modifiers --------------------------------------------------------------

  /// Notes the rows of `queue` that lie before `end`.
  void add(const stored_queue& queue, sequence_number end);

  /// The next step, which is noted as done; `nullopt` when nothing is left.
  [[nodiscard]] std::optional<write_batch> next();

private:
  struct stretch {
    queue_id queue{};
    sequence_range rows;
    std::uint64_t bytes_each = 0; // of payload, on average
  };

  std::deque<stretch> left_;
};

} // namespace ferry::persistence
