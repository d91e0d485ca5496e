#include "ferry/delivery.hpp"

namespace ferry {

// -- kept_delivery --------------------------------------------------------------

void kept_delivery::ack() const {
  send_({tag_, 1, settle_kind::ack, {}, {}});
}

void kept_delivery::nack(std::string reason, std::optional<duration> delay) const {
  send_({tag_, 1, settle_kind::nack, delay, std::move(reason)});
}

void kept_delivery::reject(std::string reason) const {
  send_({tag_, 1, settle_kind::reject, {}, std::move(reason)});
}

void kept_delivery::release() const {
  send_({tag_, 1, settle_kind::release, {}, {}});
}

void kept_delivery::extend(duration lease) const {
  send_({tag_, 1, settle_kind::extend, lease, {}});
}

// -- delivery -------------------------------------------------------------------

void delivery::ack() {
  end(settle_kind::ack, {}, {});
}

void delivery::nack(std::string reason, std::optional<duration> delay) {
  end(settle_kind::nack, delay, std::move(reason));
}

void delivery::reject(std::string reason) {
  end(settle_kind::reject, {}, std::move(reason));
}

void delivery::undecodable(std::string reason) {
  end(settle_kind::undecodable, {}, std::move(reason));
}

void delivery::release() {
  end(settle_kind::release, {}, {});
}

void delivery::extend(duration lease) {
  if (!settled_)
    port_->settle({tag_, 1, settle_kind::extend, lease, {}});
}

kept_delivery delivery::keep() {
  settled_ = true;
  return port_->keep(tag_);
}

std::string_view delivery::header(const std::string& name) const {
  if (!message_->headers)
    return {};
  auto found = message_->headers->find(name);
  return found == message_->headers->end() ? std::string_view{} : std::string_view{found->second};
}

void delivery::end(settle_kind kind, std::optional<duration> delay, std::string reason) {
  if (std::exchange(settled_, true))
    return;
  port_->settle({tag_, 1, kind, delay, std::move(reason)});
}

} // namespace ferry
