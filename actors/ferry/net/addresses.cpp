#include "ferry/net/addresses.hpp"

#include <boost/asio/ip/address.hpp>

#include <cerrno>
#include <charconv>
#include <system_error>

#include <netinet/tcp.h>
#include <sys/socket.h>

namespace ferry::net {

namespace {

namespace ip = boost::asio::ip;

/// 0 where `text` is not a port.
std::uint16_t port_of(std::string_view text) {
  auto port = std::uint16_t{0};
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), port);
  return problem == std::errc{} && end == text.data() + text.size() ? port : std::uint16_t{0};
}

/// ::ffff:127.0.0.1 is 127.0.0.1.
ip::address plain(const ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return ip::make_address_v4(ip::v4_mapped, address.to_v6());
  return address;
}

} // namespace

result<dial_target> parse_target(const std::string& text) {
  auto colon = text.rfind(':');
  auto host = text.substr(0, colon == std::string::npos ? 0 : colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != std::string::npos)
    host.clear(); // an IPv6 address without brackets: where it ends is a guess
  auto port = host.empty() ? std::uint16_t{0} : port_of(std::string_view{text}.substr(colon + 1));
  if (port == 0)
    return error{errc::invalid_argument, "target \"" + text
                                           + "\" is not an address; write \"host:port\" or "
                                             "\"[IPv6 address]:port\", port 1 to 65535"};
  return dial_target{std::move(host), port};
}

result<endpoint> parse_listening_address(const std::string& address, std::uint16_t port) {
  auto failed = boost::system::error_code{};
  auto parsed = ip::make_address(address == "localhost" ? "127.0.0.1" : address, failed);
  if (failed)
    return error{errc::invalid_argument,
                 "serve_config::address \"" + address
                   + "\" is not an IP address; write one of this machine's, "
                     "127.0.0.1, or 0.0.0.0 for all"};
  return endpoint{parsed, port};
}

bool is_loopback(const endpoint& where) {
  return plain(where.address()).is_loopback();
}

std::string text_of(const endpoint& where) {
  auto address = plain(where.address());
  auto host = address.to_string();
  return (address.is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(where.port());
}

stream_socket open_socket(const endpoint& where) {
  return stream_socket{
    ::socket(where.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP)};
}

std::string system_error_text() {
  return std::generic_category().message(errno);
}

void send_without_delay(int socket) {
  auto yes = 1;
  (void)::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

} // namespace ferry::net
