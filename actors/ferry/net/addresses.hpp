// Addresses between text and sockets.

#pragma once

#include "ferry/net/stream_socket.hpp"
#include "ferry/result.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <string>

namespace ferry::net {

using endpoint = boost::asio::ip::tcp::endpoint;

/// "host:port" taken apart; the host of "[::1]:4242" is "::1".
struct dial_target {
  std::string host;
  std::uint16_t port = 0;
};

/// Errors  errc::invalid_argument
[[nodiscard]] result<dial_target> parse_target(const std::string& text);

/// The address to listen on; "localhost" is 127.0.0.1, other names are refused.
/// Errors  errc::invalid_argument
[[nodiscard]] result<endpoint> parse_listening_address(const std::string& address,
                                                       std::uint16_t port);

/// Whether only this machine can reach it.
[[nodiscard]] bool is_loopback(const endpoint& where);

/// "127.0.0.1:4242" or "[::1]:4242".
[[nodiscard]] std::string text_of(const endpoint& where);

/// A socket for `where`: non-blocking, not inherited; not open where there is none left.
[[nodiscard]] stream_socket open_socket(const endpoint& where);

/// What `errno` means now.
[[nodiscard]] std::string system_error_text();

/// Small messages leave at once. Has no effect on what is not TCP.
void send_without_delay(int socket);

} // namespace ferry::net
