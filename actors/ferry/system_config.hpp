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
///
/// It sets CAF's scheduler to work sharing, with one thread per core and at least
/// two: an idle worker of the default, work stealing, sleeps for 50 us and longer
/// before it looks for work again, which a message would meet at each hop, and the
/// journal keeps one worker busy while it commits. Options that a program sets
/// itself, in its constructor, a file or the command line, win.
class system_config : private detail::message_types, public caf::actor_system_config {
public:
  system_config();
};

} // namespace ferry
