// The stop tokens of the handler that runs: made when a handler asks for one, and
// handed to the supervisor, which stops them when their time is over.

#pragma once

#include "ferry/actors/handles.hpp"

#include <stop_token>
#include <utility>
#include <vector>

namespace ferry::actors {

/// Keeps one source per delivery that asked. Most handlers never do, and cost
/// nothing.
/// Errors      None.
/// Threads     the consumer's only; tokens may be used by any.
class handler_stops {
public:
  explicit handler_stops(supervisor_actor supervisor) : supervisor_(std::move(supervisor)) {
  }

  // -- modifiers --------------------------------------------------------------

  /// The token of `tag`, a delivery of `consumer` that ends at `deadline`.
  [[nodiscard]] std::stop_token token_of(const caf::actor& consumer, delivery_tag tag,
                                         time_point deadline);

  /// Follows an extension of `tag`, if it has a token.
  void move(const caf::actor& consumer, delivery_tag tag, time_point deadline);

  /// The handler has returned.
  void disarm(const caf::actor& consumer);

private:
  struct armed {
    delivery_tag tag{};
    std::stop_source source;
  };

  void arm(const caf::actor& consumer, const armed& item, time_point deadline) const;

  supervisor_actor supervisor_;
  std::vector<armed> armed_;
};

} // namespace ferry::actors
