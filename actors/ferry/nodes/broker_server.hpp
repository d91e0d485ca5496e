// The open port of a broker, and the sessions of those who came in.

#pragma once

#include "ferry/actors/clock.hpp"
#include "ferry/actors/handles.hpp"
#include "ferry/node_config.hpp"
#include "ferry/result.hpp"

#include <caf/actor_system.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace ferry::actors {

/// What a server works for.
struct server_links {
  broker_actor broker;
  anchored_clock clock;
  std::function<void(const std::string&)> report; // may be null
};

/// Serves until it goes away: then the port is closed, and every client is told.
/// Threads  one owner at a time
class broker_server {
public:
  /// Errors   those of `net::listen`; invalid_argument: an option is out of range
  [[nodiscard]] static result<std::unique_ptr<broker_server>>
  open(caf::actor_system& system, const serve_config& config, server_links links);

  ~broker_server();

  [[nodiscard]] std::uint16_t port() const noexcept;

private:
  struct impl;

  explicit broker_server(std::unique_ptr<impl> opened);

  std::unique_ptr<impl> impl_;
};

} // namespace ferry::actors
