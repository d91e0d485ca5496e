// What queues ask their supervisor for: to be told of lost consumers, of the time,
// and of their turn.

#pragma once

#include "ferry/actors/handles.hpp"
#include "ferry/actors/protocol/signalling.hpp"
#include "ferry/actors/protocol/supervising.hpp"
#include "ferry/actors/watch_table.hpp"
#include "ferry/supervision/alarm_table.hpp"
#include "ferry/supervision/turn_queue.hpp"

#include <caf/actor.hpp>
#include <caf/actor_addr.hpp>

#include <functional>
#include <map>
#include <optional>
#include <utility>

namespace ferry::actors {

/// Keeps the queues' wishes, and fulfils them.
/// Time        Never reads a clock; the caller passes `now`.
/// Cost        O(log queues) per call, O(waiting) for turns.
/// Threads     The supervisor's only.
class queue_signals {
public:
  using monitor_function = std::function<void(const caf::actor&)>;

  /// `monitor` is called once per queue and receiver; `end_of` is to be called when
  /// one of them ends.
  explicit queue_signals(monitor_function monitor) : monitor_(std::move(monitor)) {
  }

  // -- wishes -----------------------------------------------------------------

  /// `spec` describes the receiver where it is a supervised child; else it is null.
  void watch(const messages::watch& m, const messages::supervise* spec);
  void wake_at(const messages::wake_at& m);
  void ask_turn(const messages::ask_turn& m);
  void end_turn(caf::actor_id queue);

  // -- events -----------------------------------------------------------------

  /// Wakes every queue whose time has come.
  void wake_due(time_point now);

  /// Whatever `receiver` holds returns to its queues. `spec` is null where it is no
  /// supervised child.
  void give_back(const caf::actor_addr& receiver, const messages::supervise* spec);

  /// An actor ended; it may be a queue.
  void forget(const caf::actor_addr& who);

  // -- properties -------------------------------------------------------------

  /// When `wake_due` is to be called.
  [[nodiscard]] std::optional<time_point> next() const {
    return alarms_.next();
  }

private:
  [[nodiscard]] messages::wake wake_of(const caf::actor& queue) const;
  void know(const caf::actor& queue);

  monitor_function monitor_;
  watch_table consumers_;
  std::map<caf::actor_id, caf::actor> queues_; // that ever asked for a wake or a turn
  alarm_table alarms_;                         // by the queue's actor id
  turn_queue turns_;                           // by the queue's actor id
};

} // namespace ferry::actors
