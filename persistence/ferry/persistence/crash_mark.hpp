// What one consumer's handler is working on, told so that the next process still
// knows it when this one dies in the middle.

#pragma once

#include "ferry/ids.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace ferry::persistence {

/// Messages of one queue that are, or were, in a handler.
struct marked_run {
  queue_id queue{};
  sequence_number first{};
  std::uint64_t count = 0;

  friend bool operator==(const marked_run&, const marked_run&) = default;
};

class mark_slot;

/// The mark of one consumer; `crash_marks::acquire` hands it out.
///
/// Invariants  A set of runs is seen whole or not at all, by other threads and by
///             the process after a crash.
/// Lifetime    Ends with the object, and the mark with it. One that was moved from
///             may only be destroyed or assigned to.
/// Cost        `begin` and `end` are a few stores to memory: no lock, no
///             allocation, no system call.
/// Threads     `begin` and `end` by the consumer's thread, `current` by any.
class crash_mark {
public:
  static constexpr std::size_t most_runs = 8;

  /// A mark that dies with the process.
  crash_mark();

  /// A mark in a place of its own, which the pointer's deleter gives back.
  explicit crash_mark(std::shared_ptr<mark_slot> slot) noexcept;

  crash_mark(crash_mark&&) noexcept = default;
  crash_mark& operator=(crash_mark&&) noexcept = default;

  // -- modifiers --------------------------------------------------------------

  /// The handler is about to be called with `runs`, at most `most_runs` of them;
  /// replaces what was marked before.
  void begin(std::span<const marked_run> runs) noexcept;

  /// The handler returned.
  void end() noexcept;

  // -- properties -------------------------------------------------------------

  /// What the handler is working on; empty between two calls.
  [[nodiscard]] std::vector<marked_run> current() const;

private:
  std::shared_ptr<mark_slot> slot_;
};

} // namespace ferry::persistence
