#include "ferry/net/name_lookup.hpp"

#include <csignal>
#include <cstring>
#include <deque>
#include <mutex>
#include <optional>
#include <system_error>

#include <netdb.h>

namespace ferry::net {

namespace {

constexpr auto max_threads = std::size_t{4};

found_addresses look_up(const dial_target& target) {
  auto hints = addrinfo{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  auto* first = static_cast<addrinfo*>(nullptr);
  auto port = std::to_string(target.port);
  if (auto failed = ::getaddrinfo(target.host.c_str(), port.c_str(), &hints, &first); failed != 0)
    return {.problem = ::gai_strerror(failed)};
  auto found = found_addresses{};
  for (auto* each = first; each; each = each->ai_next) {
    auto where = endpoint{};
    where.resize(each->ai_addrlen);
    std::memcpy(where.data(), each->ai_addr, each->ai_addrlen);
    found.endpoints.push_back(where);
  }
  ::freeaddrinfo(first);
  return found;
}

void leave_signals_to_the_program() {
  auto all = sigset_t{};
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

} // namespace

/// Shared with the threads, which may outlive the loop by one look-up each.
struct name_lookup::desk {
  struct question {
    dial_target target;
    lookup_handler handler;
  };

  std::mutex mutex;
  net_loop* loop; // null: nobody is waiting any more
  std::deque<question> questions;
  std::size_t threads = 0;

  explicit desk(net_loop& waiting) : loop(&waiting) {
  }

  /// The next question; without one the calling thread is signed off.
  std::optional<question> take() {
    auto lock = std::lock_guard{mutex};
    if (questions.empty()) {
      --threads;
      return std::nullopt;
    }
    auto next = std::move(questions.front());
    questions.pop_front();
    return next;
  }

  void answer(lookup_handler handler, found_addresses found) {
    auto lock = std::lock_guard{mutex};
    if (loop)
      boost::asio::post(loop->context(), [handler = std::move(handler), found = std::move(found)] {
        handler(found);
      });
  }

  static void serve(const std::shared_ptr<desk>& self) {
    leave_signals_to_the_program();
    while (auto next = self->take())
      self->answer(std::move(next->handler), look_up(next->target));
  }
};

name_lookup::name_lookup(net_loop& loop) : desk_(std::make_shared<desk>(loop)) {
}

name_lookup::~name_lookup() {
  auto lock = std::lock_guard{desk_->mutex};
  desk_->loop = nullptr;
  desk_->questions.clear();
}

void name_lookup::find(const dial_target& target, lookup_handler handler) {
  auto failed = boost::system::error_code{};
  if (auto address = boost::asio::ip::make_address(target.host, failed); !failed)
    return handler({.endpoints = {{address, target.port}}});
  auto lock = std::lock_guard{desk_->mutex};
  desk_->questions.push_back({target, std::move(handler)});
  if (desk_->threads >= max_threads)
    return;
  try {
    std::thread{desk::serve, desk_}.detach();
    ++desk_->threads;
  } catch (const std::system_error&) {
    // one that runs already takes the question; without any, the dialing's limit ends it
  }
}

} // namespace ferry::net
