// Which queues there are: what clients ask a broker.

#pragma once

#include "ferry/actors/inspection.hpp"
#include "ferry/actors/protocol/type_ids.hpp"
#include "ferry/config.hpp"
#include "ferry/ids.hpp"

#include <caf/actor.hpp>

#include <string>
#include <vector>

namespace ferry::messages {

/// Asks for a queue of that name and with these options, which is created unless
/// it is there.
/// Answer  queue_info; an error where it is there with other options
/// Repeat  allowed
struct declare {
  std::string name;
  queue_config config;
};

/// Asks for a queue that was declared before.
/// Answer  queue_info, or an error
/// Repeat  allowed
struct find {
  std::string name;
};

/// A queue that can be published to and consumed from.
struct queue_info {
  std::string name;
  queue_config config;
  caf::actor queue; // a queue_actor
  queue_id id{};    // in the journal; none: it is not stored
};

/// Asks to end a queue for as long as the broker is open: it refuses what comes,
/// answers what came, and is found no more. Its messages stay in the journal.
/// Answer  stopped; an error where it is another queue's dead-letter queue
/// Repeat  allowed
struct close_queue {
  std::string name;
};

/// Asks for the names of all queues that are open.
/// Answer  queue_names
/// Repeat  allowed
struct list_queues {};

struct queue_names {
  std::vector<std::string> names;
};

// -- inspection ---------------------------------------------------------------

template <class Inspector>
auto inspect(Inspector& f, declare& x) {
  return fields(f, x, "ferry::declare", named{"name", x.name}, named{"config", x.config});
}

template <class Inspector>
auto inspect(Inspector& f, find& x) {
  return fields(f, x, "ferry::find", named{"name", x.name});
}

template <class Inspector>
auto inspect(Inspector& f, queue_info& x) {
  return fields(f, x, "ferry::queue_info", named{"name", x.name}, named{"config", x.config},
                named{"queue", x.queue}, named{"id", x.id});
}

template <class Inspector>
auto inspect(Inspector& f, close_queue& x) {
  return fields(f, x, "ferry::close_queue", named{"name", x.name});
}

template <class Inspector>
auto inspect(Inspector& f, list_queues& x) {
  return fields(f, x, "ferry::list_queues");
}

template <class Inspector>
auto inspect(Inspector& f, queue_names& x) {
  return fields(f, x, "ferry::queue_names", named{"names", x.names});
}

} // namespace ferry::messages
