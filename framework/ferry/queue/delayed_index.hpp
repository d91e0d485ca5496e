// The messages that wait for an instant before they are ready again.

#pragma once

#include "ferry/message.hpp"
#include "ferry/queue/resident_budget.hpp"
#include "ferry/time.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace ferry {

/// Messages and the instant from which they may be delivered.
struct delayed_run {
  time_point due{};
  message_run run;
};

/// Keeps delayed messages by due time, then by sequence.
///
/// Time        Never reads a clock; the caller passes `now`.
/// Errors      None.
/// Cost        O(log runs) to add, O(k log runs) to take k that are due, O(runs) to
///             take by sequence.
/// Threads     One owner at a time; no locking inside.
class delayed_index {
public:
  explicit delayed_index(resident_share share = resident_share{SIZE_MAX})
    : share_(std::move(share)) {
  }

  // -- modifiers --------------------------------------------------------------

  void add(delayed_run item);

  /// Takes every run that is due at `now`, the earliest first.
  [[nodiscard]] std::vector<delayed_run> take_due(time_point now);

  /// Takes what is delayed of `wanted`, which is sorted; one run per message.
  [[nodiscard]] std::vector<delayed_run> take(std::span<const sequence_number> wanted);

  // -- properties -------------------------------------------------------------

  /// The earliest due time, or `nullopt` when nothing waits.
  [[nodiscard]] std::optional<time_point> next_due() const;

  /// Shows every run with its due time, the earliest first.
  template <class Show>
  void each(Show show) const {
    for (const auto& [key, run] : runs_)
      show(key.first, run);
  }

  [[nodiscard]] std::uint64_t size() const noexcept {
    return size_;
  }

  /// What those take in memory that have their payload with them.
  [[nodiscard]] std::size_t resident_bytes() const noexcept {
    return share_.used();
  }

private:
  void cut_out(delayed_run item, std::span<const sequence_number> wanted,
               std::vector<delayed_run>& taken);

  std::map<std::pair<time_point, sequence_number>, message_run> runs_;
  resident_share share_;
  std::uint64_t size_ = 0;
};

} // namespace ferry
