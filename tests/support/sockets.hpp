// Plain sockets for tests: what they wait for has a limit, and nothing else blocks.

#pragma once

#include "ferry/net/stream_socket.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>

namespace ferry::testing {

using std::chrono::milliseconds;

/// How long a test waits for what should happen at once.
inline constexpr auto patience = milliseconds{20'000};

/// Whether `events` are there within `limit`; an end or an error counts as well.
[[nodiscard]] inline bool is_ready(int socket, short events, milliseconds limit = patience) {
  auto watched = pollfd{socket, events, 0};
  auto ready = ::poll(&watched, 1, static_cast<int>(limit.count()));
  return ready > 0 || (ready < 0 && errno == EINTR);
}

inline void require_ready(int socket, short events) {
  if (!is_ready(socket, events))
    throw std::runtime_error("a socket was not ready in time");
}

[[nodiscard]] inline sockaddr_in loopback(std::uint16_t port) {
  auto address = sockaddr_in{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/// A connection to `port`, non-blocking; it is made soon after.
[[nodiscard]] inline net::stream_socket connect_to(std::uint16_t port) {
  auto socket =
    net::stream_socket{::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  auto address = loopback(port);
  (void)::connect(socket.descriptor(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  return socket;
}

/// A port where connections are taken by the kernel, and nobody ever speaks.
class silent_port {
public:
  explicit silent_port(int backlog = 16)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    auto address = loopback(0);
    auto size = socklen_t{sizeof address};
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket_.descriptor(), generic, size) != 0
        || ::listen(socket_.descriptor(), backlog) != 0
        || ::getsockname(socket_.descriptor(), generic, &size) != 0)
      throw std::runtime_error("cannot listen");
    port_ = ntohs(address.sin_port);
  }

  [[nodiscard]] std::uint16_t port() const noexcept {
    return port_;
  }

  /// For `poll`.
  [[nodiscard]] int descriptor() const noexcept {
    return socket_.descriptor();
  }

  /// The next connection.
  [[nodiscard]] net::stream_socket accept() const {
    require_ready(socket_.descriptor(), POLLIN);
    return net::stream_socket{::accept4(socket_.descriptor(), nullptr, nullptr, SOCK_NONBLOCK)};
  }

private:
  net::stream_socket socket_;
  std::uint16_t port_ = 0;
};

/// What can be written at once; less than all of `bytes` where the other side is slow.
[[nodiscard]] inline std::size_t write_some(int socket, std::string_view bytes) {
  auto count = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  return count < 0 ? 0 : static_cast<std::size_t>(count);
}

/// Writes all of `bytes`, or what is taken until the other side ends.
inline void write_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    require_ready(socket, POLLOUT);
    auto count = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno != EAGAIN && errno != EINTR)
      return;
    bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(0, count)));
  }
}

/// The next bytes, at most `most`; empty at the end of the stream, however it came.
[[nodiscard]] inline std::string read_some(int socket, std::size_t most = 65536) {
  auto block = std::string(most, '\0');
  for (;;) {
    require_ready(socket, POLLIN);
    auto count = ::recv(socket, block.data(), block.size(), 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
      continue;
    block.resize(static_cast<std::size_t>(std::max<ssize_t>(0, count)));
    return block;
  }
}

/// Exactly `count` bytes, or fewer where the stream ends.
[[nodiscard]] inline std::string read_exactly(int socket, std::size_t count) {
  auto all = std::string{};
  while (all.size() < count) {
    auto next = read_some(socket, count - all.size());
    if (next.empty())
      break;
    all += next;
  }
  return all;
}

/// Everything until the stream ends.
inline std::string read_to_end(int socket) {
  auto all = std::string{};
  for (auto next = read_some(socket); !next.empty(); next = read_some(socket))
    all += next;
  return all;
}

/// The processor time that this process has used so far.
[[nodiscard]] inline std::chrono::microseconds processor_time() {
  auto usage = rusage{};
  ::getrusage(RUSAGE_SELF, &usage);
  auto of = [](const timeval& time) {
    return std::chrono::seconds{time.tv_sec} + std::chrono::microseconds{time.tv_usec};
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

} // namespace ferry::testing
