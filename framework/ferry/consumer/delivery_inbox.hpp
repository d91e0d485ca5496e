// What a consumer has been handed and has not begun yet, and how it keeps its
// leases while it is busy with something else.

#pragma once

#include "ferry/message.hpp"
#include "ferry/outcome.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

namespace ferry {

/// A run of messages with the tags that settle them.
/// Shape   message i of `run` carries tag `first_tag + i`
struct delivered_run {
  delivery_tag first_tag{};
  message_run run;
  time_point deadline{};
  company with = company::any;
  duration lease{};         // as long as the queue gave it at first
  time_point limit = never; // no extension leads beyond
};

/// Cuts the first `count` messages off `item` and returns them.
/// Expects   `count` between 1 and `item.run.count`; all of it leaves an empty one.
[[nodiscard]] delivered_run split_front(delivered_run& item, std::uint64_t count);

/// Two halves of `runs`, where there are two messages: of the list, or of its only run.
/// Errors    `nullopt`: it is a single message
[[nodiscard]] std::optional<std::pair<std::vector<delivered_run>, std::vector<delivered_run>>>
halves_of(std::vector<delivered_run> runs);

/// Keeps deliveries in the order in which they came.
///
/// A message waits here on its own lease. So that a slow handler does not turn
/// the messages behind it into expired ones, they are renewed when a quarter of
/// their lease is gone; a consumer that is stuck renews nothing, and they go to
/// another one.
///
/// Time        Never reads a clock; the caller passes `now`.
/// Errors      None.
/// Cost        O(runs) per call, not per message.
/// Threads     One owner at a time; no locking inside.
class delivery_inbox {
public:
  // -- modifiers --------------------------------------------------------------

  void add(delivered_run item);

  /// Drops what has expired: the queue has given it to someone else.
  void drop_expired(time_point now);

  /// Extends what has used up a quarter of its lease; the settlements are to be
  /// sent at once.
  [[nodiscard]] std::vector<settlement> renew(time_point now);

  /// Takes the oldest messages, of one run, at most `count`.
  /// Expects   not empty, `count` from 1
  [[nodiscard]] delivered_run take(std::uint64_t count);

  /// Whether the oldest message may share a handler with those taken before it.
  [[nodiscard]] bool next_is_sociable() const noexcept {
    return !waiting_.empty() && waiting_.front().with == company::any;
  }

  void clear() noexcept {
    waiting_.clear();
  }

  // -- properties -------------------------------------------------------------

  [[nodiscard]] bool empty() const noexcept {
    return waiting_.empty();
  }

private:
  std::deque<delivered_run> waiting_;
};

} // namespace ferry
