// Publishing typed messages, from a plain thread or an actor.

#pragma once

#include "ferry/codec/codec.hpp"
#include "ferry/message_options.hpp"
#include "ferry/producer_port.hpp"

#include <chrono>
#include <concepts>
#include <memory>
#include <ranges>
#include <span>
#include <utility>

namespace ferry {

/// Messages of type `T` that lie side by side: a vector, an array, a span.
template <class Batch, class T>
concept batch_of = std::ranges::contiguous_range<const Batch>
                   && std::ranges::sized_range<const Batch>
                   && std::same_as<std::ranges::range_value_t<const Batch>, T>;

/// Publishes messages of type `T` to one queue. `broker::producer` makes it.
///
/// Messages are sent in the order of publishing, resent until they are confirmed,
/// and stored once. What is unconfirmed is bounded by `producer_config`'s window.
///
/// Threads     any; copies share one session and one window.
/// Lifetime    its messages are sent and its receipts kept whether it lives or
///             not; when the last copy is gone its actor ends after them.
template <class T>
class producer {
public:
  explicit producer(std::shared_ptr<producer_port> port) : port_(std::move(port)) {
  }

  /// Publishes `value`; waits while the window is full, as long as
  /// `producer_config::window_timeout` allows.
  /// Errors   in the receipt: too_large, window_full, closed, or the encoder's
  receipt publish(const T& value) {
    return send(value, shared_headers{}, when_full::wait, {});
  }

  /// The same, and calls `done(result<durability_level>)` once, on a thread of the
  /// actor system; it must not block, and what it throws is ignored.
  receipt publish(const T& value, producer_port::callback done) {
    return send(value, shared_headers{}, when_full::wait, std::move(done));
  }

  /// The same, with headers, an id or a lease of its own: `publish(o, {.id = "7"})`.
  /// Errors   in the receipt: invalid_argument as well
  receipt publish(const T& value, message_options options, producer_port::callback done = {}) {
    return send(value, std::move(options), when_full::wait, std::move(done));
  }

  /// Publishes all of `values`, in order, or none: quicker than one by one. One
  /// receipt, and one call of `done`, stand for the whole batch, which waits until
  /// the window has room for it or, where it is larger than the window, until that
  /// is empty.
  /// Errors   in the receipt: also invalid_argument for an empty batch
  template <batch_of<T> Batch>
  receipt publish(const Batch& values, producer_port::callback done = {}) {
    return send_all({values}, when_full::wait, std::move(done));
  }

  /// Publishes `value` if the window has room, and never blocks: for actors.
  receipt try_publish(const T& value, producer_port::callback done = {}) {
    return send(value, shared_headers{}, when_full::refuse, std::move(done));
  }

  template <batch_of<T> Batch>
  receipt try_publish(const Batch& values, producer_port::callback done = {}) {
    return send_all({values}, when_full::refuse, std::move(done));
  }

  receipt try_publish(const T& value, message_options options,
                      producer_port::callback done = {}) {
    return send(value, std::move(options), when_full::refuse, std::move(done));
  }

  /// Waits until everything published so far is confirmed or refused, and its
  /// callbacks have returned. Called by one of these callbacks, it waits for none of them.
  /// Errors   the first refusal since the last call; timed_out
  /// Blocks   the calling thread
  [[nodiscard]] status wait_all(std::optional<duration> limit = {}) {
    return port_->wait_all(limit);
  }

  /// What is unconfirmed, its limits, and why the queue does not take more at present.
  [[nodiscard]] producer_window window() const {
    return port_->window();
  }

private:
  using shared_headers = std::shared_ptr<const header_map>;

  receipt send(const T& value, message_options options, when_full policy,
               producer_port::callback done) {
    if (auto bad = check(options); bad.code != errc::none)
      return producer_port::refuse(std::move(bad), done);
    return send(value, headers_of(std::move(options)), policy, std::move(done));
  }

  receipt send(const T& value, shared_headers headers, when_full policy,
               producer_port::callback done) {
    auto body = codec<T>::encode(value);
    if (!body)
      return producer_port::refuse(body.why(), done);
    return port_->publish({std::move(*body), codec<T>::content(), std::move(headers), now()},
                          policy, std::move(done));
  }

  receipt send_all(std::span<const T> values, when_full policy, producer_port::callback done) {
    auto page = message_page{};
    page.reserve(values.size());
    auto at = now();
    for (const auto& value : values) {
      auto body = codec<T>::encode(value);
      if (!body)
        return producer_port::refuse(body.why(), done);
      page.push_back({std::move(*body), codec<T>::content(), nullptr, at});
    }
    return port_->publish(std::move(page), policy, std::move(done));
  }

  [[nodiscard]] static time_point now() {
    auto elapsed = std::chrono::system_clock::now().time_since_epoch();
    return time_point{std::chrono::duration_cast<duration>(elapsed)};
  }

  std::shared_ptr<producer_port> port_;
};

} // namespace ferry
