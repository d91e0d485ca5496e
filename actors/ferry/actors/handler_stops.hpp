// The deadlines of the deliveries that a handler works on, as far as it moved them
// or asked to be told of them: the supervisor stops its tokens when they have come.

#pragma once

#include "ferry/actors/handles.hpp"
#include "ferry/consumer/delivery_inbox.hpp"
#include "ferry/ids.hpp"
#include "ferry/time.hpp"

#include <map>
#include <stop_token>
#include <utility>

namespace ferry::actors {

/// Keeps an entry for each delivery that was extended, and a source for each that
/// asked for its token. Most handlers do neither, and cost nothing.
/// Errors      None.
/// Threads     the consumer's only; tokens may be used by any.
class handler_stops {
public:
  explicit handler_stops(supervisor_actor supervisor) : supervisor_(std::move(supervisor)) {
  }

  // -- modifiers --------------------------------------------------------------

  /// The token of `tag`, one of `run`'s deliveries to `consumer`.
  [[nodiscard]] std::stop_token token_of(const caf::actor& consumer, const delivered_run& run,
                                         delivery_tag tag);

  /// Moves the deadline of `tag`, never beyond its limit.
  void extend(const caf::actor& consumer, const delivered_run& run, delivery_tag tag,
              time_point deadline);

  /// The handler has returned.
  void disarm(const caf::actor& consumer);

private:
  struct watched {
    time_point deadline = never;
    std::stop_source source{std::nostopstate}; // made when it is asked for
  };

  watched& watch(const delivered_run& run, delivery_tag tag);
  void arm(const caf::actor& consumer, delivery_tag tag, const watched& item) const;

  supervisor_actor supervisor_;
  std::map<delivery_tag, watched> watched_;
};

} // namespace ferry::actors
