#include "ferry/nodes/broker_dialer.hpp"

#include "ferry/net/dialing.hpp"

#include <mutex>
#include <utility>

namespace ferry::actors {

struct broker_dialer::impl {
  explicit impl(const connect_config& options) : config(options) {
  }

  void dial(const std::string& address, const far_broker_actor& receiver);

  connect_config config;
  std::mutex mutex;
  net::net_thread thread;
  net::dialing under_way; // the last one; those before have ended
};

broker_dialer::broker_dialer(const connect_config& config) : impl_(std::make_unique<impl>(config)) {
}

broker_dialer::~broker_dialer() = default;

dialer broker_dialer::function() {
  return [owner = impl_.get()](const std::string& address, const far_broker_actor& receiver) {
    owner->dial(address, receiver);
  };
}

void broker_dialer::impl::dial(const std::string& address, const far_broker_actor& receiver) {
  auto tell = [receiver](result<net::peer_stream> outcome) {
    auto told = messages::dialed{};
    if (outcome)
      told.stream = std::make_shared<net::peer_stream>(std::move(*outcome));
    else
      told.why = outcome.why();
    compat::send_anonymously(receiver, std::move(told));
  };
  auto held = std::lock_guard{mutex};
  under_way = net::dial(thread, {address, config.tls, config.expected_name, config.dial_limit},
                        std::move(tell));
}

} // namespace ferry::actors
