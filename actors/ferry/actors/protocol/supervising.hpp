// Who is kept running: the broker and the supervisor, within one process.
//
//   broker ── open_group, supervise, stop_child ──▶ supervisor

#pragma once

#include "ferry/actors/inspection.hpp"
#include "ferry/actors/protocol/type_ids.hpp"
#include "ferry/queue/queue_effects.hpp"
#include "ferry/supervision/supervision_config.hpp"
#include "ferry/supervision/supervisor_core.hpp"
#include "ferry/time.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace ferry::messages {

/// Asks the supervisor for a group of children with rules of its own.
/// From    broker
/// Answer  group_opened
/// Repeat  each one is a group of its own
struct open_group {
  std::string name; // for people
  supervision_config config;
  // hears of the child that was lost too often, and why; may be null
  std::function<void(const std::string& child, const std::string& reason)> on_escalation;
};

struct group_opened {
  std::uint64_t group = 0;
};

/// Asks the supervisor to keep a child running.
/// From    broker
/// Answer  supervised; an error where the group is over or has a child of that name
struct supervise {
  std::uint64_t group = 0;
  std::string name;
  std::function<caf::actor()> start; // called again after each loss
  child_kind kind = child_kind::permanent;
  // what the last life had in its handler, asked when that life is over; may be null
  std::function<std::vector<sequence_range>()> begun;
};

struct supervised {};

/// Asks the supervisor to end a child in good order and not to restart it.
/// Answer  stopped, once the child is gone; timed_out when it was given up because
///         the limit had passed
/// Repeat  allowed: who is gone is stopped; the earliest limit counts
struct stop_child {
  std::uint64_t group = 0;
  std::string name;
  std::optional<duration> limit; // nothing: as long as it takes
};

/// Asks the supervisor to end a group and all its children in good order.
/// Answer  as that of stop_child
/// Repeat  allowed, as that of stop_child
struct stop_group {
  std::uint64_t group = 0;
  std::optional<duration> limit;
};

/// Asks the supervisor who is in a group.
/// Answer  children; an error where the group is over
/// Repeat  allowed
struct ask_children {
  std::uint64_t group = 0;
};

struct children {
  std::vector<child_figures> all; // in start order
};

// -- inspection ---------------------------------------------------------------

template <class Inspector>
auto inspect(Inspector& f, group_opened& x) {
  return fields(f, x, "ferry::group_opened", named{"group", x.group});
}

template <class Inspector>
auto inspect(Inspector& f, supervised& x) {
  return fields(f, x, "ferry::supervised");
}

template <class Inspector>
auto inspect(Inspector& f, ask_children& x) {
  return fields(f, x, "ferry::ask_children", named{"group", x.group});
}

} // namespace ferry::messages

// These never leave the process.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::open_group)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::supervise)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::stop_child)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::stop_group)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ferry::messages::children)
