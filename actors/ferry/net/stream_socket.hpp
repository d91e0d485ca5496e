// A connected stream as a file descriptor with one owner.

#pragma once

#include "ferry/time.hpp"

#include <utility>

namespace ferry::net {

/// Owns a descriptor, and closes it. It is non-blocking and not inherited by
/// programs that this one starts.
class stream_socket {
public:
  stream_socket() = default;

  explicit stream_socket(int descriptor) noexcept : descriptor_(descriptor) {
  }

  stream_socket(stream_socket&& other) noexcept : descriptor_(other.release()) {
  }

  stream_socket& operator=(stream_socket&& other) noexcept {
    auto old = stream_socket{release()};
    descriptor_ = other.release();
    return *this;
  }

  ~stream_socket();

  [[nodiscard]] int descriptor() const noexcept {
    return descriptor_;
  }

  [[nodiscard]] bool is_open() const noexcept {
    return descriptor_ >= 0;
  }

  /// Hands the descriptor to the caller, who closes it from now on.
  [[nodiscard]] int release() noexcept {
    return std::exchange(descriptor_, -1);
  }

private:
  int descriptor_ = -1;
};

/// Has the system break a TCP stream whose other end has taken nothing for `limit`, where
/// something waits for it. Has no effect on what is not TCP.
void limit_farewell(int socket, duration limit);

} // namespace ferry::net
