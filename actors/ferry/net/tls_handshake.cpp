#include "ferry/net/tls_handshake.hpp"

#include <array>
#include <utility>

namespace ferry::net {

namespace {

constexpr auto greeting = std::byte{0x06}; // "acknowledged"

} // namespace

tls_handshake::tls_handshake(tcp_socket socket, const tls_context& context,
                             std::string expected_name, handler done)
  : socket_(std::move(socket)),
    session_(
      std::make_unique<tls_session>(context, socket_.native_handle(), std::move(expected_name))),
    done_(std::move(done)) {
}

void tls_handshake::start() {
  advance();
}

void tls_handshake::close() {
  done_ = nullptr;
  auto ignored = boost::system::error_code{};
  socket_.close(ignored);
}

tls_step tls_handshake::proceed() {
  if (!shaken_) {
    if (auto step = session_->handshake(); step.outcome != tls_outcome::done)
      return step;
    shaken_ = true;
  }
  return greet();
}

tls_step tls_handshake::greet() {
  auto byte = std::array{greeting};
  return session_->role() == tls_role::server ? session_->write(byte) : session_->read(byte);
}

void tls_handshake::advance() {
  if (!done_)
    return;
  switch (proceed().outcome) {
  case tls_outcome::done:
    return finish(secured_connection{std::move(socket_), std::move(session_)});
  case tls_outcome::wants_read: return wait(tcp_socket::wait_read);
  case tls_outcome::wants_write: return wait(tcp_socket::wait_write);
  case tls_outcome::closed:
  case tls_outcome::failed: return finish(why_failed());
  }
}

error tls_handshake::why_failed() const {
  auto why = session_->failure();
  if (why.code != errc::network_failed)
    return why;
  why.text += " in the TLS handshake";
  if (session_->role() == tls_role::client)
    why.text += "; does it serve with TLS?";
  return why;
}

void tls_handshake::wait(tcp_socket::wait_type event) {
  socket_.async_wait(event, [self = shared_from_this()](const boost::system::error_code& failed) {
    if (!failed)
      self->advance();
  });
}

void tls_handshake::finish(result<secured_connection> outcome) {
  auto done = std::exchange(done_, nullptr);
  done(std::move(outcome));
}

} // namespace ferry::net
