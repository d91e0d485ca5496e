#include "ferry/queue/consumer_table.hpp"

#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::testing {
namespace {

constexpr auto unknown = consumer_id{99};
constexpr auto one = credit{1, 100};

struct consumer_table_fixture {
  consumer_table consumers;

  list turns(int count) {
    auto served = list{};
    for (auto i = 0; i < count; ++i)
      served.add(value_of(consumers.next().value_or(consumer_id::none)), 1);
    return served;
  }

  list room(consumer_id consumer) const {
    auto [messages, bytes] = consumers.room(consumer);
    return {messages, bytes};
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(consumer_table_suite, consumer_table_fixture)

// -- turns --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(nobody_is_next_when_nobody_subscribed) {
  BOOST_TEST(!consumers.next().has_value());
}

BOOST_AUTO_TEST_CASE(consumers_take_turns) {
  for (auto i = 0; i < 3; ++i)
    (void)consumers.add({{one}});
  BOOST_TEST(turns(4) == (list{1, 2, 3, 1}));
}

BOOST_AUTO_TEST_CASE(a_consumer_without_credit_is_passed_over) {
  for (auto i = 0; i < 3; ++i)
    (void)consumers.add({{one}});
  consumers.charge(consumer_id{2}, {1, 1});
  BOOST_TEST(turns(3) == (list{1, 3, 1}));
}

BOOST_AUTO_TEST_CASE(nobody_is_next_when_all_credit_is_used) {
  consumers.charge(consumers.add({{one}}), {1, 1});
  BOOST_TEST(!consumers.next().has_value());
}

BOOST_AUTO_TEST_CASE(turns_go_on_behind_a_consumer_that_left) {
  for (auto i = 0; i < 3; ++i)
    (void)consumers.add({{one}});
  BOOST_TEST(turns(2) == (list{1, 2}));
  consumers.remove(consumer_id{2});
  BOOST_TEST(turns(2) == (list{3, 1}));
}

BOOST_AUTO_TEST_CASE(a_consumer_id_is_never_reused) {
  auto first = consumers.add({{one}});
  consumers.remove(first);
  BOOST_TEST(consumers.add({{one}}) > first);
  BOOST_TEST(consumers.size() == 1u);
}

// -- credit -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(room_is_what_the_limit_leaves) {
  auto alice = consumers.add({{5, 100}});
  consumers.charge(alice, {2, 30});
  BOOST_TEST(room(alice) == (list{3, 70}));
}

BOOST_AUTO_TEST_CASE(the_last_message_of_the_limit_may_still_be_received) {
  auto alice = consumers.add({{2, 100}});
  consumers.charge(alice, {1, 1});
  BOOST_TEST(room(alice) == (list{1, 99}));
  consumers.charge(alice, {1, 1});
  BOOST_TEST(room(alice) == (list{0, 0}));
}

BOOST_AUTO_TEST_CASE(the_last_byte_of_the_limit_may_still_be_received) {
  auto alice = consumers.add({{9, 100}});
  consumers.charge(alice, {1, 99});
  BOOST_TEST(room(alice) == (list{8, 1}));
  consumers.charge(alice, {1, 1});
  BOOST_TEST(room(alice) == (list{0, 0}));
}

BOOST_AUTO_TEST_CASE(a_consumer_without_bytes_may_receive_a_single_message) {
  auto alice = consumers.add({{2, 0}});
  BOOST_TEST(room(alice) == (list{2, 0}));
  BOOST_TEST(turns(1) == list{1});
  consumers.charge(alice, {1, 50});
  BOOST_TEST(turns(1) == list{0});
}

BOOST_AUTO_TEST_CASE(zero_messages_pause_a_consumer) {
  auto alice = consumers.add({{0, 100}});
  BOOST_TEST(room(alice) == (list{0, 0}));
  BOOST_TEST(!consumers.next().has_value());
}

BOOST_AUTO_TEST_CASE(what_is_settled_may_be_received_again) {
  auto alice = consumers.add({{one}});
  consumers.charge(alice, {1, 100});
  consumers.refund(alice, {1, 100});
  BOOST_TEST(room(alice) == (list{1, 100}));
}

BOOST_AUTO_TEST_CASE(a_limit_below_what_is_held_leaves_no_room) {
  auto alice = consumers.add({{5, 100}});
  consumers.charge(alice, {3, 60});
  consumers.set_limit(alice, {2, 50});
  BOOST_TEST(room(alice) == (list{0, 0}));
  consumers.refund(alice, {2, 30});
  BOOST_TEST(room(alice) == (list{1, 20}));
}

BOOST_AUTO_TEST_CASE(a_refund_beyond_what_is_held_leaves_nothing_held) {
  auto alice = consumers.add({{5, 100}});
  consumers.charge(alice, {1, 10});
  consumers.refund(alice, {3, 30});
  BOOST_TEST(room(alice) == (list{5, 100}));
}

// -- consumers that left ------------------------------------------------------

BOOST_AUTO_TEST_CASE(calls_for_a_consumer_that_left_are_ignored) {
  consumers.set_limit(unknown, one);
  consumers.charge(unknown, one);
  consumers.refund(unknown, one);
  consumers.remove(unknown);
  BOOST_TEST(room(unknown) == (list{0, 0}));
  BOOST_TEST(consumers.size() == 0u);
}

BOOST_AUTO_TEST_CASE(a_table_that_follows_another_counts_on) {
  (void)consumers.add({one});
  (void)consumers.add({one});
  auto next = consumer_table{consumers.last()};
  BOOST_TEST((next.add({one}) == consumer_id{3}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
