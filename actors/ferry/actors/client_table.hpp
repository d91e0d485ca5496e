// Whom a broker has to stop before its queues: the producers and the groups of
// consumers that were made through it.

#pragma once

#include "ferry/actors/handles.hpp"
#include "ferry/producer_port.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace ferry::actors {

/// A producer; neither its actor nor its port is kept alive: it ends with its last
/// copy.
struct known_producer {
  caf::weak_actor_ptr actor;
  std::weak_ptr<producer_port> port;
  std::string queue;
};

/// Refuses what `producer` has unconfirmed, and ends its actor.
void cut_off(const known_producer& producer);

/// Knows them by queue.
/// Errors      None.
/// Threads     any
class client_table {
public:
  // -- modifiers --------------------------------------------------------------

  void add(known_producer item);
  void add_group(const std::string& queue, std::uint64_t group);

  /// The groups on `queue`, which are forgotten.
  [[nodiscard]] std::vector<std::uint64_t> take_groups(const std::string& queue);

  // -- properties -------------------------------------------------------------

  [[nodiscard]] std::vector<known_producer> producers() const;
  [[nodiscard]] std::vector<known_producer> producers_of(const std::string& queue) const;

private:
  mutable std::mutex mutex_; // guards what follows
  std::vector<known_producer> producers_;
  std::multimap<std::string, std::uint64_t> groups_; // by queue
};

} // namespace ferry::actors
