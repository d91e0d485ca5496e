#include "ferry/net/stream_socket.hpp"

#include <chrono>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace ferry::net {

stream_socket::~stream_socket() {
  if (is_open())
    ::close(descriptor_);
}

void limit_farewell(int socket, duration limit) {
  auto shown = std::chrono::duration_cast<std::chrono::milliseconds>(limit).count();
  auto milliseconds = static_cast<unsigned>(shown);
  (void)::setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof milliseconds);
}

} // namespace ferry::net
