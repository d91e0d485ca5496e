#include "ferry/delivery.hpp"

#include <algorithm>

namespace ferry {

namespace {

settlement settled(delivery_tag tag, settle_kind kind, std::string reason = {},
                   std::optional<duration> delay = {}) {
  return {tag, 1, kind, delay, std::move(reason)};
}

settlement nacked(delivery_tag tag, std::string reason, retry_policy policy) {
  auto item = settled(tag, settle_kind::nack, std::move(reason));
  item.retry = std::move(policy);
  return item;
}

settlement deferred(delivery_tag tag, time_point until) {
  auto item = settled(tag, settle_kind::defer);
  item.due = until;
  return item;
}

} // namespace

// -- kept_delivery --------------------------------------------------------------

void kept_delivery::ack() const {
  port_->send(settled(tag_, settle_kind::ack));
}

void kept_delivery::nack(std::string reason, std::optional<duration> delay) const {
  port_->send(settled(tag_, settle_kind::nack, std::move(reason), delay));
}

void kept_delivery::nack(std::string reason, retry_policy policy) const {
  port_->send(nacked(tag_, std::move(reason), std::move(policy)));
}

void kept_delivery::reject(std::string reason) const {
  port_->send(settled(tag_, settle_kind::reject, std::move(reason)));
}

void kept_delivery::release() const {
  port_->send(settled(tag_, settle_kind::release));
}

void kept_delivery::defer(time_point until) const {
  port_->send(deferred(tag_, until));
}

void kept_delivery::extend(duration lease) const {
  port_->send(settled(tag_, settle_kind::extend, {}, lease));
}

status kept_delivery::ack_and_wait(std::optional<duration> limit) const {
  return port_->ask(settled(tag_, settle_kind::ack), limit);
}

// -- delivery -------------------------------------------------------------------

void delivery::ack() {
  end(settled(facts_.tag, settle_kind::ack));
}

status delivery::ack_and_wait(std::optional<duration> limit) {
  if (settled_)
    return error{errc::stale, "the delivery was settled before; only the first verb counts"};
  return keep().ack_and_wait(limit);
}

void delivery::nack(std::string reason, std::optional<duration> delay) {
  end(settled(facts_.tag, settle_kind::nack, std::move(reason), delay));
}

void delivery::nack(std::string reason, retry_policy policy) {
  end(nacked(facts_.tag, std::move(reason), std::move(policy)));
}

void delivery::reject(std::string reason) {
  end(settled(facts_.tag, settle_kind::reject, std::move(reason)));
}

void delivery::undecodable(std::string reason) {
  end(settled(facts_.tag, settle_kind::undecodable, std::move(reason)));
}

void delivery::release() {
  end(settled(facts_.tag, settle_kind::release));
}

void delivery::defer(time_point until) {
  end(deferred(facts_.tag, until));
}

void delivery::defer(std::chrono::system_clock::time_point until) {
  defer(time_point{std::chrono::duration_cast<duration>(until.time_since_epoch())});
}

void delivery::extend(duration lease) {
  if (!settled_)
    port_->settle(settled(facts_.tag, settle_kind::extend, {}, lease));
}

kept_delivery delivery::keep() {
  settled_ = true;
  return port_->keep(facts_.tag);
}

std::string_view delivery::header(const std::string& name) const {
  if (!message_->headers)
    return {};
  auto found = message_->headers->find(name);
  return found == message_->headers->end() ? std::string_view{} : std::string_view{found->second};
}

void delivery::end(settlement item) {
  if (!std::exchange(settled_, true))
    port_->settle(std::move(item));
}

// -- many -----------------------------------------------------------------------

void ack(std::span<delivery> items) {
  for (auto& item : items)
    item.ack();
}

void nack(std::span<delivery> items, const std::string& reason, std::optional<duration> delay) {
  for (auto& item : items)
    item.nack(reason, delay);
}

void reject(std::span<delivery> items, const std::string& reason) {
  for (auto& item : items)
    item.reject(reason);
}

void release(std::span<delivery> items) {
  for (auto& item : items)
    item.release();
}

void defer(std::span<delivery> items, time_point until) {
  for (auto& item : items)
    item.defer(until);
}

// An extension is sent at once, so the range is made here and not by the batch.
void extend(std::span<delivery> items, duration lease) {
  while (!items.empty()) {
    auto first = items.front().facts_.tag;
    auto count = std::size_t{0};
    while (count < items.size() && !items[count].settled_
           && items[count].facts_.tag == advanced(first, count))
      ++count;
    if (count > 0)
      items.front().port_->settle({first, count, settle_kind::extend, lease, {}});
    items = items.subspan(std::max(count, std::size_t{1}));
  }
}

} // namespace ferry
