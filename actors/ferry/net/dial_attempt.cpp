#include "ferry/net/dial_attempt.hpp"

#include "ferry/net/tls_pump.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <utility>

namespace ferry::net {

namespace {

std::string milliseconds_of(duration time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(time).count())
         + " ms";
}

} // namespace

// -- the loop's end -----------------------------------------------------------

dial_attempt::guard::guard(net_loop& loop, dial_attempt& attempt)
  : activity(loop),
    attempt_(attempt) {
}

void dial_attempt::guard::close() {
  attempt_.cancel();
}

// -- beginning ----------------------------------------------------------------

dial_attempt::dial_attempt(net_loop& loop, dial_config config, dial_handler done)
  : loop_(loop),
    config_(std::move(config)),
    done_(std::move(done)),
    limit_(loop.context()),
    share_(loop.context()),
    socket_(loop.context()) {
}

void dial_attempt::start() {
  if (loop_.is_closing())
    return cancel();
  guard_.emplace(loop_, *this);
  if (auto prepared = prepare(); !prepared)
    return fail(prepared.why().code, "was not called: " + prepared.why().text);
  set_limit();
  look_up();
}

void dial_attempt::cancel() {
  fail(errc::closed, "was given up");
}

status dial_attempt::prepare() {
  auto target = parse_target(config_.target);
  if (!target)
    return target.why();
  target_ = std::move(*target);
  if (config_.limit <= duration::zero())
    return error{errc::invalid_argument,
                 "connect_config::dial_limit is out of range; it is longer than 0"};
  if (!config_.tls)
    return success();
  auto context = tls_context::load(*config_.tls, tls_role::client);
  if (!context)
    return context.why();
  context_ = std::move(*context);
  return success();
}

void dial_attempt::set_limit() {
  deadline_ = clock::now() + config_.limit;
  limit_.expires_at(deadline_);
  limit_.async_wait([self = shared_from_this()](boost::system::error_code cancelled) {
    if (cancelled || !self->done_)
      return;
    const auto* during = self->handshake_          ? "the handshake"
                         : self->socket_.is_open() ? "connecting"
                                                   : "looking up the name";
    self->fail(errc::timed_out, "timed out after " + milliseconds_of(self->config_.limit)
                                  + " during " + during + self->problems_);
  });
}

void dial_attempt::look_up() {
  loop_.lookup().find(target_, [self = shared_from_this()](found_addresses found) {
    if (!self->done_)
      return;
    if (found.endpoints.empty())
      return self->fail(errc::network_failed,
                        "\"" + self->target_.host + "\" is unknown: " + found.problem);
    self->addresses_.assign(found.endpoints.rbegin(), found.endpoints.rend());
    self->connect_next();
  });
}

// -- connecting ---------------------------------------------------------------

void dial_attempt::connect_next() {
  if (addresses_.empty())
    return fail(errc::network_failed, "cannot be reached" + problems_);
  auto where = addresses_.back();
  give_each_a_share();
  addresses_.pop_back();
  connect(where);
}

void dial_attempt::give_each_a_share() {
  if (addresses_.size() == 1)
    return; // all that is left
  auto left = deadline_ - clock::now();
  share_.expires_after(left / static_cast<int>(addresses_.size()));
  share_.async_wait([self = shared_from_this()](boost::system::error_code cancelled) {
    auto ignored = boost::system::error_code{};
    if (!cancelled)
      self->socket_.close(ignored);
  });
}

void dial_attempt::connect(const endpoint& where) {
  auto opened = open_socket(where);
  if (!opened.is_open())
    return tried(where, system_error_text());
  auto failed = boost::system::error_code{};
  socket_.assign(where.protocol(), opened.descriptor(), failed);
  if (failed)
    return tried(where, failed.message());
  send_without_delay(opened.release());
  socket_.async_connect(where,
                        [self = shared_from_this(), where](boost::system::error_code outcome) {
                          if (self->done_)
                            self->connected(where, outcome);
                        });
}

void dial_attempt::connected(const endpoint& where, boost::system::error_code failed) {
  share_.cancel();
  auto ignored = boost::system::error_code{};
  if (failed) {
    socket_.close(ignored);
    return tried(where,
                 failed == boost::asio::error::operation_aborted ? "no answer" : failed.message());
  }
  if (socket_.local_endpoint(ignored) == where) { // the kernel may choose the very port it calls
    socket_.close(ignored);
    return tried(where, "nobody listens there");
  }
  answering_ = where;
  if (context_)
    shake_hands();
  else
    hand_over_plain();
}

void dial_attempt::tried(const endpoint& where, const std::string& problem) {
  problems_ += (problems_.empty() ? ": " : "; ") + text_of(where) + ": " + problem;
  connect_next();
}

// -- handing over -------------------------------------------------------------

void dial_attempt::shake_hands() {
  handshake_ = std::make_shared<tls_handshake>(
    std::move(socket_), *context_, config_.expected_name,
    [self = shared_from_this()](result<secured_connection> outcome) {
      if (!self->done_)
        return;
      if (outcome)
        self->hand_over_secured(std::move(*outcome));
      else
        self->fail(outcome.why().code, outcome.why().text);
    });
  handshake_->start();
}

void dial_attempt::hand_over_plain() {
  auto failed = boost::system::error_code{};
  auto descriptor = socket_.release(failed);
  if (failed)
    return fail(errc::network_failed, failed.message());
  finish(peer_stream{.socket = stream_socket{descriptor}, .address = text_of(answering_)});
}

void dial_attempt::hand_over_secured(secured_connection connection) {
  auto names = connection.session->peer();
  auto pump = std::make_shared<tls_pump>(loop_, std::move(connection), [] {});
  auto socket = pump->start();
  if (!socket.is_open())
    return fail(errc::network_failed, "found no descriptor left; raise the limit of open files");
  finish(peer_stream{.socket = std::move(socket),
                     .peer_name = std::move(names.common_name),
                     .dns_names = std::move(names.dns_names),
                     .address = text_of(answering_)});
}

// -- ending -------------------------------------------------------------------

void dial_attempt::fail(errc code, const std::string& problem) {
  finish(error{code, "node at " + config_.target + " " + problem});
}

void dial_attempt::finish(result<peer_stream> outcome) {
  auto done = std::exchange(done_, nullptr);
  if (!done)
    return;
  auto self = weak_from_this().lock(); // what is closed here may hold the last owner
  auto ignored = boost::system::error_code{};
  guard_.reset();
  limit_.cancel();
  share_.cancel();
  socket_.close(ignored);
  if (auto handshake = std::exchange(handshake_, nullptr))
    handshake->close();
  done(std::move(outcome));
}

} // namespace ferry::net
