// Which subscriptions end when an actor does.

#pragma once

#include "ferry/ids.hpp"
#include "ferry/message.hpp"

#include <caf/actor.hpp>
#include <caf/actor_addr.hpp>

#include <functional>
#include <map>
#include <utility>
#include <vector>

namespace ferry::actors {

/// A subscription whose receiver is monitored.
struct watched {
  caf::actor queue;
  consumer_id consumer{};
  std::function<std::vector<sequence_range>()> begun; // what its handler is at; null: unknown
};

/// Remembers the subscriptions by their receivers.
/// Threads     One owner at a time; no locking inside.
class watch_table {
public:
  /// Returns whether it is the receiver's first, so that it has to be monitored.
  [[nodiscard]] bool add(const caf::actor& receiver, watched item) {
    auto& subscriptions = receivers_[receiver.address()];
    subscriptions.push_back(std::move(item));
    return subscriptions.size() == 1;
  }

  /// Takes out all subscriptions of `receiver`.
  [[nodiscard]] std::vector<watched> take(const caf::actor_addr& receiver) {
    auto found = receivers_.extract(receiver);
    return found ? std::move(found.mapped()) : std::vector<watched>{};
  }

  template <class Visitor>
  void each(Visitor visit) const {
    for (const auto& [receiver, subscriptions] : receivers_)
      for (const auto& item : subscriptions)
        visit(item);
  }

private:
  std::map<caf::actor_addr, std::vector<watched>> receivers_;
};

} // namespace ferry::actors
