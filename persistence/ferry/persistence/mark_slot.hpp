// The words of one mark, made to lie in a file that is mapped into memory, and in
// which order they are written.

#pragma once

#include "ferry/persistence/crash_mark.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ferry::persistence {

/// Up to `crash_mark::most_runs` runs. All bytes zero is an empty slot.
///
/// Invariants  `state_` says that there are no runs while they are written, and
///             never has the same value twice: whoever finds it unchanged after
///             reading the runs has read a whole set.
/// Threads     One writer at a time, any number of readers.
class alignas(256) mark_slot {
public:
  // -- modifiers --------------------------------------------------------------

  void set(std::span<const marked_run> runs) noexcept;
  void clear() noexcept;

  // -- properties -------------------------------------------------------------

  [[nodiscard]] std::vector<marked_run> runs() const;

  /// Whether `set` can have written this: false for bytes of something else.
  [[nodiscard]] bool is_plausible() const noexcept;

private:
  using word = std::atomic<std::uint64_t>;

  struct run_words {
    word queue, first, count;
  };

  std::uint64_t begin_change() noexcept;
  static marked_run read(const run_words& run) noexcept;

  word state_; // changes so far << 8 | number of runs
  std::array<run_words, crash_mark::most_runs> runs_;
};

// The file belongs to whoever maps it next, perhaps compiled by another compiler.
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);
static_assert(sizeof(std::atomic<std::uint64_t>) == sizeof(std::uint64_t));
static_assert(sizeof(mark_slot) == 256);

} // namespace ferry::persistence
