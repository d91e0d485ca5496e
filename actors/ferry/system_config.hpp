// The configuration of an actor system that can carry ferry's messages.

#pragma once

#include <caf/actor_system_config.hpp>

namespace ferry {

namespace detail {

/// Runs before CAF's own configuration, as CAF 1.x demands.
struct message_types {
  message_types();
};

} // namespace detail

/// A CAF configuration that knows ferry's messages. Programs with a configuration
/// of their own derive it from this one.
class system_config : private detail::message_types, public caf::actor_system_config {
public:
  system_config();
};

} // namespace ferry
