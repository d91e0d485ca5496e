// Consuming typed messages: how a user's function becomes a handler.

#pragma once

#include "ferry/codec/codec.hpp"
#include "ferry/delivery.hpp"
#include "ferry/result.hpp"

#include <concepts>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace ferry {

/// A running group of consumers. The group runs until `stop`, or until its broker
/// is closed; the handle itself may be dropped.
///
/// Lifetime  Must not outlive the actor system; it may outlive the broker.
class consumer {
public:
  using stopper = std::function<status(std::optional<duration> limit)>;

  explicit consumer(stopper stop) : stop_(std::move(stop)) {
  }

  /// Lets running handlers return, settles what they did, gives the rest back
  /// uncounted, and waits for all that.
  /// Repeat   allowed
  /// Blocks   the calling thread; must not be called by the group's own handler
  void stop() {
    (void)stop_({});
  }

  /// The same, but waits no longer than `limit`. Handlers that still run then get
  /// their stop tokens fired. What they hold returns to the queue at once: begun
  /// messages count as delivered, the others do not. A handler that returns later
  /// settles nothing.
  /// Errors   invalid_argument: a negative limit; timed_out: the limit passed
  [[nodiscard]] status stop(duration limit) {
    return stop_(limit);
  }

private:
  stopper stop_;
};

namespace detail {

/// Runs `work` and settles what it left open: returning acks, throwing nacks with
/// the exception's text. An exception of a handler goes no further.
template <class Work>
void settle_by_outcome(std::span<delivery> items, Work work) {
  auto settle = [items](auto verb) {
    for (auto& item : items)
      verb(item);
  };
  try {
    work();
    settle([](delivery& item) { item.ack(); });
  } catch (const std::exception& reason) {
    settle([&](delivery& item) { item.nack(reason.what()); });
  } catch (...) {
    settle([](delivery& item) {
      item.nack("the handler threw something that is no std::exception");
    });
  }
}

/// Gives the function one value at a time.
template <class T, class Function>
class single_handler : public message_handler {
public:
  explicit single_handler(Function function) : function_(std::move(function)) {
  }

  void handle(std::span<delivery> items) override {
    for (auto& item : items)
      handle_one(item);
  }

  [[nodiscard]] std::size_t batch_size() const override {
    return 1;
  }

private:
  void handle_one(delivery& item) {
    auto value = decode_as<T>(item.message());
    if (!value) {
      item.undecodable(value.why().text);
      return;
    }
    settle_by_outcome({&item, 1}, [&] {
      if constexpr (std::invocable<Function&, const T&, delivery&>)
        function_(*value, item);
      else
        function_(*value);
    });
  }

  Function function_;
};

/// Gives the function as many values at a time as have arrived.
template <class T, class Function>
class span_handler : public message_handler {
public:
  span_handler(Function function, std::size_t most) : function_(std::move(function)), most_(most) {
  }

  void handle(std::span<delivery> items) override {
    auto values = std::vector<T>{};
    auto decoded = std::vector<delivery>{};
    for (auto& item : items)
      if (auto value = decode_as<T>(item.message())) {
        values.push_back(std::move(*value));
        decoded.push_back(item);
      } else {
        item.undecodable(value.why().text);
      }
    if (values.empty())
      return;
    settle_by_outcome(decoded, [&] {
      if constexpr (std::invocable<Function&, std::span<const T>, std::span<delivery>>)
        function_(std::span<const T>{values}, std::span<delivery>{decoded});
      else
        function_(std::span<const T>{values});
    });
  }

  [[nodiscard]] std::size_t batch_size() const override {
    return most_;
  }

private:
  Function function_;
  std::size_t most_;
};

} // namespace detail

/// What a handler for messages of type `T` may be called with: one value, or a
/// span of them, each with or without what is known about its delivery.
template <class Function, class T>
concept handler_for
  = std::invocable<Function&, const T&> || std::invocable<Function&, const T&, delivery&>
    || std::invocable<Function&, std::span<const T>>
    || std::invocable<Function&, std::span<const T>, std::span<delivery>>;

/// Makes a handler of `function`; a span gets `most` values at a time.
/// Threads   `function` is called by all consumers of a group at the same time
template <class T, handler_for<T> Function>
[[nodiscard]] std::shared_ptr<message_handler> make_handler(Function function, std::size_t most) {
  constexpr auto takes_one = std::invocable<Function&, const T&>
                             || std::invocable<Function&, const T&, delivery&>;
  if constexpr (takes_one)
    return std::make_shared<detail::single_handler<T, Function>>(std::move(function));
  else
    return std::make_shared<detail::span_handler<T, Function>>(std::move(function), most);
}

} // namespace ferry
