// From a connected socket to two ends that know each other.
//
//   client ──ClientHello…Finished──► server     both certificates are checked
//   client ◄────────one byte──────── server     the server has accepted the client
//
// The byte is there because a TLS 1.3 client is done before the server has looked at
// its certificate: without it a refusal would look like a connection that broke later.

#pragma once

#include "ferry/net/tls_session.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <functional>
#include <memory>

namespace ferry::net {

using tcp_socket = boost::asio::ip::tcp::socket;

/// A connection whose handshake has ended well.
struct secured_connection {
  tcp_socket socket;
  std::unique_ptr<tls_session> session;
};

/// Errors   the session's failure(): not_trusted, network_failed
/// Time     knows no limit; the owner has one, and closes what takes too long
/// Threads  the loop's
class tls_handshake : public std::enable_shared_from_this<tls_handshake> {
public:
  using handler = std::function<void(result<secured_connection>)>;

  tls_handshake(tcp_socket socket, const tls_context& context, std::string expected_name,
                handler done);

  /// Calls the handler once, soon or at once; not after close().
  void start();
  void close();

private:
  [[nodiscard]] tls_step proceed();
  [[nodiscard]] tls_step greet();
  void advance();
  [[nodiscard]] error why_failed() const;
  void wait(tcp_socket::wait_type event);
  void finish(result<secured_connection> outcome);

  tcp_socket socket_;
  std::unique_ptr<tls_session> session_;
  handler done_; // empty once it was called
  bool shaken_ = false;
};

} // namespace ferry::net
