// What consumers and queues tell each other.
//
//   consumer ── subscribe, grant_credit, settle, unsubscribe ──▶ queue
//            ◀── subscription, delivery, settled, resubscribe ───

#pragma once

#include "ferry/actors/inspection.hpp"
#include "ferry/actors/protocol/type_ids.hpp"
#include "ferry/consumer/delivery_inbox.hpp"
#include "ferry/ids.hpp"
#include "ferry/outcome.hpp"
#include "ferry/queue/consumer_table.hpp"

#include <caf/actor.hpp>

#include <vector>

namespace ferry::messages {

/// Asks a queue for deliveries.
/// From    consumer; `receiver` gets the deliveries and is monitored
/// Answer  subscription
/// Repeat  each one is a subscription of its own
struct subscribe {
  caf::actor receiver;
  subscriber who;
};

struct subscription {
  consumer_id consumer{};
};

/// Changes how much a consumer may hold; 0 messages pause it.
/// From    consumer
/// Repeat  allowed
struct grant_credit {
  consumer_id consumer{};
  credit limit;
};

/// Hands messages to a consumer.
/// From    queue; never sent twice with the same tags
/// Answer  settle, for each tag, before the deadline
struct delivery {
  consumer_id consumer{};
  std::vector<delivered_run> runs;
};

/// Ends a subscription because the queue starts anew from what is on disk. What
/// was delivered and not settled is delivered again; settling it comes too late.
/// From    queue, to the receiver of `subscribe`
/// Answer  none; whoever wants more deliveries subscribes again
struct resubscribe {
  consumer_id consumer{}; // the subscription that ended
};

/// Ends deliveries.
/// From    consumer
/// Answer  settled, once it is on disk; where that is not `awaited`, acks may be put off
///         for a millisecond to go with what is written next
/// Repeat  allowed: what ended before is counted as stale
struct settle {
  consumer_id consumer{};
  std::vector<settlement> settlements;
  urgency how = urgency::usual;
};

struct settled {
  settle_outcome outcome;
};

/// Ends a subscription in good order; what is unsettled returns uncounted.
/// From    consumer
/// Answer  unsubscribed
/// Repeat  allowed
struct unsubscribe {
  consumer_id consumer{};
};

struct unsubscribed {};

// -- inspection ---------------------------------------------------------------

template <class Inspector>
auto inspect(Inspector& f, subscribe& x) {
  return fields(f, x, "ferry::subscribe", named{"receiver", x.receiver}, named{"who", x.who});
}

template <class Inspector>
auto inspect(Inspector& f, subscription& x) {
  return fields(f, x, "ferry::subscription", named{"consumer", x.consumer});
}

template <class Inspector>
auto inspect(Inspector& f, grant_credit& x) {
  return fields(f, x, "ferry::grant_credit", named{"consumer", x.consumer},
                named{"limit", x.limit});
}

template <class Inspector>
auto inspect(Inspector& f, delivery& x) {
  return fields(f, x, "ferry::delivery", named{"consumer", x.consumer}, named{"runs", x.runs});
}

template <class Inspector>
auto inspect(Inspector& f, resubscribe& x) {
  return fields(f, x, "ferry::resubscribe", named{"consumer", x.consumer});
}

template <class Inspector>
auto inspect(Inspector& f, settle& x) {
  return fields(f, x, "ferry::settle", named{"consumer", x.consumer},
                named{"settlements", x.settlements}, named{"how", x.how});
}

template <class Inspector>
auto inspect(Inspector& f, settled& x) {
  return fields(f, x, "ferry::settled", named{"outcome", x.outcome});
}

template <class Inspector>
auto inspect(Inspector& f, unsubscribe& x) {
  return fields(f, x, "ferry::unsubscribe", named{"consumer", x.consumer});
}

template <class Inspector>
auto inspect(Inspector& f, unsubscribed& x) {
  return fields(f, x, "ferry::unsubscribed");
}

} // namespace ferry::messages
