// The queues of a broker on another node that this node uses, as actors.

#pragma once

#include "ferry/actors/clock.hpp"
#include "ferry/actors/protocol/declaring.hpp"
#include "ferry/broker/used_queues.hpp"
#include "ferry/nodes/correspondence.hpp"
#include "ferry/nodes/far_broker_actor.hpp"
#include "ferry/nodes/far_queue_actor.hpp"

#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace ferry::actors {

/// What far queues are given, and who sees to those that are refused for now.
struct far_queue_needs {
  supervisor_actor supervisor; // of this node
  anchored_clock clock;
  std::function<void()> ask_later; // has `ask_for_refused` called after a while
};

/// Asks the broker for queues, binds each to the link that it is reached by, and asks
/// for them again over the next one.
///
/// Errors      What is asked is answered with why there is no link. A queue that is not
///             got again is unbound, and asked for later if that is passing.
/// Threads     The far broker's only.
class far_queues {
public:
  using info_promise = caf::typed_response_promise<messages::queue_info>;

  /// `link` outlives it.
  far_queues(far_broker_actor::pointer self, correspondence& link, far_queue_needs needs)
    : self_(self),
      link_(&link),
      needs_(std::move(needs)) {
  }

  // -- of the broker's clients; to be returned from the handlers ----------------

  info_promise declare(const messages::declare& m);
  info_promise find(const messages::find& m);

  // -- of the link ------------------------------------------------------------

  /// The link is open, and new.
  void ask_for_all();

  void ask_for_refused();

  void unbind_all(const error& why);

  void stop_all();

private:
  template <class Question>
  info_promise ask(const Question& asked, const std::optional<queue_config>& declared_as);

  const far_queue_actor& bind(const messages::far_queue& queue,
                              std::optional<queue_config> declared_as);
  void ask_again(const std::string& queue);
  void not_got(const std::string& queue, const caf::error& why);

  far_broker_actor::pointer self_;
  correspondence* link_;
  far_queue_needs needs_;
  used_queues<far_queue_actor> queues_;
};

} // namespace ferry::actors
