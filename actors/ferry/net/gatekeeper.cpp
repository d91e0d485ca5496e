#include "ferry/net/gatekeeper.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <poll.h>
#include <sys/socket.h>

namespace ferry::net {

namespace {

using namespace std::chrono_literals;

// After so many connections those that are open already get their turn.
constexpr auto accepted_per_turn = 16;

// Without descriptors or memory, how long until the next try.
constexpr auto shortage_pause = 100ms;

constexpr auto grace_share = 20; // of the handshake limit

/// Whether somebody waits to be accepted.
bool has_visitor(int listening) {
  auto watched = pollfd{listening, POLLIN, 0};
  return ::poll(&watched, 1, 0) > 0;
}

} // namespace

gatekeeper::gatekeeper(net_loop& loop, gate_config config, std::optional<tls_context> context,
                       handlers to_call)
  : activity(loop),
    config_(std::move(config)),
    context_(std::move(context)),
    call_(std::move(to_call)),
    acceptor_(loop.context()),
    timer_(loop.context()),
    connections_(std::make_shared<std::atomic<std::size_t>>(0)) {
}

void gatekeeper::open(stream_socket listening, const endpoint& where) {
  port_ = where.port();
  acceptor_.assign(where.protocol(), listening.release());
  wait_for_visitors();
}

void gatekeeper::close() {
  auto ignored = boost::system::error_code{};
  acceptor_.close(ignored);
  timer_.cancel();
  for (auto& [number, who] : std::exchange(visitors_, {}))
    who.handshake->close();
  for (const auto& [number, pump] : std::exchange(pumps_, {}))
    pump->close();
}

// -- accepting ----------------------------------------------------------------

void gatekeeper::wait_for_visitors() {
  acceptor_.async_wait(boost::asio::ip::tcp::acceptor::wait_read,
                       [self = shared_from_this()](boost::system::error_code failed) {
                         if (!failed)
                           self->accept_visitors();
                       });
}

void gatekeeper::accept_visitors() {
  for (auto i = 0; i < accepted_per_turn; ++i) {
    if (!acceptor_.is_open() || !make_room())
      return;
    if (!accept_one())
      break;
  }
  if (!resume_at_)
    wait_for_visitors();
}

/// Makes sure that one more handshake may begin, if anybody wants it; where that
/// cannot be, nobody is accepted until the oldest has had its grace or one has ended.
bool gatekeeper::make_room() {
  if (visitors_.size() < config_.max_handshakes)
    return true;
  auto grace_ends = visitors_.begin()->second.since + config_.handshake_limit / grace_share;
  if (clock::now() < grace_ends) {
    resume_at_ = grace_ends;
    set_timer();
    return false;
  }
  if (has_visitor(acceptor_.native_handle()))
    drop_oldest({errc::timed_out, "gave way to others after a twentieth of the handshake limit; "
                                  "raise link_config::handshake if that happens to nodes"});
  return true;
}

/// `false` when nobody is waiting, or nobody can be accepted now.
bool gatekeeper::accept_one() {
  auto from = endpoint{boost::asio::ip::address_v6{}, 0}; // room for either kind
  auto size = static_cast<socklen_t>(from.capacity());
  auto socket = stream_socket{
    ::accept4(acceptor_.native_handle(), from.data(), &size, SOCK_NONBLOCK | SOCK_CLOEXEC)};
  if (!socket.is_open())
    return handle_failed_accept();
  from.resize(size);
  send_without_delay(socket.descriptor());
  admit(std::move(socket), from);
  return true;
}

bool gatekeeper::handle_failed_accept() {
  switch (errno) {
  case EAGAIN: return false;
  case EMFILE:
  case ENFILE:
  case ENOBUFS:
  case ENOMEM:
    refuse({}, {errc::network_failed, "port " + std::to_string(port_) + " cannot accept now ("
                                        + system_error_text() + "); tries again in 100 ms"});
    resume_at_ = clock::now() + shortage_pause;
    set_timer();
    return false;
  default: return true; // that connection was lost before it was accepted; the next one
  }
}

void gatekeeper::admit(stream_socket socket, const endpoint& from) {
  auto place = take_slot();
  if (!place)
    return refuse(text_of(from),
                  {errc::network_failed, "came while as many connections as allowed were open ("
                                           + std::to_string(config_.max_connections)
                                           + "); raise serve_config::max_connections"});
  if (context_)
    return begin_handshake(std::move(socket), from, std::move(place));
  call_.on_arrival(
    {.socket = std::move(socket), .slot = std::move(place), .address = text_of(from)});
}

gatekeeper::slot gatekeeper::take_slot() {
  if (*connections_ >= config_.max_connections)
    return {};
  ++*connections_;
  // the pointer is only there to be counted; its end gives the place back
  return {connections_.get(), [all = connections_](const void*) { --*all; }};
}

// -- handshakes ---------------------------------------------------------------

void gatekeeper::begin_handshake(stream_socket socket, const endpoint& from, slot place) {
  auto connected = tcp_socket{loop().context()};
  auto failed = boost::system::error_code{};
  connected.assign(from.protocol(), socket.descriptor(), failed);
  if (failed)
    return refuse(text_of(from), {errc::network_failed, "cannot be watched: " + failed.message()});
  (void)socket.release();
  auto number = ++last_number_;
  auto handshake = std::make_shared<tls_handshake>(
    std::move(connected), *context_, std::string{},
    [weak = weak_from_this(), number](result<secured_connection> outcome) {
      if (auto self = weak.lock())
        self->end_handshake(number, std::move(outcome));
    });
  visitors_.emplace(number, visitor{text_of(from), std::move(place), clock::now(), handshake});
  if (visitors_.size() == 1)
    set_timer();
  handshake->start();
}

void gatekeeper::end_handshake(std::uint64_t number, result<secured_connection> outcome) {
  auto who = visitors_.extract(number);
  if (who.empty())
    return;
  if (outcome)
    let_in(number, std::move(who.mapped()), std::move(*outcome));
  else
    refuse(who.mapped().address, outcome.why());
  resume();
}

void gatekeeper::let_in(std::uint64_t number, visitor who, secured_connection connection) {
  auto names = connection.session->peer();
  auto leave = [weak = weak_from_this(), number, place = who.place] {
    if (auto self = weak.lock())
      self->pumps_.erase(number);
  };
  auto pump = std::make_shared<tls_pump>(loop(), std::move(connection), std::move(leave));
  pumps_.emplace(number, pump);
  auto socket = pump->start();
  if (!socket.is_open())
    return refuse(who.address, {errc::network_failed, "found no descriptor left here; raise the "
                                                      "limit of open files"});
  call_.on_arrival({.socket = std::move(socket),
                    .peer_name = std::move(names.common_name),
                    .dns_names = std::move(names.dns_names),
                    .address = std::move(who.address)});
}

void gatekeeper::drop_oldest(error why) {
  auto oldest = visitors_.extract(visitors_.begin());
  oldest.mapped().handshake->close();
  refuse(oldest.mapped().address, std::move(why));
}

void gatekeeper::refuse(const std::string& address, error why) {
  if (call_.on_refusal)
    call_.on_refusal({address, std::move(why)});
}

// -- time ---------------------------------------------------------------------

void gatekeeper::set_timer() {
  auto next = resume_at_;
  if (!visitors_.empty()) {
    auto limit = visitors_.begin()->second.since + config_.handshake_limit;
    next = next ? std::min(*next, limit) : limit;
  }
  if (!next || !acceptor_.is_open())
    return;
  timer_.expires_at(*next);
  timer_.async_wait([self = shared_from_this()](boost::system::error_code replaced) {
    if (!replaced)
      self->expire();
  });
}

void gatekeeper::expire() {
  auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(config_.handshake_limit);
  while (!visitors_.empty()
         && clock::now() >= visitors_.begin()->second.since + config_.handshake_limit)
    drop_oldest({errc::timed_out, "did not finish its handshake within "
                                    + std::to_string(limit.count())
                                    + " ms (link_config::handshake)"});
  resume();
}

/// Accepts again after a pause; there may be another one at once.
void gatekeeper::resume() {
  if (resume_at_) {
    resume_at_.reset();
    accept_visitors();
  }
  set_timer();
}

} // namespace ferry::net
