// What a journal notes of a queue beside its rows, so that opening it need not look
// at every row: where the rows begin that nobody touched since they were stored.
//
//   sequence   1 ........ untouched_from ........ next
//              any rows   every row, never        none
//                         delivered, due at once

#pragma once

#include "ferry/message.hpp"
#include "ferry/persistence/journal.hpp"

#include <algorithm>
#include <cstdint>

namespace ferry::persistence {

/// The note on one queue.
///
/// Invariants  Each sequence from `untouched_from` to before `next` has a row, with
///             no deliveries and due at once. `untouched_from` is never above `next`.
/// Cost        O(1) per call, but for counting the bytes of what is stored.
struct queue_mark {
  sequence_number next{1}; // the first number never used
  sequence_number untouched_from{1};
  std::uint64_t payload_bytes = 0; // of all rows

  friend bool operator==(const queue_mark&, const queue_mark&) = default;

  // -- modifiers --------------------------------------------------------------

  /// Rows were added; a gap before them, or a history of their own, ends what was
  /// untouched.
  void store(const message_run& run) noexcept {
    if (run.first > next)
      untouched_from = run.first;
    next = std::max(next, advanced(run.first, run.count));
    payload_bytes += resident_bytes(run);
    if (run.deliveries > 0)
      touch(run.first, run.count);
  }

  /// Rows were removed. What was counted wrongly never makes the sum negative.
  void erase(sequence_number first, std::uint64_t count, std::uint64_t bytes) noexcept {
    touch(first, count);
    payload_bytes -= std::min(payload_bytes, bytes);
  }

  /// Rows were changed. Deliveries go in order, so this stays near the oldest row;
  /// far from it, it costs a longer search at the next opening and nothing else.
  void touch(sequence_number first, std::uint64_t count) noexcept {
    if (first >= next)
      return;
    auto touched = std::min(count, value_of(next) - value_of(first));
    if (touched > 0)
      untouched_from = std::max(untouched_from, advanced(first, touched));
  }

  // -- properties -------------------------------------------------------------

  [[nodiscard]] message_run untouched() const noexcept {
    return {nullptr, 0, value_of(next) - value_of(untouched_from), untouched_from, 0};
  }

  /// The note as it can be once all rows of `queue` are known.
  [[nodiscard]] queue_mark tightened(const stored_queue& queue) const noexcept {
    auto all = queue_mark{next, next, queue.payload_bytes};
    if (queue.runs.empty())
      return all;
    const auto& [last, due] = queue.runs.back();
    if (due == time_point{} && last.deliveries == 0 && advanced(last.first, last.count) == next)
      all.untouched_from = last.first;
    return all;
  }
};

} // namespace ferry::persistence
