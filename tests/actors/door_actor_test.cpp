// What a client can do to the deliveries of others: nothing. Its letters are made by
// hand here, because no honest client names a consumer that is not its own.

#include "ferry/nodes/door_actor.hpp"

#include "ferry/queue/plausible.hpp"
#include "support/virtual_system.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace ferry;
using namespace ferry::testing;

constexpr auto own_id = consumer_id{1};
constexpr auto of_somebody_else = consumer_id{2};

/// What the queue and the link were told, in order.
struct door_notes {
  std::vector<std::string> queue;
  std::uint64_t subscribed = 0;
  std::vector<ferry::letter> posted;
  std::vector<std::string> cuts;
  std::string subscriber;          // the last one's name
  std::vector<settlement> settled; // in order
  duration paused{};
  std::vector<std::uint64_t> granted;                                // messages, in order
  std::vector<caf::typed_response_promise<messages::figures>> asked; // answered by the test
};

caf::behavior queue_behavior(caf::event_based_actor* self,
                             const std::shared_ptr<door_notes>& notes) {
  auto note = [notes](const char* what) { notes->queue.emplace_back(what); };
  return {
    [note, notes](const messages::subscribe& m) {
      note("subscribe");
      notes->subscriber = m.who.name;
      notes->granted.push_back(m.who.limit.messages);
      return messages::subscription{consumer_id{++notes->subscribed}};
    },
    [note, notes](const messages::settle& m) {
      note("settle");
      notes->settled.insert(notes->settled.end(), m.settlements.begin(), m.settlements.end());
      return messages::settled{};
    },
    [note, notes](const messages::pause& m) {
      note("pause");
      notes->paused = m.wait;
      return messages::paused{};
    },
    [note](const messages::unsubscribe&) {
      note("unsubscribe");
      return messages::unsubscribed{};
    },
    [note, notes](const messages::grant_credit& m) {
      note("grant_credit");
      notes->granted.push_back(m.limit.messages);
    },
    [self, notes](const messages::ask_figures&) {
      notes->asked.push_back(self->make_response_promise<messages::figures>());
      return notes->asked.back();
    },
    [notes](const messages::proceed&) { notes->asked.back().deliver(messages::figures{}); },
    [note](const messages::consumer_lost&) { note("consumer_lost"); },
  };
}

caf::behavior link_behavior(caf::event_based_actor*, const std::shared_ptr<door_notes>& notes) {
  return {
    [notes](const messages::post& m) {
      if (m.letters)
        notes->posted.insert(notes->posted.end(), m.letters->begin(), m.letters->end());
    },
    [notes](const messages::cut_link& m) { notes->cuts.push_back(m.why.text); },
  };
}

struct door_fixture : virtual_system {
  door_fixture() {
    queue = own(system().spawn(queue_behavior, notes));
    auto link = own(system().spawn(link_behavior, notes));
    auto access = std::make_shared<const access_policy>(access_config{}, false);
    door = own(actors::spawn_door(system(), {"alice",
                                             "orders",
                                             actors::as<actors::queue_actor>(queue),
                                             {}, // its broker is asked only when the queue ends
                                             {actors::as<actors::link_actor>(link), 1},
                                             access,
                                             clock()}));
    send(messages::far_subscribe{{{5, 500}, {}, {}}});
    notes->queue.clear();
  }

  ~door_fixture() {
    notes->asked.clear();
  }

  template <class Message>
  void send(const Message& message) {
    auto letters = std::vector{actors::to_letter(1, question_id{7}, message)};
    tell(door, messages::mail{bag_of(std::move(letters))});
  }

  [[nodiscard]] settle_outcome last_outcome() const {
    return actors::message_from<messages::settled>(notes->posted.back()).value().outcome;
  }

  std::shared_ptr<door_notes> notes = std::make_shared<door_notes>();
  caf::actor queue;
  caf::actor door;
};

