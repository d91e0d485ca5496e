// Actors of the user's own under ferry's care: groups of children that are started
// again when they are lost. docs/supervision.md explains the words.

#pragma once

#include "ferry/result.hpp"
#include "ferry/supervision/supervision_config.hpp"
#include "ferry/supervision/supervisor_core.hpp"

#include <caf/actor.hpp>
#include <caf/fwd.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace ferry {

/// A child, and how each of its lives begins.
///
/// Starting  `start` is called on a thread of the actor system, for the first time
///           within `add`. It returns a fresh actor and must not block. Throwing is
///           as if the child had been lost at once.
/// Ending    An actor that ends with exit reason `normal` or `user_shutdown` has
///           ended normally, any other reason is a loss. To be stopped it is asked
///           with `messages::stop`. When it has answered `messages::stopped`, or does
///           not know the question, it gets an exit message with `user_shutdown`.
struct child_spec {
  std::string name; // unique in its group
  std::function<caf::actor()> start;
  child_kind kind = child_kind::permanent;
};

/// Why a group gave up.
struct escalation {
  std::string group;
  std::string child; // the one that was lost once too often
  std::string reason;
};

/// Hears of it when all children are down. It is called on a thread of the actor
/// system and must not block; what it throws is ignored.
using escalation_callback = std::function<void(const escalation&)>;

/// A running group. It runs until `stop`, until it gives up, or until its broker is
/// closed; the handle itself may be dropped, and copies are the same group.
///
/// Blocks      All calls wait for an actor's answer: call them from plain threads or
///             detached actors, and not from `start` or a callback.
/// Threads     any, except that the actor system outlives the handle.
class supervisor {
public:
  /// `broker::supervise` makes it.
  supervisor(caf::actor_system& system, caf::actor actor, std::uint64_t group)
    : system_(&system), actor_(std::move(actor)), group_(group) {
  }

  // -- modifiers --------------------------------------------------------------

  /// Adds a child and starts it. With `one_for_all` and `rest_for_one` it may have
  /// to wait for children before it that are about to be started again.
  /// Errors   invalid_argument: no name, a name that is taken, no `start`;
  ///          closed: the group is over
  [[nodiscard]] status add(child_spec child);

  /// Ends a child in good order; it is not started again, and the others are left
  /// alone. A child that is not there has been stopped.
  /// Errors   invalid_argument: a negative limit; timed_out: the limit passed and
  ///          the child was cut off, by an exit message with `kill`
  [[nodiscard]] status stop_child(const std::string& name, std::optional<duration> limit = {});

  /// Ends all children: with `one_for_one` at the same time, else from the last to
  /// the first, each when those after it are down.
  /// Repeat   allowed
  /// Errors   those of `stop_child`
  [[nodiscard]] status stop(std::optional<duration> limit = {});

  // -- properties -------------------------------------------------------------

  /// Who is in the group, in start order.
  /// Errors   closed: the group is over
  [[nodiscard]] result<std::vector<child_figures>> children() const;

  /// Whether the group is neither stopped nor has given up.
  [[nodiscard]] bool is_running() const {
    return children().ok();
  }

private:
  caf::actor_system* system_;
  caf::actor actor_;
  std::uint64_t group_;
};

} // namespace ferry
