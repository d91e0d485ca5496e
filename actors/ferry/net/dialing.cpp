#include "ferry/net/dialing.hpp"

#include "ferry/net/dial_attempt.hpp"

#include <memory>
#include <utility>

namespace ferry::net {

dialing::dialing(std::function<void()> cancel) : cancel_(std::move(cancel)) {
}

dialing::dialing(dialing&& other) noexcept : cancel_(std::exchange(other.cancel_, nullptr)) {
}

dialing& dialing::operator=(dialing&& other) noexcept {
  cancel();
  cancel_ = std::exchange(other.cancel_, nullptr);
  return *this;
}

dialing::~dialing() {
  cancel();
}

void dialing::cancel() {
  if (auto cancel_once = std::exchange(cancel_, nullptr))
    cancel_once();
}

dialing dial(net_thread& thread, dial_config config, dial_handler done) {
  auto& loop = thread.loop();
  auto attempt = std::make_shared<dial_attempt>(*loop, std::move(config), std::move(done));
  auto cancel = [weak_loop = std::weak_ptr{loop}, weak = std::weak_ptr{attempt}] {
    auto alive = weak_loop.lock();
    if (!alive)
      return; // the thread has ended, and the attempt with it
    boost::asio::post(alive->context(), [weak] {
      if (auto still = weak.lock())
        still->cancel();
    });
  };
  boost::asio::post(loop->context(), [attempt = std::move(attempt)] { attempt->start(); });
  return dialing{std::move(cancel)};
}

} // namespace ferry::net
