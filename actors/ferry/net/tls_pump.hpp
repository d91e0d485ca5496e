// Relays between a TLS connection and a local socket, whose other end has the user.
//
//            local socket pair              TLS over TCP
//   user ◄──────────────────────► tls_pump ◄────────────► peer
//
// A side that cannot write stops the reading of the other one, so a stopped reader
// stops its writer through both kernels. Each direction ends by itself: the user's
// shutdown becomes a close_notify, the peer's close_notify an end of file. Anything
// else that ends a connection ends both directions.

#pragma once

#include "ferry/net/leftover.hpp"
#include "ferry/net/net_loop.hpp"
#include "ferry/net/stream_socket.hpp"
#include "ferry/net/tls_handshake.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>

namespace ferry::net {

/// Invariants  Holds at most net_loop::scratch() bytes per direction, beside what
///             OpenSSL has of one read and the kernel in its buffers; and none of
///             its own while both sides keep up.
/// Time        When the user closes its end, what it wrote is sent, and what still
///             comes is dropped, for at most 5 s.
/// Threads     the loop's
class tls_pump : public activity, public std::enable_shared_from_this<tls_pump> {
public:
  using local_socket = boost::asio::local::stream_protocol::socket;

  /// `ended` is called once, when it is closed by whomever.
  tls_pump(net_loop& loop, secured_connection connection, std::function<void()> ended);

  /// Starts, and returns the user's end; not open where no descriptor is left.
  [[nodiscard]] stream_socket start();
  void close() override;

private:
  /// What became of a part of a direction.
  enum class progress { moved, waits, lost };

  void advance();
  [[nodiscard]] bool go_on(progress outcome);

  // -- from the user to the peer ----------------------------------------------
  [[nodiscard]] progress move_out();
  [[nodiscard]] progress read_local(std::span<const std::byte>& bytes);
  [[nodiscard]] progress write_peer(std::span<const std::byte>& bytes);
  [[nodiscard]] progress end_out();

  // -- from the peer to the user ----------------------------------------------
  [[nodiscard]] progress move_in();
  [[nodiscard]] progress read_peer(std::span<const std::byte>& bytes);
  [[nodiscard]] progress write_local(std::span<const std::byte>& bytes);
  void ignore_peer();
  void end_in();

  // -- waiting ----------------------------------------------------------------
  [[nodiscard]] progress wait_for_peer(const tls_step& step);
  void wait_for(tcp_socket::wait_type event);
  void wait_for_local(local_socket::wait_type event);
  void watch_user();
  void user_left();

  struct waiting {
    bool read = false;
    bool write = false;
  };

  tcp_socket peer_;
  std::unique_ptr<tls_session> session_;
  local_socket local_;
  boost::asio::steady_timer farewell_;
  std::function<void()> ended_;
  leftover to_peer_;
  leftover to_local_;
  waiting at_peer_;
  waiting at_local_;
  bool user_ended_ = false; // nothing more comes from the user
  bool out_ended_ = false;  // and the peer was told
  bool peer_ended_ = false; // nothing more comes from the peer
  bool in_ended_ = false;   // and the user was told
  bool user_reads_ = true;  // else what the peer sends is dropped
  bool closed_ = false;
};

} // namespace ferry::net
