// Who receives a queue's deliveries, and what the command at hand has for each.

#pragma once

#include "ferry/consumer/delivery_inbox.hpp"
#include "ferry/ids.hpp"
#include "ferry/queue/queue_effects.hpp"

#include <map>
#include <utility>
#include <vector>

namespace ferry::actors {

/// Gathers deliveries, so that a consumer gets one message of a command, whatever number
/// of runs it was given.
///
/// Errors      None. What is for somebody who is not in it is dropped: its consumer is
///             gone, and the queue hears of that.
/// Threads     One owner at a time.
template <class Receiver>
class receiver_table {
public:
  // -- modifiers --------------------------------------------------------------

  void add(consumer_id consumer, Receiver receiver) {
    receivers_.emplace(consumer, std::move(receiver));
  }

  void remove(consumer_id consumer) {
    receivers_.erase(consumer);
  }

  /// Removes everybody; in the order of their ids.
  [[nodiscard]] std::map<consumer_id, Receiver> take_all() {
    return std::exchange(receivers_, {});
  }

  void gather(effects::deliver& e) {
    gathered_[e.consumer].push_back(
      {e.first_tag, std::move(e.run), e.deadline, e.with, e.lease, e.limit});
  }

  /// Calls `send(receiver, consumer, runs)` with what was gathered, in the order of ids.
  template <class Send>
  void hand_over(Send send) {
    for (auto& [consumer, runs] : gathered_)
      if (auto found = receivers_.find(consumer); found != receivers_.end())
        send(found->second, consumer, std::move(runs));
    gathered_.clear();
  }

private:
  std::map<consumer_id, Receiver> receivers_;
  std::map<consumer_id, std::vector<delivered_run>> gathered_;
};

} // namespace ferry::actors
