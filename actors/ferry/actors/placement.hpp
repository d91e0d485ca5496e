// Where an actor runs.

#pragma once

#include <cstdint>

namespace ferry::actors {

/// Whether an actor has a thread to itself; tests keep all on one.
enum class placement : std::uint8_t { detached, shared };

} // namespace ferry::actors
