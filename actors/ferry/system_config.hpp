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
/// It sets CAF's scheduler to one worker per core and at least two, because the
/// journal keeps one of them waiting for the disk, and to workers that go to sleep as
/// soon as there is nothing to do: by default they doze for 50 us at a time first,
/// and a message that comes from outside waits for them at each hop. Every half
/// millisecond one idle worker looks for what waits behind a busy one. A stream that
/// always has more to read is read once and then the others: by default it has fifty
/// turns, a quarter of a second of tiny letters. Options that a program sets itself,
/// in its constructor, a file or the command line, win.
class system_config : private detail::message_types, public caf::actor_system_config {
public:
  system_config();
};

} // namespace ferry
