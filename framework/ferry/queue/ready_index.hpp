// The messages that wait for a consumer, in publish order, and which of them
// have their payload in RAM.

#pragma once

#include "ferry/message.hpp"

#include <cstddef>
#include <iterator>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace ferry {

/// Rows that are ready but lie on disk only.
struct disk_range {
  sequence_number first{};
  sequence_number last{};

  friend bool operator==(const disk_range&, const disk_range&) = default;
};

/// Keeps what is ready as runs by sequence, so that a returned message takes its
/// old place and a backlog on disk is one entry however long it is.
///
/// Invariants  No two runs overlap. Runs that arrive while the resident bytes
///             exceed the budget are kept without their page.
/// Errors      None.
/// Cost        O(log runs) per call.
/// Threads     One owner at a time; no locking inside.
class ready_index {
public:
  /// `budget` is in payload bytes; SIZE_MAX for queues that have no disk.
  explicit ready_index(std::size_t budget) : budget_(budget) {
  }

  // -- modifiers --------------------------------------------------------------

  /// Puts `run` at its place in the order. Its messages are not present yet.
  void add(message_run run);

  /// Takes the oldest messages, of one run: at most `max_messages`, and at most
  /// `max_bytes` unless the first message alone is larger.
  /// `nullopt` when nothing is ready, or the oldest is on disk only.
  [[nodiscard]] std::optional<message_run> take(std::uint64_t max_messages,
                                                std::size_t max_bytes);

  /// Takes what is ready of `wanted`, which is sorted; one run per message.
  [[nodiscard]] std::vector<message_run> take(std::span<const sequence_number> wanted);

  /// Replaces the rows from `first` to `covered`, which were on disk only, with
  /// what was read; rows that were not found are gone, and rows that were taken
  /// meanwhile stay taken.
  void load(sequence_number first, sequence_number covered, std::vector<message_run> found);

  // -- properties -------------------------------------------------------------

  /// The oldest messages, if they have to be read from disk first.
  [[nodiscard]] std::optional<disk_range> missing() const;

  /// Shows the runs that reach to `first` or beyond, by sequence, until `show`
  /// returns false.
  template <class Show>
  void each_from(sequence_number first, Show show) const {
    auto at = runs_.upper_bound(first);
    if (at != runs_.begin() && std::prev(at)->second.last() >= first)
      --at;
    while (at != runs_.end() && show(at->second))
      ++at;
  }

  [[nodiscard]] std::uint64_t size() const noexcept {
    return size_;
  }

  [[nodiscard]] std::size_t resident_bytes() const noexcept {
    return resident_bytes_;
  }

private:
  void insert(message_run run);
  [[nodiscard]] std::optional<message_run> take(sequence_number wanted);

  std::map<sequence_number, message_run> runs_; // by first sequence
  std::size_t budget_;
  std::size_t resident_bytes_ = 0;
  std::uint64_t size_ = 0;
};

} // namespace ferry
