// The producer's proof that a message is safe.

#pragma once

#include "ferry/ids.hpp"
#include "ferry/outcome.hpp"
#include "ferry/result.hpp"
#include "ferry/time.hpp"

#include <memory>
#include <optional>

namespace ferry {

class producer_port;

/// Stands for one publish, of a message or of a batch. Cheap to copy, and free to
/// ignore: the message is sent and resent whether anyone waits or not.
/// Threads   any
class [[nodiscard]] receipt {
public:
  /// Expects  `first` to `last` were handed out by `port`
  receipt(std::shared_ptr<producer_port> port, publish_number first, publish_number last);

  /// A publish that did not even reach the outbox.
  explicit receipt(error refused);

  /// Waits until the message, or all of the batch, is as durable as its queue
  /// promises.
  /// Range    no `limit`: until it is confirmed, refused, or the broker is closed
  /// Errors   the reason of the refusal, of a batch the first one, whose other
  ///          messages may be stored; `timed_out` when `limit` passed, the message is
  ///          then still being sent, or when the producer gave it up
  /// Blocks   the calling thread: not for use in a shared CAF actor
  [[nodiscard]] result<durability_level> wait(std::optional<duration> limit = {}) const;

  /// The outcome if there is one already.
  [[nodiscard]] std::optional<result<durability_level>> poll() const;

private:
  std::shared_ptr<producer_port> port_; // null when refused
  publish_number first_{};
  publish_number last_{};
  error refused_;
};

} // namespace ferry
