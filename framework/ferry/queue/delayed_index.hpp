// The messages that wait for an instant before they are ready again.

#pragma once

#include "ferry/message.hpp"
#include "ferry/time.hpp"

#include <map>
#include <optional>
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
/// Cost        O(log runs) to add, O(k log runs) to take k.
/// Threads     One owner at a time; no locking inside.
class delayed_index {
public:
  // -- modifiers --------------------------------------------------------------

  void add(delayed_run item);

  /// Takes every run that is due at `now`, the earliest first.
  [[nodiscard]] std::vector<delayed_run> take_due(time_point now);

  // -- properties -------------------------------------------------------------

  /// The earliest due time, or `nullopt` when nothing waits.
  [[nodiscard]] std::optional<time_point> next_due() const;

  [[nodiscard]] std::uint64_t size() const noexcept {
    return size_;
  }

private:
  std::map<std::pair<time_point, sequence_number>, message_run> runs_;
  std::uint64_t size_ = 0;
};

} // namespace ferry
