// One message in the hands of a handler: what is known about it, and how to
// settle it explicitly. A handler that just returns, or throws, needs none of it.

#pragma once

#include "ferry/message.hpp"
#include "ferry/outcome.hpp"
#include "ferry/result.hpp"
#include "ferry/retry/attempt.hpp" // for handlers of dead letters, as is the next
#include "ferry/retry/death.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

namespace ferry {

/// Takes the settlements of deliveries that outlive their handlers.
/// Threads   any
class kept_port {
public:
  virtual ~kept_port() = default;

  virtual void send(settlement item) const = 0;

  /// Sends, and waits until the queue has answered.
  /// Errors   stale, timed_out, closed, journal_failed
  [[nodiscard]] virtual status ask(settlement item, std::optional<duration> limit) const = 0;
};

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
  kept_delivery(delivery_tag tag, std::shared_ptr<const kept_port> port)
    : tag_(tag), port_(std::move(port)) {
  }

  /// As of `delivery`, as are the next six.
  void ack() const;
  void nack(std::string reason, std::optional<duration> delay = {}) const;
  void nack(std::string reason, retry_policy policy) const;
  void reject(std::string reason) const;
  void release() const;
  void defer(time_point until) const;
  void extend(duration lease) const;

  /// Acks, and waits until that is on disk.
  /// Errors   stale: the delivery had ended, and the message is or was delivered
  ///          again; timed_out: the outcome is not known; closed, journal_failed:
  ///          it will be delivered again
  /// Blocks   the calling thread
  [[nodiscard]] status ack_and_wait(std::optional<duration> limit = {}) const;

private:
  delivery_tag tag_;
  std::shared_ptr<const kept_port> port_;
};

/// Takes the settlements of one consumer. The consumer actor is one.
/// Threads   the handler's only
class settling_port {
public:
  virtual ~settling_port() = default;

  /// Adds to the next batch, or sends at once what cannot wait.
  virtual void settle(settlement item) = 0;

  [[nodiscard]] virtual kept_delivery keep(delivery_tag tag) = 0;

  /// A token that is stopped when the delivery `tag` has met its deadline, with all
  /// extensions, or its consumer is stopped and does not wait any longer. Its
  /// callbacks run on the supervisor's thread and must not block.
  [[nodiscard]] virtual std::stop_token stop_token(delivery_tag tag) = 0;
};

/// What is known about a delivery besides its message.
struct delivery_facts {
  sequence_number sequence{};
  delivery_tag tag{};
  std::uint32_t attempt = 1;
  time_point deadline{}; // first instant at which settling is too late
  duration lease{};      // how long it was given at first
  std::string_view queue;
};

/// What a handler sees of a message besides its value.
///
/// Repeat    the first ending verb counts, later ones are ignored.
/// Threads   the handler's only, and only while it runs; `keep` for anything else.
class delivery {
public:
  delivery(const envelope& message, delivery_facts facts, settling_port& port)
    : message_(&message), facts_(facts), port_(&port) {
  }

  // -- verbs ------------------------------------------------------------------

  /// Done: the message is erased.
  void ack();

  /// The same, and waits until that is on disk.
  /// Errors   as of `kept_delivery::ack_and_wait`
  /// Blocks   the handler's thread: only where the consumer has threads of its own
  [[nodiscard]] status ack_and_wait(std::optional<duration> limit = {});

  /// Failed: the message comes back after `delay` (at most a year), or after the
  /// queue's wait, or becomes a dead letter with `reason` when this was its last
  /// delivery. The queue's `failures` may make it fatal, or pause the queue.
  void nack(std::string reason, std::optional<duration> delay = {});

  /// The same, with a policy of its own; one out of range is left aside for the
  /// queue's.
  void nack(std::string reason, retry_policy policy);

  /// Will never succeed: the message becomes a dead letter with `reason`.
  void reject(std::string reason);

  /// Rejects because the payload cannot be decoded.
  void undecodable(std::string reason);

  /// Was not tried: the message returns to its place, and this delivery does not
  /// count.
  void release();

  /// Not before `until` (at most a year ahead): the message returns then, and this
  /// delivery does not count.
  void defer(time_point until);
  void defer(std::chrono::system_clock::time_point until);

  /// Moves the deadline to `lease` from now, up to the queue's `longest_lease` from
  /// the delivery on; may be called as often as needed.
  void extend(duration lease);

  /// Moves the deadline by the lease that the delivery had at first: to be called
  /// now and then by a handler that takes long and is getting on.
  void progress() {
    extend(facts_.lease);
  }

  /// Takes the duty to settle away from the handler. Once that has returned, a
  /// message that kills the process is not charged for it any more.
  [[nodiscard]] kept_delivery keep();

  // -- properties -------------------------------------------------------------

  [[nodiscard]] const envelope& message() const noexcept {
    return *message_;
  }

  /// The name of the queue that delivered it.
  [[nodiscard]] std::string_view queue() const noexcept {
    return facts_.queue;
  }

  /// Its place in that queue; the same for every delivery of this message.
  [[nodiscard]] sequence_number sequence() const noexcept {
    return facts_.sequence;
  }

  /// 1 on the first delivery.
  [[nodiscard]] std::uint32_t attempt() const noexcept {
    return facts_.attempt;
  }

  /// First instant at which settling is too late, as it was on delivery.
  [[nodiscard]] time_point deadline() const noexcept {
    return facts_.deadline;
  }

  /// The header of that name; empty where there is none.
  [[nodiscard]] std::string_view header(const std::string& name) const;

  /// Whether an ending verb or `keep` was called.
  [[nodiscard]] bool is_settled() const noexcept {
    return settled_;
  }

  /// Is stopped when the deadline, with all extensions, has passed: what the
  /// handler does from then on settles nothing, and somebody else may do it too.
  /// Also when its consumer is stopped and has waited as long as it was told to.
  /// Threads   callbacks of the token run on the supervisor's thread, which serves
  ///           the whole broker: they must not block
  [[nodiscard]] std::stop_token stop_token() const {
    return port_->stop_token(facts_.tag);
  }

private:
  friend void extend(std::span<delivery> items, duration lease);

  void end(settlement item);

  const envelope* message_;
  delivery_facts facts_;
  settling_port* port_;
  bool settled_ = false;
};

// Many deliveries at once; those that are settled already stay as they are. What
// has consecutive tags travels and is stored as one range.
void ack(std::span<delivery> items);
void nack(std::span<delivery> items, const std::string& reason,
          std::optional<duration> delay = {});
void reject(std::span<delivery> items, const std::string& reason);
void release(std::span<delivery> items);
void defer(std::span<delivery> items, time_point until);
void extend(std::span<delivery> items, duration lease);

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
