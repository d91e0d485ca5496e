// The messages that wait for a consumer, in publish order, and which of them
// have their payload in RAM.
//
//   oldest                                                          youngest
//   [ resident ][ resident ][ on disk only ....... ][ resident ][ on disk ..]
//    ▲ taken                 ▲ missing: read next    ▲ evicted first, from the end

#pragma once

#include "ferry/message.hpp"
#include "ferry/queue/queue_effects.hpp"
#include "ferry/queue/resident_budget.hpp"

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

/// Messages that lie ready in RAM, and what they take there.
struct resident_stretch {
  std::uint64_t messages = 0;
  std::size_t bytes = 0;
};

/// Whether everything that is resident has a row as well, that its payload can be read
/// back from.
enum class backing : std::uint8_t { disk, none };

/// Keeps what is ready as runs by sequence, so that a returned message takes its
/// old place and a backlog on disk is one entry however long it is.
///
/// Invariants  No two runs overlap. Where there is a disk, what exceeds the share
///             is kept without its page, the youngest first: it is wanted last.
///             What was read as the oldest of all stays until the next `add`. Where
///             there is none, only what was added without a page lies on disk.
/// Errors      None.
/// Cost        O(log runs) per call.
/// Threads     One owner at a time; no locking inside.
class ready_index {
public:
  ready_index(resident_share share, backing behind)
    : share_(std::move(share)), backing_(behind) {
  }

  // -- modifiers --------------------------------------------------------------

  /// Puts `run` at its place in the order. Its messages are not present yet.
  void add(message_run run);

  /// Returns the end of a run that was just taken: nothing gives its page up for it.
  void put_back(message_run run);

  /// Takes the oldest messages, of one run: at most `max_messages`, and at most
  /// `max_bytes` of payload unless the first message alone is larger.
  /// `nullopt` when nothing is ready, or the oldest is on disk only.
  [[nodiscard]] std::optional<message_run> take(std::uint64_t max_messages,
                                                std::size_t max_bytes);

  /// Takes what is ready of `wanted`, which is sorted; one run per message.
  [[nodiscard]] std::vector<message_run> take(std::span<const sequence_number> wanted);

  /// Replaces the rows from `first` to `covered`, as far as they are one stretch on
  /// disk only, with what was read; rows that were not found are gone, and rows that
  /// were taken meanwhile stay taken. Returns which rows were replaced.
  records::erase load(sequence_number first, sequence_number covered,
                      std::vector<message_run> found);

  // -- properties -------------------------------------------------------------

  /// The oldest rows that are on disk only.
  [[nodiscard]] std::optional<disk_range> missing() const;

  /// What can be taken before `missing`; counts no further than `enough` messages.
  [[nodiscard]] resident_stretch ahead(std::uint64_t enough) const;

  /// Shows the runs that reach to `first` or beyond, by sequence, until `show`
  /// returns false.
  template <class Show>
  void each_from(sequence_number first, Show show) const {
    auto left = from(resident_, first);
    auto right = from(on_disk_, first);
    while (left != resident_.end() || right != on_disk_.end()) {
      auto is_left = right == on_disk_.end()
                     || (left != resident_.end() && left->first < right->first);
      if (!show(is_left ? (left++)->second : (right++)->second))
        return;
    }
  }

  [[nodiscard]] std::uint64_t size() const noexcept {
    return size_;
  }

  /// How many of them lie on disk only.
  [[nodiscard]] std::uint64_t spilled() const noexcept {
    return spilled_;
  }

  /// What the resident ones take in memory.
  [[nodiscard]] std::size_t resident_bytes() const noexcept {
    return share_.used();
  }

  /// What they may take at present, with what the same queue keeps `beside` them.
  [[nodiscard]] std::size_t allowance(std::size_t beside = 0) const noexcept {
    return share_.allowance(beside);
  }

private:
  using run_map = std::map<sequence_number, message_run>; // by first sequence

  [[nodiscard]] static run_map::const_iterator from(const run_map& runs, sequence_number first) {
    auto at = runs.upper_bound(first);
    if (at != runs.begin() && std::prev(at)->second.last() >= first)
      --at;
    return at;
  }

  [[nodiscard]] bool is_oldest(const run_map::const_iterator& resident) const;
  void insert(message_run run);
  void insert_on_disk(message_run run);
  [[nodiscard]] message_run remove(run_map& runs, run_map::const_iterator at);
  [[nodiscard]] std::optional<message_run> take(sequence_number wanted);
  void shrink(std::size_t least_runs);

  run_map resident_;
  run_map on_disk_; // neighbours are one run
  resident_share share_;
  backing backing_;
  std::uint64_t size_ = 0;
  std::uint64_t spilled_ = 0;
};

} // namespace ferry
