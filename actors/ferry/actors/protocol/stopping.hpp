// How an actor goes on, and how it ends.

#pragma once

#include "ferry/actors/inspection.hpp"
#include "ferry/actors/protocol/type_ids.hpp"

namespace ferry::messages {

/// Asks an actor to finish what it has begun and to end.
/// From    broker, supervisor
/// Answer  stopped
/// Repeat  allowed
struct stop {};

struct stopped {};

/// Continue with what is left; from an actor to itself.
struct proceed {};

// -- inspection ---------------------------------------------------------------

template <class Inspector>
auto inspect(Inspector& f, stop& x) {
  return fields(f, x, "ferry::stop");
}

template <class Inspector>
auto inspect(Inspector& f, stopped& x) {
  return fields(f, x, "ferry::stopped");
}

template <class Inspector>
auto inspect(Inspector& f, proceed& x) {
  return fields(f, x, "ferry::proceed");
}

} // namespace ferry::messages
