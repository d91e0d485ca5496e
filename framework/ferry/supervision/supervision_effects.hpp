// Everything a supervisor can ask of the world, on one page. The core appends
// these in the order of execution; the shell carries them out and decides nothing.

#pragma once

#include "ferry/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace ferry {

/// One child of one group, through all its lives; grows in start order and is
/// never reused within the group.
enum class child_id : std::uint64_t { none = 0 };

namespace supervision_effects {

/// Start the child; then call `started`, or `ended` where that was impossible.
struct start_child {
  child_id child{};
};

/// Ask the child to end in good order; call `ended` when it has.
struct stop_child {
  child_id child{};
};

/// Tell people that a child ended by itself.
struct lost {
  child_id child{};
  std::string reason;
  std::optional<time_point> again_at; // nothing: it is not started again
};

/// Forget the child: it is down and is not started again.
struct removed {
  child_id child{};
};

/// The group has given up, and all its children are down: `child` was lost more
/// often than its intensity allows. Comes last.
struct escalate {
  std::string child; // its name
  std::string reason;
};

/// The group was stopped, and all its children are down. Comes last.
struct stopped {};

/// Call `tick` at `when`; replaces every earlier wish.
struct wake_at {
  time_point when{};
};

} // namespace supervision_effects

using supervision_effect
  = std::variant<supervision_effects::start_child, supervision_effects::stop_child,
                 supervision_effects::lost, supervision_effects::removed,
                 supervision_effects::escalate, supervision_effects::stopped,
                 supervision_effects::wake_at>;

using supervision_effect_list = std::vector<supervision_effect>;

} // namespace ferry
