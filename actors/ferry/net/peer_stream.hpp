// A connection that is made, and whose other end is known, ready to be used.

#pragma once

#include "ferry/net/stream_socket.hpp"

#include <memory>
#include <string>
#include <vector>

namespace ferry::net {

/// What a gate and a dialing hand over.
///
/// Without TLS `socket` is the connection itself, with TCP_NODELAY. With TLS it is
/// one end of a local socket pair whose other end the net_thread relays to the
/// peer: both directions can be shut down one by one, and a full buffer on either
/// side stops the other. In both cases a stream that ends without the caller's
/// protocol having said goodbye was cut.
struct peer_stream {
  stream_socket socket;
  std::shared_ptr<const void> slot = {};   // keep it as long as the socket: it is what the gate
                                           // counts of a connection without TLS
  std::string peer_name = {};              // common name of the verified certificate; empty: no TLS
  std::vector<std::string> dns_names = {}; // its alternative names
  std::string address = {};                // the other end's, "127.0.0.1:4242" or "[::1]:4242"
};

} // namespace ferry::net
