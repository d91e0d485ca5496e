// The stop tokens of the handler that runs: made when a handler asks for one, and
// handed to the supervisor, which stops them when their time is over.

#pragma once

#include "ferry/actors/handles.hpp"

#include <map>
#include <stop_token>
#include <utility>

namespace ferry::actors {

/// Keeps one source per delivery that asked, and the deadline of each that moved it.
/// Most handlers do neither, and cost nothing.
/// Errors      None.
/// Cost        O(log deliveries of the handler) per call.
/// Threads     the consumer's only; tokens may be used by any.
class handler_stops {
public:
  explicit handler_stops(supervisor_actor supervisor) : supervisor_(std::move(supervisor)) {
  }

  // -- modifiers --------------------------------------------------------------

  /// The token of `tag`, a delivery of `consumer` that ends at `deadline` unless it
  /// was moved.
  [[nodiscard]] std::stop_token token_of(const caf::actor& consumer, delivery_tag tag,
                                         time_point deadline);

  /// Follows an extension of `tag`, whether it has a token or will ask for one.
  void move(const caf::actor& consumer, delivery_tag tag, time_point deadline);

  /// The handler has returned.
  void disarm(const caf::actor& consumer);

private:
  struct watched {
    time_point deadline{};
    std::stop_source source{std::nostopstate}; // made for the first who asks
  };

  void arm(const caf::actor& consumer, delivery_tag tag, const watched& item) const;

  supervisor_actor supervisor_;
  std::map<delivery_tag, watched> watched_;
};

} // namespace ferry::actors
