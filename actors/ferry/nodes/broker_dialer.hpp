// How a far broker gets its streams.

#pragma once

#include "ferry/node_config.hpp"
#include "ferry/nodes/far_broker_actor.hpp"

#include <memory>

namespace ferry::actors {

/// Dials on a thread of its own. It goes away after the far broker that uses it.
/// Threads  any
class broker_dialer {
public:
  explicit broker_dialer(const connect_config& config);
  ~broker_dialer();

  /// What a far broker is given; usable for as long as this lives.
  [[nodiscard]] dialer function();

private:
  struct impl;

  std::unique_ptr<impl> impl_;
};

} // namespace ferry::actors
