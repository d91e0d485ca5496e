#include "ferry/net/net_thread.hpp"

#include "ferry/net/net_loop.hpp"

#include <utility>

namespace ferry::net {

net_thread::net_thread() : loop_(std::make_shared<net_loop>()) {
}

net_thread::net_thread(net_thread&&) noexcept = default;

net_thread& net_thread::operator=(net_thread&& other) noexcept {
  auto old = net_thread{std::move(*this)};
  loop_ = std::move(other.loop_);
  return *this;
}

net_thread::~net_thread() {
  if (loop_)
    loop_->end();
}

} // namespace ferry::net
