// When to tell a handler that its time is over.

#pragma once

#include "ferry/supervision/alarm_table.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <utility>

namespace ferry::actors {

/// Keeps the stop sources of running handlers with their deadlines. Asking a
/// source to stop runs the user's stop callbacks on the spot: they must not block.
///
/// Time        Never reads a clock; the caller passes `now`.
/// Cost        O(log handlers) per call and per fired source.
/// Threads     One owner at a time; no locking inside.
class stop_alarms {
public:
  using actor_id = std::uint64_t;

  // -- modifiers --------------------------------------------------------------

  /// Sets the alarm `id` of a consumer, or moves it; of one that is closed it fires
  /// at once.
  void arm(actor_id consumer, std::uint64_t id, std::stop_source source, time_point deadline);

  void disarm(actor_id consumer, std::uint64_t id);

  /// Fires everything whose time has come at `now`.
  void fire_due(time_point now);

  /// Fires everything of one consumer, now and from now on, until it is forgotten.
  void close(actor_id consumer);

  /// Fires everything of a consumer that has ended.
  void forget(actor_id consumer);

  /// Fires everything.
  void fire_all();

  // -- properties -------------------------------------------------------------

  [[nodiscard]] std::optional<time_point> next() const {
    return alarms_.next();
  }

private:
  using key = std::pair<actor_id, std::uint64_t>;

  struct armed {
    alarm_table::sleeper_id sleeper = 0;
    std::stop_source source;
  };

  using armed_map = std::map<key, armed>;

  armed_map::iterator fire(armed_map::iterator at);

  armed_map armed_;
  std::set<actor_id> closed_; // whose handlers run on, though nobody waits for them
  std::map<alarm_table::sleeper_id, key> sleepers_;
  alarm_table alarms_;
  alarm_table::sleeper_id last_ = 0;
};

} // namespace ferry::actors
