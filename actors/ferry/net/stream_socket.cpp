#include "ferry/net/stream_socket.hpp"

#include <unistd.h>

namespace ferry::net {

stream_socket::~stream_socket() {
  if (is_open())
    ::close(descriptor_);
}

} // namespace ferry::net
