// How a node introduces itself.

#pragma once

#include "ferry/link/handshake.hpp"
#include "ferry/link/link_core.hpp"

#include <string>

namespace ferry::actors {

/// A hello of this process with a fresh incarnation; an empty `node` becomes host name
/// and process id.
[[nodiscard]] hello introduce(std::string cluster, std::string node, const link_config& link);

} // namespace ferry::actors
