// One message in the hands of a handler: what is known about it, and how to
// settle it explicitly. A handler that just returns, or throws, needs none of it.

#pragma once

#include "ferry/message.hpp"
#include "ferry/outcome.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace ferry {

/// A delivery that outlives its handler, to be settled later and from any thread,
/// as long as its consumer runs. The lease goes on: settle or `extend` before the
/// deadline, or the message is delivered again and a late verb does nothing.
///
/// Repeat    only the first of the ending verbs counts; the queue answers later
///           ones as stale.
/// Threads   any; copies settle the same delivery. Do not keep it longer than the
///           broker.
class kept_delivery {
public:
  using sender = std::function<void(settlement)>;

  kept_delivery(delivery_tag tag, sender send) : tag_(tag), send_(std::move(send)) {
  }

  void ack() const;
  void nack(std::string reason, std::optional<duration> delay = {}) const;
  void reject(std::string reason) const;
  void release() const;
  void extend(duration lease) const;

private:
  delivery_tag tag_;
  sender send_;
};

/// Takes the settlements of one consumer. The consumer actor is one.
class settling_port {
public:
  virtual ~settling_port() = default;

  /// Adds to the next batch, or sends at once what cannot wait.
  virtual void settle(settlement item) = 0;

  [[nodiscard]] virtual kept_delivery keep(delivery_tag tag) = 0;
};

/// What a handler sees of a message besides its value.
///
/// Repeat    the first ending verb counts, later ones are ignored.
/// Threads   the handler's only, and only while it runs; `keep` for anything else.
class delivery {
public:
  delivery(const envelope& message, sequence_number sequence, delivery_tag tag,
           std::uint32_t attempt, time_point deadline, std::string_view queue,
           settling_port& port)
    : message_(&message),
      sequence_(sequence),
      tag_(tag),
      attempt_(attempt),
      deadline_(deadline),
      queue_(queue),
      port_(&port) {
  }

  // -- verbs ------------------------------------------------------------------

  /// Done: the message is erased.
  void ack();

  /// Failed: the message comes back after `delay`, or after the queue's wait, or
  /// becomes a dead letter with `reason` when this was its last delivery.
  void nack(std::string reason, std::optional<duration> delay = {});

  /// Will never succeed: the message becomes a dead letter with `reason`.
  void reject(std::string reason);

  /// Rejects because the payload cannot be decoded.
  void undecodable(std::string reason);

  /// Was not tried: the message returns to its place, and this delivery does not
  /// count.
  void release();

  /// Moves the deadline to `lease` from now; may be called as often as needed.
  void extend(duration lease);

  /// Takes the duty to settle away from the handler.
  [[nodiscard]] kept_delivery keep();

  // -- properties -------------------------------------------------------------

  [[nodiscard]] const envelope& message() const noexcept {
    return *message_;
  }

  /// The name of the queue that delivered it.
  [[nodiscard]] std::string_view queue() const noexcept {
    return queue_;
  }

  /// Its place in that queue; the same for every delivery of this message.
  [[nodiscard]] sequence_number sequence() const noexcept {
    return sequence_;
  }

  /// 1 on the first delivery.
  [[nodiscard]] std::uint32_t attempt() const noexcept {
    return attempt_;
  }

  /// First instant at which settling is too late.
  [[nodiscard]] time_point deadline() const noexcept {
    return deadline_;
  }

  /// The header of that name; empty where there is none.
  [[nodiscard]] std::string_view header(const std::string& name) const;

  /// Whether an ending verb or `keep` was called.
  [[nodiscard]] bool is_settled() const noexcept {
    return settled_;
  }

private:
  void end(settle_kind kind, std::optional<duration> delay, std::string reason);

  const envelope* message_;
  sequence_number sequence_;
  delivery_tag tag_;
  std::uint32_t attempt_;
  time_point deadline_;
  std::string_view queue_;
  settling_port* port_;
  bool settled_ = false;
};

/// Works on messages; `consumer.hpp` makes one from a user's function.
/// Threads   `handle` is called by every consumer of a group, side by side.
class message_handler {
public:
  virtual ~message_handler() = default;

  /// Settles every one of `items` before it returns, or keeps it.
  /// Errors    must not throw
  virtual void handle(std::span<delivery> items) = 0;

  /// How many messages `handle` takes at most.
  [[nodiscard]] virtual std::size_t batch_size() const = 0;
};

} // namespace ferry
