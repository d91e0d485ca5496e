// What becomes of deliveries that nobody settled, and of messages that were
// delivered too often.

#include "support/queue_fixture.hpp"

namespace ferry::testing {
namespace {

struct queue_core_redelivery_fixture : queue_fixture {
  void hand(std::uint64_t count) {
    store(count);
    subscribe();
  }

  void start_with(last_resort resort, std::uint32_t max_deliveries = 1) {
    auto config = on_disk();
    config.last_resort = resort;
    config.max_deliveries = max_deliveries;
    start(config);
  }

  death end_of_message() const {
    return death_of(only<effects::bury>(out).message.letter).value();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(queue_core_redelivery_suite, queue_core_redelivery_fixture)

// -- deadlines ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_delivery_expires_at_its_deadline_and_not_before) {
  hand(1);
  tick(30s - 1ns);
  BOOST_TEST(queue.figures().expired == 0u);
  tick(30s);
  BOOST_TEST(queue.figures().expired == 1u);
  commit();
  BOOST_TEST(delivered() == list{1});
}

BOOST_AUTO_TEST_CASE(an_expired_delivery_counts_and_returns_after_its_commit) {
  hand(1);
  tick(30s);
  BOOST_TEST(delivered() == list{});
  auto written = only<records::reschedule>(records_of(out));
  BOOST_TEST(written.deliveries == 1u);
  BOOST_TEST(written.due == time_point{});
  commit();
  BOOST_TEST(only<effects::deliver>(out).run.deliveries == 2u);
}

BOOST_AUTO_TEST_CASE(only_the_message_whose_deadline_passed_returns) {
  publish("a", "b", "c");
  commit();
  subscribe();
  settle(alice, {tag(1), 1, settle_kind::extend, 1min, {}});
  settle(alice, {tag(3), 1, settle_kind::extend, 1min, {}});
  tick(30s);
  commit();
  BOOST_TEST(delivered() == list{2});
  BOOST_TEST(queue.figures().expired == 1u);
}

BOOST_AUTO_TEST_CASE(an_expired_delivery_makes_room_for_its_holder) {
  store(2);
  subscribe({1, 1000});
  tick(30s);
  BOOST_TEST(delivered() == list{2});
}

// -- lost consumers -----------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_lost_consumers_messages_return_at_once_at_the_head_in_order) {
  store(4);
  subscribe({3, 1000});
  subscribe({0, 0});
  lose(alice);
  commit();
  grant(bob, plenty);
  BOOST_TEST(delivered_to(bob) == (list{1, 2, 3, 4}));
}

BOOST_AUTO_TEST_CASE(a_lost_consumers_deliveries_are_counted_on_disk) {
  hand(1);
  lose(alice);
  BOOST_TEST(only<records::reschedule>(records_of(out)).deliveries == 1u);
}

BOOST_AUTO_TEST_CASE(what_a_lost_consumer_never_received_is_not_counted) {
  store(2);
  subscribe({1, 1000});
  lose(alice);
  commit();
  subscribe();
  auto deliveries = each<effects::deliver>(out);
  BOOST_REQUIRE(deliveries.size() == 2u);
  BOOST_TEST(deliveries[0].run.deliveries == 2u);
  BOOST_TEST(deliveries[1].run.deliveries == 1u);
}

BOOST_AUTO_TEST_CASE(a_lost_consumer_is_handed_nothing_more) {
  subscribe();
  lose(alice);
  store(1);
  BOOST_TEST(delivered() == list{});
}

BOOST_AUTO_TEST_CASE(the_last_settlements_of_a_lost_consumer_are_stale) {
  hand(1);
  lose(alice);
  commit();
  settle(settle_kind::ack, 1);
  BOOST_TEST(settled() == (list{0, 1}));
}

BOOST_AUTO_TEST_CASE(losing_a_consumer_twice_changes_nothing) {
  hand(1);
  lose(alice);
  lose(alice);
  BOOST_TEST(out.empty());
}

// -- consumers that leave in good order ---------------------------------------

BOOST_AUTO_TEST_CASE(what_an_unsubscribed_consumer_held_returns_to_its_old_place_without_counting) {
  store(3);
  subscribe({2, 1000});
  unsubscribe(alice);
  BOOST_TEST(!has<effects::persist>(out));
  subscribe();
  BOOST_TEST(delivered_to(bob) == (list{1, 2, 3}));
  BOOST_TEST(each<effects::deliver>(out)[0].run.deliveries == 1u);
}

BOOST_AUTO_TEST_CASE(an_unsubscribed_consumer_is_handed_nothing_more) {
  subscribe();
  unsubscribe(alice);
  store(1);
  BOOST_TEST(delivered() == list{});
}

BOOST_AUTO_TEST_CASE(the_last_delivery_of_an_unsubscribed_consumer_does_not_end_a_message) {
  start_with(last_resort::dead_letter, 1);
  hand(1);
  unsubscribe(alice);
  BOOST_TEST(buried() == list{});
  BOOST_TEST(queue.figures().ready == 1u);
}

// -- max_deliveries, the first included ---------------------------------------

BOOST_AUTO_TEST_CASE(a_message_dies_with_the_nack_of_its_last_delivery_and_not_before) {
  start_with(last_resort::dead_letter, 2);
  hand(1);
  nack_after(0s, 1);
  BOOST_TEST(buried() == list{});
  commit();
  nack_after(0s, 2);
  BOOST_TEST(buried() == list{1});
}

BOOST_AUTO_TEST_CASE(a_message_dies_when_its_last_delivery_expires) {
  start_with(last_resort::dead_letter, 1);
  hand(1);
  tick(30s);
  BOOST_TEST((end_of_message().cause == death_cause::expired));
  BOOST_TEST(end_of_message().reason == "the delivery's deadline passed");
}

BOOST_AUTO_TEST_CASE(a_message_dies_when_its_last_consumer_is_lost) {
  start_with(last_resort::dead_letter, 1);
  hand(1);
  lose(alice);
  BOOST_TEST((end_of_message().cause == death_cause::exhausted));
  BOOST_TEST(end_of_message().reason == "the consumer was lost");
}

BOOST_AUTO_TEST_CASE(a_message_is_delivered_for_ever_without_a_limit) {
  start_with(last_resort::dead_letter, 0);
  hand(1);
  for (auto nth = std::uint64_t{1}; nth <= 100; ++nth) {
    nack_after(0s, nth);
    commit();
  }
  BOOST_TEST(only<effects::deliver>(out).run.deliveries == 101u);
}

BOOST_AUTO_TEST_CASE(a_release_of_the_last_delivery_does_not_end_a_message) {
  start_with(last_resort::dead_letter, 1);
  hand(1);
  settle(settle_kind::release, 1);
  BOOST_TEST(buried() == list{});
  BOOST_TEST(delivered() == list{1});
}

// -- other last resorts -------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_queue_that_keeps_brings_a_message_back_after_the_longest_wait) {
  start_with(last_resort::keep);
  hand(1);
  settle(settle_kind::reject, 1);
  BOOST_TEST(only<records::reschedule>(records_of(out)).due == at(5min));
  commit();
  tick(5min - 1ns);
  BOOST_TEST(queue.figures().delayed == 1u);
  tick(5min);
  BOOST_TEST(queue.figures().delayed == 0u);
}

BOOST_AUTO_TEST_CASE(a_queue_that_discards_erases_and_counts) {
  start_with(last_resort::discard);
  hand(2);
  settle(settle_kind::nack, 1, 2);
  BOOST_TEST(only<records::erase>(records_of(out)).count == 2u);
  BOOST_TEST(queue.figures().discarded == 2u);
  BOOST_TEST(queue.figures().waiting() == 0u);
}

BOOST_AUTO_TEST_CASE(a_discard_is_answered_only_after_its_commit) {
  start_with(last_resort::discard);
  hand(1);
  settle(settle_kind::reject, 1);
  BOOST_TEST(!has<effects::settled>(out));
  commit();
  BOOST_TEST(settled() == (list{1, 0}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
