// What consumers of this node have of a queue on another one.

#pragma once

#include "ferry/actors/clock.hpp"
#include "ferry/actors/protocol/consuming.hpp"
#include "ferry/actors/protocol/signalling.hpp"
#include "ferry/link/far_subscriptions.hpp"
#include "ferry/nodes/correspondence.hpp"
#include "ferry/nodes/far_queue_actor.hpp"

#include <vector>

namespace ferry::actors {

/// Subscribes, hands deliveries over, and settles. Whose they are is decided by
/// `far_subscriptions`.
///
/// Errors      What is asked is answered with why there is no link; who wanted to
///             subscribe hears of the next one.
/// Threads     The far queue's only.
class far_consuming {
public:
  using subscription_promise = caf::typed_response_promise<messages::subscription>;
  using settled_promise = caf::typed_response_promise<messages::settled>;
  using unsubscribed_promise = caf::typed_response_promise<messages::unsubscribed>;

  /// `link` outlives it; `supervisor` is this node's, and watches the consumers.
  far_consuming(far_queue_actor::pointer self, correspondence& link, supervisor_actor supervisor,
                anchored_clock clock)
    : self_(self),
      link_(&link),
      supervisor_(std::move(supervisor)),
      clock_(clock) {
  }

  // -- of consumers; promises are to be returned from the handlers --------------

  subscription_promise subscribe(const messages::subscribe& m);
  void grant(messages::grant_credit m);
  settled_promise settle(messages::settle m);
  unsubscribed_promise unsubscribe(messages::unsubscribe m);
  void lose(messages::consumer_lost m);

  // -- of the queue -----------------------------------------------------------

  void hear(messages::far_delivery m);
  void hear(messages::resubscribe m);

  // -- of the link ------------------------------------------------------------

  /// Has everybody subscribe again, because the link is gone.
  void cut();

  /// Has whoever waits for a link try now.
  void tell_waiting();

  void forget_all() {
    (void)subscriptions_.cut();
  }

private:
  using subscriptions = far_subscriptions<delivery_receiver>;

  void subscribed(const messages::subscription& m, const caf::actor& receiver,
                  subscription_promise promise);
  [[nodiscard]] std::vector<messages::settle> in_letters(consumer_id there,
                                                         messages::settle m) const;
  void hand_over(const subscriptions::party& who, const far_runs& what);

  far_queue_actor::pointer self_;
  correspondence* link_;
  supervisor_actor supervisor_;
  anchored_clock clock_;
  subscriptions subscriptions_;
};

} // namespace ferry::actors
