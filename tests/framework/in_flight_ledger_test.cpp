#include "ferry/queue/in_flight_ledger.hpp"

#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::testing {
namespace {

constexpr auto alice = consumer_id{1};
constexpr auto bob = consumer_id{2};

struct in_flight_ledger_fixture {
  in_flight_ledger ledger{epoch{1}};

  delivery_tag hand(std::uint64_t first, std::uint64_t count, consumer_id to = alice,
                    duration deadline = 30s) {
    return ledger.open(at(0s), to, disk_run(first, count), deadline);
  }

  list closed(consumer_id holder, delivery_tag first, std::uint64_t count) {
    return sequences(ledger.close(holder, first, count));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(in_flight_ledger_suite, in_flight_ledger_fixture)

// -- tags ---------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(every_message_of_a_lease_has_a_tag_of_its_own) {
  auto first = hand(1, 3);
  BOOST_TEST(hand(4, 1) == advanced(first, 3));
}

BOOST_AUTO_TEST_CASE(a_tag_is_never_reused_in_this_process) {
  auto first = hand(1, 1);
  (void)closed(alice, first, 1);
  BOOST_TEST(hand(1, 1) > first);
}

BOOST_AUTO_TEST_CASE(a_tag_is_never_reused_in_a_later_process) {
  auto later_ledger = in_flight_ledger{epoch{2}};
  auto highest_of_this = advanced(hand(1, 1'000'000'000'000), 999'999'999'999);
  BOOST_TEST(later_ledger.open(at(0s), alice, disk_run(1, 1), 1s) > highest_of_this);
}

BOOST_AUTO_TEST_CASE(the_tag_none_is_never_handed_out) {
  auto first_ever = in_flight_ledger{epoch::none};
  BOOST_TEST(first_ever.open(at(0s), alice, disk_run(1, 1), 1s) > delivery_tag::none);
}

BOOST_AUTO_TEST_CASE(what_is_kept_says_so_until_it_ends) {
  auto tag = ledger.open(at(0s), alice, run_of(1, 3), 30s);
  auto kept = ledger.keep(alice, advanced(tag, 1), 1);
  BOOST_TEST(sequences(kept) == list{2});
  BOOST_TEST(ledger.size() == 3u);
  auto ended = ledger.expire(at(30s));
  auto flags = list{};
  for (const auto& item : ended)
    flags.add(item.is_kept ? 1 : 0, 1);
  BOOST_TEST(flags == (list{0, 1, 0}));
}

BOOST_AUTO_TEST_CASE(nobody_keeps_what_another_holds) {
  auto tag = ledger.open(at(0s), alice, run_of(1, 1), 30s);
  BOOST_TEST(ledger.keep(bob, tag, 1).empty());
}

BOOST_AUTO_TEST_CASE(a_delivery_can_be_settled_only_once) {
  auto tag = hand(7, 1);
  BOOST_TEST(closed(alice, tag, 1) == list{7});
  BOOST_TEST(closed(alice, tag, 1) == list{});
}

BOOST_AUTO_TEST_CASE(a_delivery_is_not_settled_by_another_holder) {
  auto tag = hand(7, 1, alice);
  BOOST_TEST(closed(bob, tag, 1) == list{});
  BOOST_TEST(closed(alice, tag, 1) == list{7});
}

BOOST_AUTO_TEST_CASE(a_late_ack_does_not_settle_the_next_delivery) {
  auto late = hand(7, 1);
  (void)ledger.release(alice);
  (void)hand(7, 1);
  BOOST_TEST(closed(alice, late, 1) == list{});
  BOOST_TEST(ledger.size() == 1u);
}

BOOST_AUTO_TEST_CASE(no_tag_is_closed_by_a_count_of_zero) {
  auto tag = hand(7, 1);
  BOOST_TEST(closed(alice, tag, 0) == list{});
}

BOOST_AUTO_TEST_CASE(the_front_of_a_lease_can_end_alone) {
  auto tag = hand(1, 3);
  BOOST_TEST(closed(alice, tag, 1) == list{1});
  BOOST_TEST(closed(alice, tag, 3) == (list{2, 3}));
}

BOOST_AUTO_TEST_CASE(the_middle_of_a_lease_can_end_alone) {
  auto tag = hand(1, 3);
  BOOST_TEST(closed(alice, advanced(tag, 1), 1) == list{2});
  BOOST_TEST(closed(alice, tag, 3) == (list{1, 3}));
}

BOOST_AUTO_TEST_CASE(the_back_of_a_lease_can_end_alone) {
  auto tag = hand(1, 3);
  BOOST_TEST(closed(alice, advanced(tag, 2), 1) == list{3});
  BOOST_TEST(closed(alice, tag, 3) == (list{1, 2}));
}

BOOST_AUTO_TEST_CASE(a_part_keeps_its_tag_deadline_and_payloads) {
  auto tag = ledger.open(at(0s), alice, run_of(1, 3), 30s);
  auto part = ledger.close(alice, advanced(tag, 1), 1).at(0);
  BOOST_TEST(part.first_tag == advanced(tag, 1));
  BOOST_TEST(part.deadline == at(30s));
  BOOST_TEST(texts(part.run) == "b");
}

BOOST_AUTO_TEST_CASE(what_remains_around_a_part_keeps_its_payloads) {
  auto tag = ledger.open(at(0s), alice, run_of(1, 3), 30s);
  (void)ledger.close(alice, advanced(tag, 1), 1);
  auto rest = ledger.close(alice, tag, 3);
  BOOST_TEST(texts(rest.at(0).run) == "a");
  BOOST_TEST(texts(rest.at(1).run) == "c");
  BOOST_TEST(rest.at(1).first_tag == advanced(tag, 2));
}

BOOST_AUTO_TEST_CASE(a_range_crosses_leases_and_the_oldest_tag_comes_first) {
  auto tag = hand(1, 3);
  (void)hand(10, 3);
  BOOST_TEST(closed(alice, advanced(tag, 1), 4) == (list{2, 3, 10, 11}));
  BOOST_TEST(ledger.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_range_leaves_out_what_others_hold) {
  auto tag = hand(1, 2, alice);
  (void)hand(3, 2, bob);
  (void)hand(5, 2, alice);
  BOOST_TEST(closed(alice, tag, 6) == (list{1, 2, 5, 6}));
  BOOST_TEST(ledger.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_range_may_reach_beyond_the_last_tag) {
  auto tag = hand(1, 2);
  BOOST_TEST(closed(alice, tag, UINT64_MAX) == (list{1, 2}));
}

BOOST_AUTO_TEST_CASE(a_range_may_begin_before_the_first_tag) {
  (void)hand(1, 2);
  BOOST_TEST(closed(alice, delivery_tag::none, UINT64_MAX) == (list{1, 2}));
}

// A cost per message would not end within a lifetime.
BOOST_AUTO_TEST_CASE(a_lease_costs_the_same_however_long_it_is) {
  auto tag = hand(1, 1'000'000'000'000);
  BOOST_TEST(ledger.close(alice, advanced(tag, 1), 999'999'999'998).size() == 1u);
  BOOST_TEST(ledger.size() == 2u);
}

// -- deadlines ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_delivery_expires_at_its_deadline_and_not_before) {
  (void)hand(7, 1, alice, 30s);
  BOOST_TEST(sequences(ledger.expire(at(30s - 1ns))) == list{});
  BOOST_TEST(sequences(ledger.expire(at(30s))) == list{7});
}

BOOST_AUTO_TEST_CASE(an_ack_is_too_late_once_the_delivery_expired) {
  auto tag = hand(7, 1, alice, 30s);
  (void)ledger.expire(at(30s));
  BOOST_TEST(closed(alice, tag, 1) == list{});
}

BOOST_AUTO_TEST_CASE(the_earliest_deadline_expires_first) {
  (void)hand(1, 1, alice, 20s);
  (void)hand(2, 1, bob, 10s);
  BOOST_TEST(sequences(ledger.expire(at(20s))) == (list{2, 1}));
}

BOOST_AUTO_TEST_CASE(the_next_deadline_is_the_earliest) {
  BOOST_TEST(!ledger.next_deadline().has_value());
  (void)hand(1, 1, alice, 20s);
  (void)hand(2, 1, alice, 10s);
  BOOST_TEST(ledger.next_deadline() == std::optional{at(10s)});
}

BOOST_AUTO_TEST_CASE(an_ended_delivery_has_no_deadline) {
  (void)closed(alice, hand(1, 1), 1);
  BOOST_TEST(!ledger.next_deadline().has_value());
}

BOOST_AUTO_TEST_CASE(what_remains_of_a_lease_expires_at_the_old_deadline) {
  auto tag = hand(1, 3, alice, 30s);
  (void)closed(alice, advanced(tag, 1), 1);
  BOOST_TEST(sequences(ledger.expire(at(30s - 1ns))) == list{});
  BOOST_TEST(sequences(ledger.expire(at(30s))) == (list{1, 3}));
}

BOOST_AUTO_TEST_CASE(extending_moves_the_deadline_of_those_deliveries_only) {
  auto tag = hand(1, 3, alice, 30s);
  BOOST_TEST(ledger.extend(at(0s), alice, advanced(tag, 1), 1, 60s) == 1u);
  BOOST_TEST(sequences(ledger.expire(at(30s))) == (list{1, 3}));
  BOOST_TEST(sequences(ledger.expire(at(60s - 1ns))) == list{});
  BOOST_TEST(sequences(ledger.expire(at(60s))) == list{2});
}

BOOST_AUTO_TEST_CASE(extending_counts_only_what_was_still_open) {
  auto tag = hand(1, 3);
  (void)closed(alice, tag, 1);
  BOOST_TEST(ledger.extend(at(0s), alice, tag, 9, 60s) == 2u);
  BOOST_TEST(ledger.extend(at(0s), bob, tag, 9, 60s) == 0u);
  BOOST_TEST(ledger.size() == 2u);
}

BOOST_AUTO_TEST_CASE(an_extended_delivery_keeps_its_tag) {
  auto tag = hand(1, 3);
  (void)ledger.extend(at(0s), alice, advanced(tag, 1), 1, 60s);
  BOOST_TEST(closed(alice, advanced(tag, 1), 1) == list{2});
}

// -- losing a holder ----------------------------------------------------------

BOOST_AUTO_TEST_CASE(losing_a_consumer_ends_only_its_own_deliveries) {
  (void)hand(1, 1, alice, 20s);
  (void)hand(2, 1, bob, 10s);
  (void)hand(3, 1, alice, 15s);
  BOOST_TEST(sequences(ledger.release(alice)) == (list{1, 3}));
  BOOST_TEST(ledger.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_lost_consumers_deliveries_do_not_expire_again) {
  (void)hand(1, 2, alice, 20s);
  (void)ledger.release(alice);
  BOOST_TEST(ledger.expire(never).empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
