// The queues of a broker on another node that this node uses: how each was asked for,
// and which the broker refuses for now.

#pragma once

#include "ferry/config.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ferry {

/// Remembers what a new link has to ask for. A memory queue is gone with the process
/// that held it, so whoever declared a queue declares it again.
///
/// Errors      None.
/// Cost        O(log queues) per call.
/// Threads     One owner at a time; no locking inside.
template <class Queue>
class used_queues {
public:
  /// A queue as it is used here.
  struct entry {
    Queue queue;
    std::optional<queue_config> declared_as; // `nullopt`: it was found
  };

  // -- modifiers --------------------------------------------------------------

  /// Notes that `name` is used, and what it was declared as; one that was only found now
  /// stays declared as it was. `make()` makes the first use of it.
  template <class Make>
  const Queue& use(const std::string& name, std::optional<queue_config> declared_as, Make make) {
    auto [found, is_new] = queues_.try_emplace(name);
    if (is_new)
      found->second.queue = make();
    if (declared_as)
      found->second.declared_as = std::move(declared_as);
    return found->second.queue;
  }

  /// Notes that the broker refuses `name` for now, over this link.
  /// Returns  whether it is the first one, so that the caller sees to `take_refused`
  [[nodiscard]] bool refused(const std::string& name) {
    refused_.push_back(name);
    return refused_.size() == 1;
  }

  /// Returns what is to be asked for again, in the order in which it was refused.
  [[nodiscard]] std::vector<std::string> take_refused() {
    return std::exchange(refused_, {});
  }

  /// Returns all of them, and uses none.
  [[nodiscard]] std::map<std::string, entry> take_all() {
    refused_.clear();
    return std::exchange(queues_, {});
  }

  // -- properties -------------------------------------------------------------

  /// By their names.
  [[nodiscard]] const std::map<std::string, entry>& all() const noexcept {
    return queues_;
  }

  /// Expects  that `name` is used
  [[nodiscard]] const entry& at(const std::string& name) const {
    return queues_.at(name);
  }

private:
  std::map<std::string, entry> queues_;
  std::vector<std::string> refused_;
};

} // namespace ferry
