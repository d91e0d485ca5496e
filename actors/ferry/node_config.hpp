// How a broker serves other nodes, and how a program connects to one.

#pragma once

#include "ferry/link/access_policy.hpp"
#include "ferry/link/link_core.hpp"
#include "ferry/link/reconnect_policy.hpp"
#include "ferry/net/tls_files.hpp"
#include "ferry/time.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace ferry {

using net::tls_files;

/// What a broker lets other nodes do.
struct serve_config {
  std::string address = "127.0.0.1"; // an IP address of this machine; 0.0.0.0 and :: are all
  std::uint16_t port = 0;            // 0: any that is free
  std::optional<tls_files> tls = {}; // both sides show certificates; without: loopback only
  bool insecure = false;             // true: without TLS, yet not on loopback only
  access_config access = {};         // who may do what; see docs/security.md
  std::string cluster = "ferry";     // nodes of other clusters are refused
  std::string node = {};             // for people; empty: host name and process id
  link_config link = {};
  std::size_t max_connections = 1024;
};

/// How a program reaches a broker on another node.
struct connect_config {
  std::optional<tls_files> tls = {};
  std::string expected_name = {}; // with TLS: of the broker's certificate; empty: anybody's of
                                  // the authority
  std::string token = {};         // who this client is, where that is not its certificate's
                                  // name; at most 4,096 characters, as cluster and node
  std::string cluster = "ferry";
  std::string node = {};                             // for people; empty: host name and process id
  duration connect_limit = std::chrono::seconds{30}; // how long `connect` waits for the first link
  duration dial_limit = std::chrono::seconds{5};     // for one address
  reconnect_config reconnect = {};
  link_config link = {};
  duration close_limit = std::chrono::seconds{30}; // as of broker_config
  // hears of links that were made, lost and refused, and what broker_config::report hears
  // of consumers and children; any thread, one call at a time; must not wait for the broker
  std::function<void(const std::string&)> report = {};
};

/// Errors   invalid_argument
[[nodiscard]] error check(const link_config& config);
[[nodiscard]] error check(const serve_config& config);
[[nodiscard]] error check(const connect_config& config);

} // namespace ferry
