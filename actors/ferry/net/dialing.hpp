// Connects to another node's gate, without holding up the caller.

#pragma once

#include "ferry/net/net_thread.hpp"
#include "ferry/net/peer_stream.hpp"
#include "ferry/net/tls_files.hpp"
#include "ferry/result.hpp"
#include "ferry/time.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace ferry::net {

/// Whom to connect to, and as whom.
struct dial_config {
  std::string target;                // "host:port" or "[::1]:4242"
  std::optional<tls_files> tls = {}; // without: no encryption, and nobody knows who answers
  std::string expected_name = {};    // with TLS: the answering certificate's; empty: anybody's
  duration limit = std::chrono::seconds{10}; // for look-up, connection and handshake in all
};

/// Called once, on the net_thread, and holds up all its connections until it
/// returns. It must not throw. The stream, or why there is none:
///   errc::invalid_argument  `dial_config` is out of range
///   errc::network_failed    nobody answers, the name is unknown, or who answered ended the
///                           connection in the handshake and refused nobody
///   errc::not_trusted       one end refused the other's certificate, or the files
///                           are not in order, see check()
///   errc::timed_out         the limit has passed
///   errc::closed            it was cancelled, or the net_thread has ended
/// The text names the target.
using dial_handler = std::function<void(result<peer_stream>)>;

/// A connection that is being made.
/// Threads  any
class [[nodiscard]] dialing {
public:
  dialing() = default;
  explicit dialing(std::function<void()> cancel);
  dialing(dialing&& other) noexcept;
  dialing& operator=(dialing&& other) noexcept;

  /// Cancels.
  ~dialing();

  /// Gives up, unless it has ended; waits for nothing. The handler is called soon
  /// with errc::closed, or was called, or is at this moment.
  void cancel();

private:
  std::function<void()> cancel_; // empty: there is nothing to cancel
};

/// Begins to connect. A name that has several addresses is tried at each, in the
/// order of the system's resolver, with an equal share of the time that is left.
/// The files of `config.tls` are read anew by every call, so a renewed certificate
/// is used from the next connection on.
/// Threads  any; returns at once
dialing dial(net_thread& thread, dial_config config, dial_handler done);

} // namespace ferry::net
