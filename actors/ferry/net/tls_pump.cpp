#include "ferry/net/tls_pump.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <utility>

#include <sys/socket.h>

namespace ferry::net {

namespace {

using namespace std::chrono_literals;

constexpr auto farewell_limit = 5s;

// Others get their turn after so many moves of one connection.
constexpr auto moves_per_turn = 4;

// A record of TLS has at most so many bytes; less room would leave some in OpenSSL.
constexpr auto record_bytes = std::size_t{16} * 1024;

bool would_block() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

/// The user has closed its end, perhaps without having read everything.
bool is_deserted() {
  return errno == EPIPE || errno == ECONNRESET;
}

} // namespace

tls_pump::tls_pump(net_loop& loop, secured_connection connection, std::function<void()> ended)
  : activity(loop),
    peer_(std::move(connection.socket)),
    session_(std::move(connection.session)),
    local_(loop.context()),
    farewell_(loop.context()),
    ended_(std::move(ended)) {
}

stream_socket tls_pump::start() {
  auto ends = std::array<int, 2>{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    close();
    return {};
  }
  auto own = stream_socket{ends[0]};
  auto users = stream_socket{ends[1]};
  auto failed = boost::system::error_code{};
  local_.assign(boost::asio::local::stream_protocol{}, own.descriptor(), failed);
  if (failed) {
    close();
    return {};
  }
  (void)own.release();
  watch_user();
  boost::asio::post(loop().context(), [self = shared_from_this()] { self->advance(); });
  return users;
}

void tls_pump::close() {
  if (std::exchange(closed_, true))
    return;
  auto ignored = boost::system::error_code{};
  peer_.close(ignored);
  local_.close(ignored);
  farewell_.cancel();
  if (auto ended = std::exchange(ended_, nullptr))
    ended();
}

void tls_pump::advance() {
  auto self = shared_from_this(); // closing may drop the last owner but this
  for (auto turn = 0; turn < moves_per_turn; ++turn) {
    if (closed_)
      return;
    auto out = go_on(move_out());
    auto in = !closed_ && go_on(move_in());
    if (out_ended_ && in_ended_)
      return close();
    if (!out && !in)
      return;
  }
  boost::asio::post(loop().context(), [self] { self->advance(); });
}

bool tls_pump::go_on(progress outcome) {
  if (outcome == progress::lost)
    close();
  return outcome == progress::moved;
}

// -- from the user to the peer ------------------------------------------------

tls_pump::progress tls_pump::move_out() {
  if (out_ended_)
    return progress::waits;
  auto bytes = to_peer_.bytes();
  if (bytes.empty() && !user_ended_)
    if (auto outcome = read_local(bytes); outcome != progress::moved)
      return outcome;
  if (auto outcome = write_peer(bytes); outcome != progress::moved)
    return outcome;
  return user_ended_ ? end_out() : progress::moved;
}

tls_pump::progress tls_pump::read_local(std::span<const std::byte>& bytes) {
  auto room = loop().scratch();
  auto count = ::recv(local_.native_handle(), room.data(), room.size(), 0);
  if (count < 0 && would_block()) {
    wait_for_local(local_socket::wait_read);
    return progress::waits;
  }
  if (count < 0 && !is_deserted())
    return progress::lost;
  user_ended_ = count <= 0;
  bytes = room.first(static_cast<std::size_t>(std::max(count, ssize_t{0})));
  return progress::moved;
}

tls_pump::progress tls_pump::write_peer(std::span<const std::byte>& bytes) {
  while (!bytes.empty()) {
    auto step = session_->write(bytes);
    if (step.outcome != tls_outcome::done) {
      if (to_peer_.is_empty())
        to_peer_.keep(bytes);
      return wait_for_peer(step);
    }
    bytes = bytes.subspan(step.bytes);
    if (!to_peer_.is_empty())
      to_peer_.take(step.bytes);
  }
  return progress::moved;
}

tls_pump::progress tls_pump::end_out() {
  if (auto step = session_->close_writing(); step.outcome != tls_outcome::done)
    return wait_for_peer(step);
  out_ended_ = true;
  return progress::moved;
}

// -- from the peer to the user ------------------------------------------------

tls_pump::progress tls_pump::move_in() {
  if (in_ended_)
    return progress::waits;
  auto bytes = to_local_.bytes();
  if (bytes.empty() && !peer_ended_)
    if (auto outcome = read_peer(bytes); outcome != progress::moved)
      return outcome;
  if (auto outcome = write_local(bytes); outcome != progress::moved)
    return outcome;
  if (peer_ended_)
    end_in();
  return progress::moved;
}

tls_pump::progress tls_pump::read_peer(std::span<const std::byte>& bytes) {
  auto room = loop().scratch();
  auto filled = std::size_t{0};
  auto step = tls_step{};
  while (room.size() - filled >= record_bytes) {
    step = session_->read(room.subspan(filled));
    if (step.outcome != tls_outcome::done)
      break;
    filled += step.bytes;
  }
  bytes = room.first(filled);
  peer_ended_ = step.outcome == tls_outcome::closed;
  if (filled > 0 || peer_ended_)
    return progress::moved; // a failure is found again by the next read
  return wait_for_peer(step);
}

tls_pump::progress tls_pump::write_local(std::span<const std::byte>& bytes) {
  while (!bytes.empty() && user_reads_) {
    auto count = ::send(local_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && would_block()) {
      if (to_local_.is_empty())
        to_local_.keep(bytes);
      wait_for_local(local_socket::wait_write);
      return progress::waits;
    }
    if (count < 0) {
      if (!is_deserted())
        return progress::lost;
      ignore_peer(); // and still send what the user wrote before
      return progress::moved;
    }
    bytes = bytes.subspan(static_cast<std::size_t>(count));
    if (!to_local_.is_empty())
      to_local_.take(static_cast<std::size_t>(count));
  }
  return progress::moved;
}

void tls_pump::ignore_peer() {
  user_reads_ = false;
  to_local_ = {};
}

void tls_pump::end_in() {
  in_ended_ = true;
  auto ignored = boost::system::error_code{};
  local_.shutdown(local_socket::shutdown_send, ignored);
}

// -- waiting ------------------------------------------------------------------

tls_pump::progress tls_pump::wait_for_peer(const tls_step& step) {
  switch (step.outcome) {
  case tls_outcome::wants_read: wait_for(tcp_socket::wait_read); return progress::waits;
  case tls_outcome::wants_write: wait_for(tcp_socket::wait_write); return progress::waits;
  default: return progress::lost;
  }
}

void tls_pump::wait_for(tcp_socket::wait_type event) {
  auto member = event == tcp_socket::wait_read ? &waiting::read : &waiting::write;
  if (std::exchange(at_peer_.*member, true))
    return;
  peer_.async_wait(event, [self = shared_from_this(), member](boost::system::error_code failed) {
    self->at_peer_.*member = false;
    if (!failed)
      self->advance();
  });
}

void tls_pump::wait_for_local(local_socket::wait_type event) {
  auto member = event == local_socket::wait_read ? &waiting::read : &waiting::write;
  if (std::exchange(at_local_.*member, true))
    return;
  local_.async_wait(event, [self = shared_from_this(), member](boost::system::error_code failed) {
    self->at_local_.*member = false;
    if (!failed)
      self->advance();
  });
}

/// The kernel hangs up where the user has closed its end, which reading would not
/// show while that is stopped.
void tls_pump::watch_user() {
  local_.async_wait(local_socket::wait_error,
                    [self = shared_from_this()](boost::system::error_code failed) {
                      if (!failed && !self->closed_)
                        self->user_left();
                    });
}

void tls_pump::user_left() {
  ignore_peer();
  farewell_.expires_after(farewell_limit);
  farewell_.async_wait([self = shared_from_this()](boost::system::error_code cancelled) {
    if (!cancelled)
      self->close();
  });
  advance();
}

} // namespace ferry::net
