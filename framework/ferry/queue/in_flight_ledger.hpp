// Deliveries that left the queue and are not settled yet.

#pragma once

#include "ferry/ids.hpp"
#include "ferry/message.hpp"
#include "ferry/time.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace ferry {

/// A run of messages in the hands of one consumer.
/// Shape   message i of `run` carries tag `first_tag + i`.
struct lease {
  delivery_tag first_tag{};
  consumer_id holder{};
  message_run run;
  time_point deadline{}; // from here on `expire` ends it; an ack that is faster counts
  time_point opened{};   // when it left the queue
  duration term{};       // how long an extension is that names no length
};

/// Remembers who holds which messages, and until when.
///
/// Invariants  A tag is never reused, in this process or a later one, so a late
///             ack cannot settle a newer delivery of the same message.
///             `deadlines_` and `leases_` always hold the same tags.
/// Time        Never reads a clock; the caller passes `now`.
/// Errors      None. Tags that ended already, or belong to another holder, are
///             skipped: late and repeated acks are normal traffic.
/// Cost        O(log leases) per lease that a call touches, not per message.
/// Threads     One owner at a time; no locking inside.
class in_flight_ledger {
public:
  /// `longest` bounds a lease together with all its extensions.
  explicit in_flight_ledger(epoch opened, duration longest = duration::max());

  // -- modifiers --------------------------------------------------------------

  /// Opens a lease of length `term` on `run`; returns the tag of its first message.
  [[nodiscard]] delivery_tag open(time_point now, consumer_id holder, message_run run,
                                  duration term);

  /// Ends the deliveries `first` to `first + count - 1` that `holder` still has;
  /// the oldest tag comes first.
  [[nodiscard]] std::vector<lease> close(consumer_id holder, delivery_tag first,
                                         std::uint64_t count);

  /// Moves the deadline of those deliveries to `term` from `now`, or to their first
  /// term from `now`, never beyond the longest; returns how many were still open.
  [[nodiscard]] std::uint64_t extend(time_point now, consumer_id holder, delivery_tag first,
                                     std::uint64_t count, std::optional<duration> term);

  /// Ends every lease due at `now`; the earliest deadline comes first.
  [[nodiscard]] std::vector<lease> expire(time_point now);

  /// Ends every lease of `holder`; the oldest tag comes first.
  [[nodiscard]] std::vector<lease> release(consumer_id holder);

  // -- properties -------------------------------------------------------------

  /// The message that `holder` has under `tag`, or `nullopt`.
  [[nodiscard]] std::optional<sequence_number> find(consumer_id holder, delivery_tag tag) const;

  /// The earliest deadline, or `nullopt` when nothing is in flight.
  [[nodiscard]] std::optional<time_point> next_deadline() const;

  /// Shows every lease, the oldest tag first.
  template <class Show>
  void each(Show show) const {
    for (const auto& [tag, item] : leases_)
      show(item);
  }

  /// How many messages are in flight.
  [[nodiscard]] std::uint64_t size() const noexcept {
    return size_;
  }

private:
  using lease_map = std::map<delivery_tag, lease>;

  void insert(lease item);
  lease remove(lease_map::iterator at);
  lease carve(lease_map::iterator at, delivery_tag first, std::uint64_t count);

  lease_map leases_; // by first tag
  std::set<std::pair<time_point, delivery_tag>> deadlines_;
  delivery_tag next_tag_;
  std::uint64_t size_ = 0;
  duration longest_;
};

} // namespace ferry
