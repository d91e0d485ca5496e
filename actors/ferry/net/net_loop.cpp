#include "ferry/net/net_loop.hpp"

#include "ferry/net/name_lookup.hpp"

#include <csignal>

namespace ferry::net {

namespace {

constexpr auto scratch_bytes = std::size_t{256} * 1024;

/// The program's signals are for its own threads; and a write to a connection that
/// the peer has reset is an error here, not a SIGPIPE.
void take_no_signals() {
  auto all = sigset_t{};
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

} // namespace

activity::activity(net_loop& loop) : loop_(loop) {
  loop_.activities_.insert(this);
}

activity::~activity() {
  loop_.activities_.erase(this);
}

net_loop::net_loop()
  : open_(context_.get_executor()),
    lookup_(std::make_unique<name_lookup>(*this)),
    scratch_(scratch_bytes),
    thread_([this] { serve(); }),
    thread_id_(thread_.get_id()) {
}

net_loop::~net_loop() {
  end();
}

void net_loop::end() {
  auto lock = std::lock_guard{ending_};
  if (std::exchange(ended_, true))
    return;
  boost::asio::post(context_, [this] { close_all(); });
  thread_.join();
  lookup_.reset();
}

void net_loop::serve() {
  take_no_signals();
  context_.run();
}

void net_loop::close_all() {
  closing_ = true;
  open_.reset();
  while (!activities_.empty()) {
    auto* first = *activities_.begin();
    activities_.erase(activities_.begin());
    first->close(); // may end others, which then leave the list
  }
}

} // namespace ferry::net
