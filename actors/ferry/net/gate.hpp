// Listens for other nodes. Who comes in is known, and was checked, before anybody
// hears of it; who is refused costs little and holds up nobody.

#pragma once

#include "ferry/net/net_thread.hpp"
#include "ferry/net/peer_stream.hpp"
#include "ferry/net/tls_files.hpp"
#include "ferry/result.hpp"
#include "ferry/time.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace ferry::net {

/// How to listen.
struct gate_config {
  std::string address = "127.0.0.1"; // an IP address of this machine; 0.0.0.0 and :: are all
  std::uint16_t port = 0;            // 0: any that is free
  std::optional<tls_files> tls = {}; // without: no encryption, and nobody knows who comes
  bool insecure = false;             // true: without TLS, yet not on loopback only
  duration handshake_limit = std::chrono::seconds{5}; // from accepting on; above 0
  std::size_t max_handshakes = 64;                    // at a time; at least 1
  std::size_t max_connections = 1024;                 // handshakes included; at least 1
};

/// Somebody who was not let in.
struct refusal {
  std::string address; // the other end's; empty where nobody is to blame
  error why;           // timed_out, not_trusted or network_failed
};

/// Both are called on the net_thread, and hold up all its connections until they
/// return. They must not throw.
using arrival_handler = std::function<void(peer_stream)>;
using refusal_handler = std::function<void(const refusal&)>;

class gatekeeper;

/// An open port.
///
/// Limits   A connection whose handshake takes longer than `handshake_limit` is
///          closed. Where `max_handshakes` are under way, the oldest gives way to
///          the next, yet not before it had a twentieth of the limit: who keeps
///          silent delays others, and cannot lock them out. Beyond
///          `max_connections` whoever comes is refused. With TLS a connection
///          counts until it has ended, without until its `peer_stream::slot` is gone.
/// Threads  any
class gate {
public:
  gate(std::shared_ptr<net_loop> loop, std::shared_ptr<gatekeeper> keeper);
  gate(gate&&) noexcept;
  gate& operator=(gate&&) noexcept;

  /// Closes.
  ~gate();

  /// Closes the port, all handshakes, and the connections with TLS that came in
  /// here; streams without TLS are their owners'. When it returns no handler runs
  /// any more. May be repeated.
  void close();

  [[nodiscard]] std::uint16_t port() const noexcept;

private:
  std::shared_ptr<net_loop> loop_;
  std::shared_ptr<gatekeeper> keeper_;
};

/// Opens a port; `on_refusal` may be empty.
/// Errors   errc::invalid_argument: an option is out of range, or the address is not
///          loopback while there is neither TLS nor `insecure`; errc::not_trusted:
///          see check(); errc::network_failed: the port cannot be had
/// Threads  any; reads the files of `config.tls` meanwhile
[[nodiscard]] result<gate> listen(net_thread& thread, const gate_config& config,
                                  arrival_handler on_arrival, refusal_handler on_refusal);

} // namespace ferry::net