messages::settle ack_of(consumer_id holder) {
  return {holder, {{delivery_tag{1}, 3, settle_kind::ack, {}, {}}}};
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(door_actor_suite, door_fixture)

BOOST_AUTO_TEST_CASE(a_client_settles_what_was_delivered_to_it) {
  send(ack_of(own_id));
  BOOST_TEST(notes->queue == std::vector<std::string>{"settle"});
  BOOST_TEST(last_outcome().stale == 0u);
}

BOOST_AUTO_TEST_CASE(what_was_delivered_to_others_is_stale_to_a_client_and_stays_theirs) {
  send(ack_of(of_somebody_else));
  BOOST_TEST(notes->queue.empty());
  BOOST_TEST(last_outcome().stale == 3u);
}

BOOST_AUTO_TEST_CASE(a_client_neither_feeds_ends_nor_loses_the_consumers_of_others) {
  send(messages::grant_credit{of_somebody_else, {1, 1}});
  send(messages::consumer_lost{of_somebody_else, false, {}});
  send(messages::unsubscribe{of_somebody_else});
  BOOST_TEST(notes->queue.empty());
  BOOST_TEST(notes->cuts.empty());
}

BOOST_AUTO_TEST_CASE(a_client_feeds_and_ends_its_own_consumer_and_settles_nothing_after_that) {
  send(messages::grant_credit{own_id, {1, 1}});
  send(messages::unsubscribe{own_id});
  send(ack_of(own_id));
  BOOST_TEST(notes->queue == (std::vector<std::string>{"grant_credit", "unsubscribe"}));
  BOOST_TEST(last_outcome().stale == 3u);
}

BOOST_AUTO_TEST_CASE(the_name_of_a_consumer_forges_no_line_of_a_report) {
  auto who = subscriber{};
  who.name = "worker\n12:00 all is well";
  send(messages::far_subscribe{who});
  BOOST_TEST(notes->subscriber == "worker\\x0a12:00 all is well");
}

BOOST_AUTO_TEST_CASE(a_letter_that_only_a_broker_gets_ends_the_link) {
  send(messages::close_queue{"orders"});
  BOOST_TEST(notes->queue.empty());
  BOOST_TEST(notes->cuts.size() == 1u);
}

// "For ever" is what a program means by it, and the next handler would mean it again.
BOOST_AUTO_TEST_CASE(a_wait_without_end_is_a_long_one_and_ends_no_link) {
  auto put_off = ack_of(own_id);
  put_off.settlements.front() = {delivery_tag{1}, 1, settle_kind::defer, {}, {}, never};
  send(put_off);
  auto nack = ack_of(own_id);
  nack.settlements.front() = {delivery_tag{1}, 1, settle_kind::nack, duration::max(), {}};
  send(nack);
  send(messages::pause{duration::max()});
  BOOST_TEST(notes->queue == (std::vector<std::string>{"settle", "settle", "pause"}));
  BOOST_TEST((notes->settled.at(0).due == made_plausible(never)));
  BOOST_TEST((notes->settled.at(1).delay == made_plausible(duration::max())));
  BOOST_TEST((notes->paused == made_plausible(duration::max())));
  BOOST_TEST(notes->cuts.empty());
}

// The queue leaves such a policy aside for its own.
BOOST_AUTO_TEST_CASE(a_nack_by_a_policy_out_of_range_ends_no_link) {
  auto nack = ack_of(own_id);
  nack.settlements.front().kind = settle_kind::nack;
  nack.settlements.front().retry = retry_policy{.factor = std::nan("")};
  send(nack);
  BOOST_TEST(notes->queue == std::vector<std::string>{"settle"});
  BOOST_TEST(notes->cuts.empty());
}

// Each of them costs its queue some memory, and credit costs a client nothing.
BOOST_AUTO_TEST_CASE(a_client_has_so_many_consumers_at_a_queue_and_is_refused_one_more) {
  for (auto own = std::size_t{1}; own < actors::most_consumers; ++own)
    send(messages::far_subscribe{{{5, 500}, {}, {}}});
  BOOST_TEST(notes->queue.size() == actors::most_consumers - 1);
  send(messages::far_subscribe{{{5, 500}, {}, {}}});
  BOOST_TEST(notes->queue.size() == actors::most_consumers - 1);
  auto refused = actors::message_from<error>(notes->posted.back()).value();
  BOOST_TEST((refused.code == errc::invalid_argument));
  BOOST_TEST(refused.text.find("16384 consumers") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_consumer_that_ended_makes_room_for_another_one) {
  for (auto own = std::size_t{1}; own < actors::most_consumers; ++own)
    send(messages::far_subscribe{{{5, 500}, {}, {}}});
  send(messages::unsubscribe{own_id});
  notes->queue.clear();
  send(messages::far_subscribe{{{5, 500}, {}, {}}});
  BOOST_TEST(notes->queue == std::vector<std::string>{"subscribe"});
}

// -- a client that does not read ----------------------------------------------------

BOOST_AUTO_TEST_CASE(a_client_that_does_not_read_is_granted_nothing_until_it_does) {
  tell(door, messages::backed_up{});
  tell(door, messages::drained{});
  BOOST_TEST(notes->granted == (std::vector<std::uint64_t>{5, 0, 5}));
}

BOOST_AUTO_TEST_CASE(what_it_wants_meanwhile_it_is_granted_afterwards) {
  tell(door, messages::backed_up{});
  send(messages::grant_credit{own_id, {7, 700}});
  tell(door, messages::drained{});
  BOOST_TEST(notes->granted == (std::vector<std::uint64_t>{5, 0, 0, 7}));
}

BOOST_AUTO_TEST_CASE(a_consumer_that_comes_meanwhile_gets_nothing_before_the_client_reads) {
  tell(door, messages::backed_up{});
  send(messages::far_subscribe{{{9, 900}, {}, {}}});
  BOOST_TEST(notes->granted.back() == 0u);
  tell(door, messages::drained{});
  BOOST_TEST(notes->granted.back() == 9u);
}

BOOST_AUTO_TEST_CASE(long_answers_are_asked_for_one_after_the_other) {
  send(messages::ask_figures{});
  send(messages::ask_figures{});
  BOOST_TEST(notes->asked.size() == 1u);
  tell(queue, messages::proceed{});
  BOOST_TEST(notes->asked.size() == 2u);
}

BOOST_AUTO_TEST_CASE(no_long_answer_is_asked_for_while_the_client_does_not_read) {
  tell(door, messages::backed_up{});
  send(messages::ask_figures{});
  BOOST_TEST(notes->asked.empty());
  tell(door, messages::drained{});
  BOOST_TEST(notes->asked.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
