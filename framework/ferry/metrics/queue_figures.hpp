// What a queue has done and holds, as plain numbers.

#pragma once

#include <cstdint>

namespace ferry {

/// Counters since the queue was opened, and its present state. Counters never
/// go down; its state does.
struct queue_figures {
  // -- counters ---------------------------------------------------------------
  std::uint64_t published = 0;     // accepted, duplicates not included
  std::uint64_t duplicates = 0;    // resent and recognised
  std::uint64_t confirmed = 0;     // told to their producer
  std::uint64_t delivered = 0;     // handed to a consumer, redeliveries included
  std::uint64_t redelivered = 0;   // of these, not for the first time
  std::uint64_t acknowledged = 0;
  std::uint64_t nacked = 0;
  std::uint64_t expired = 0;       // deliveries that met their deadline
  std::uint64_t dead_lettered = 0; // safe in the dead-letter queue
  std::uint64_t redriven = 0;      // moved to another queue on demand
  std::uint64_t discarded = 0;     // erased by the queue's last resort
  std::uint64_t stale = 0;         // settlements of deliveries that had ended

  // -- state ------------------------------------------------------------------
  std::uint64_t committing = 0; // published or returned, not yet on disk
  std::uint64_t ready = 0;
  std::uint64_t in_flight = 0;
  std::uint64_t delayed = 0;
  std::uint64_t dying = 0; // on the way to the dead-letter queue
  std::uint64_t moving = 0; // on the way to another queue, on demand
  std::uint64_t resident_bytes = 0; // payload of what is ready

  /// Messages that have not ended yet.
  [[nodiscard]] std::uint64_t waiting() const noexcept {
    return committing + ready + in_flight + delayed + dying + moving;
  }
};

} // namespace ferry
