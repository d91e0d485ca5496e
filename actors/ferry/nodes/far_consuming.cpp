#include "ferry/nodes/far_consuming.hpp"

#include "ferry/link/delivery_transit.hpp"
#include "ferry/link/fitting_parts.hpp"
#include "ferry/nodes/gathered_outcome.hpp"
#include "ferry/retry/death.hpp"
#include "ferry/retry/shortened.hpp"

#include <memory>
#include <utility>

namespace ferry::actors {

// -- of consumers ---------------------------------------------------------------------

far_consuming::subscription_promise far_consuming::subscribe(const messages::subscribe& m) {
  auto promise = self_->make_response_promise<messages::subscription>();
  link_->ask<messages::subscription>(
    self_, messages::far_subscribe{m.who},
    [this, promise, receiver = m.receiver](const messages::subscription& given) {
      subscribed(given, receiver, promise);
    },
    [this, promise, receiver = m.receiver](const caf::error& why) mutable {
      if (!link_->is_open())
        subscriptions_.wait(as<delivery_receiver>(receiver));
      promise.deliver(why);
    });
  return promise;
}

void far_consuming::subscribed(const messages::subscription& m, const caf::actor& receiver,
                               subscription_promise promise) {
  auto handed_to = as<delivery_receiver>(receiver);
  auto opened = subscriptions_.open(m.consumer, handed_to);
  compat::send(self_, supervisor_,
               messages::watch{caf::actor_cast<caf::actor>(self_), opened.here, receiver});
  promise.deliver(messages::subscription{opened.here});
  for (const auto& what : opened.early)
    hand_over({opened.here, handed_to}, what);
}

void far_consuming::grant(messages::grant_credit m) {
  auto there = subscriptions_.there(m.consumer);
  if (!there)
    return;
  m.consumer = *there;
  link_->tell(self_, m); // a few bytes
}

// Deliveries of a link that is gone have returned to the queue.
far_consuming::settled_promise far_consuming::settle(messages::settle m) {
  auto promise = self_->make_response_promise<messages::settled>();
  auto there = subscriptions_.there(m.consumer);
  if (!there) {
    promise.deliver(messages::settled{all_stale(m)});
    return promise;
  }
  auto whole = std::make_shared<gathered_outcome>(promise);
  for (const auto& part : in_letters(*there, std::move(m))) {
    whole->expect_part();
    link_->ask<messages::settled>(
      self_, part, [whole](const messages::settled& given) { whole->part_settled(given.outcome); },
      [whole](const caf::error& why) { whole->part_failed(why); });
  }
  whole->no_more();
  return promise;
}

// Long reasons of many messages may be more than one letter holds.
std::vector<messages::settle> far_consuming::in_letters(consumer_id there,
                                                        messages::settle m) const {
  for (auto& item : m.settlements) // the queue keeps no more of them either
    item.reason = shortened(item.reason, longest_reason);
  auto fits = [&](const std::vector<settlement>& part) {
    return link_->holds(link_->letter_of(messages::settle{there, part, m.how}));
  };
  auto letters = std::vector<messages::settle>{};
  for (auto& part : fitting_parts(std::move(m.settlements), fits))
    letters.push_back({there, std::move(part), m.how});
  return letters;
}

far_consuming::unsubscribed_promise far_consuming::unsubscribe(messages::unsubscribe m) {
  if (auto there = subscriptions_.close(m.consumer))
    return link_->forward<messages::unsubscribed>(self_, messages::unsubscribe{*there});
  auto promise = self_->make_response_promise<messages::unsubscribed>();
  promise.deliver(messages::unsubscribed{});
  return promise;
}

void far_consuming::lose(messages::consumer_lost m) {
  auto there = subscriptions_.close(m.consumer);
  if (!there)
    return;
  m.consumer = *there;
  link_->tell(self_, m); // a few ranges
}

// -- of the queue ---------------------------------------------------------------------

void far_consuming::hear(messages::far_delivery m) {
  auto what = far_runs{m.sent, std::move(m.what.runs)};
  if (auto who = subscriptions_.arrived(m.what.consumer, what))
    hand_over(*who, what);
}

void far_consuming::hear(messages::resubscribe m) {
  if (auto who = subscriptions_.close_far(m.consumer))
    compat::send(self_, who->receiver, messages::resubscribe{who->here});
}

void far_consuming::hand_over(const subscriptions::party& who, const far_runs& what) {
  auto runs = on_this_clock(what.runs, what.sent, clock_.now(self_));
  compat::send(self_, who.receiver, messages::delivery{who.here, std::move(runs)});
}

// -- of the link ----------------------------------------------------------------------

void far_consuming::cut() {
  for (const auto& who : subscriptions_.cut())
    compat::send(self_, who.receiver, messages::resubscribe{who.here});
}

void far_consuming::tell_waiting() {
  for (const auto& receiver : subscriptions_.take_waiting())
    compat::send(self_, receiver, messages::resubscribe{});
}

} // namespace ferry::actors
