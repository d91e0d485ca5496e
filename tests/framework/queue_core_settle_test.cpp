// How deliveries end in the hands of a consumer: ack, nack, reject, release.

#include "support/queue_fixture.hpp"

namespace ferry::testing {
namespace {

struct queue_core_settle_fixture : queue_fixture {
  // Stores `count` messages and hands all of them to alice.
  void hand(std::uint64_t count) {
    store(count);
    subscribe();
  }

  static settlement ack(std::uint64_t nth) {
    return {tag(nth), 1, settle_kind::ack, {}, {}};
  }

  list erased() const {
    auto all = list{};
    for (const auto& item : each<records::erase>(records_of(out)))
      all.add(value_of(item.first), item.count);
    return all;
  }

  records::reschedule rescheduled() const {
    return only<records::reschedule>(records_of(out));
  }

  // Hands out one message with that policy, nacks it, and says when it is due.
  duration wait_after_nack(const retry_policy& policy, std::uint64_t seed = 1) {
    auto start = start_with(on_disk());
    start.config.retry = policy;
    start.seed = seed;
    restart(std::move(start));
    published = 0;
    hand(1);
    settle(settle_kind::nack, 1);
    return rescheduled().due - now;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(queue_core_settle_suite, queue_core_settle_fixture)

// -- ack ----------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(an_ack_is_answered_only_after_its_commit) {
  hand(1);
  settle(settle_kind::ack, 1);
  BOOST_TEST(!has<effects::settled>(out));
  commit();
  BOOST_TEST(settled() == (list{1, 0}));
}

BOOST_AUTO_TEST_CASE(a_memory_queue_answers_an_ack_at_once) {
  start(in_memory());
  publish("a");
  subscribe();
  settle(settle_kind::ack, 1);
  BOOST_TEST(settled() == (list{1, 0}));
  BOOST_TEST(!has<effects::persist>(out));
}

BOOST_AUTO_TEST_CASE(acks_of_neighbours_are_erased_as_one_range) {
  hand(4);
  settle(settle_kind::ack, 1, 3);
  auto range = only<records::erase>(records_of(out));
  BOOST_TEST(range.first == sequence_number{1});
  BOOST_TEST(range.count == 3u);
}

BOOST_AUTO_TEST_CASE(acks_of_one_call_become_one_write) {
  hand(3);
  auto items = std::vector<settlement>{ack(1), ack(3)};
  run([&] { queue.settle(now, question, alice, items, out); });
  BOOST_TEST(each<effects::persist>(out).size() == 1u);
  BOOST_TEST(erased() == (list{1, 3}));
}

BOOST_AUTO_TEST_CASE(an_acknowledged_message_never_comes_back) {
  hand(1);
  settle(settle_kind::ack, 1);
  commit();
  tick(24h);
  lose(alice);
  subscribe();
  BOOST_TEST(delivered() == list{});
  BOOST_TEST(queue.figures().waiting() == 0u);
  BOOST_TEST(queue.figures().acknowledged == 1u);
}

// -- stale settlements --------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_repeated_ack_is_stale) {
  hand(1);
  settle(settle_kind::ack, 1);
  commit();
  settle(settle_kind::ack, 1);
  BOOST_TEST(settled() == (list{0, 1}));
  BOOST_TEST(queue.figures().stale == 1u);
}

BOOST_AUTO_TEST_CASE(an_ack_of_a_foreign_delivery_is_stale) {
  hand(1);
  subscribe();
  settle(bob, ack(1));
  BOOST_TEST(settled() == (list{0, 1}));
  BOOST_TEST(queue.figures().in_flight == 1u);
}

BOOST_AUTO_TEST_CASE(a_late_ack_does_not_settle_the_next_delivery) {
  hand(1);
  tick(30s);
  commit();
  BOOST_TEST(delivered() == list{1});
  settle(settle_kind::ack, 1);
  BOOST_TEST(settled() == (list{0, 1}));
  BOOST_TEST(queue.figures().in_flight == 1u);
}

BOOST_AUTO_TEST_CASE(an_ack_of_a_former_process_is_stale) {
  auto start = start_with(on_disk());
  start.opened = epoch{2};
  restart(std::move(start));
  hand(1);
  settle(settle_kind::ack, 1);
  BOOST_TEST(settled() == (list{0, 1}));
}

BOOST_AUTO_TEST_CASE(a_range_settles_what_is_open_and_counts_the_rest_as_stale) {
  hand(3);
  settle(settle_kind::ack, 2);
  settle(settle_kind::ack, 1, 5);
  BOOST_TEST(erased() == (list{1, 3}));
  commit();
  BOOST_TEST(each<effects::settled>(out).back().outcome.settled == 2u);
  BOOST_TEST(each<effects::settled>(out).back().outcome.stale == 3u);
}

// -- nack ---------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_nack_comes_back_at_its_due_time_and_not_before) {
  hand(1);
  settle(settle_kind::nack, 1);
  commit();
  BOOST_TEST(wish() == std::optional{at(1s)});
  tick(1s - 1ns);
  BOOST_TEST(!has<effects::load>(out));
  tick(1s);
  BOOST_TEST(has<effects::load>(out));
  load(1, 1, {run_of(1, 1, 1)});
  BOOST_TEST(delivered() == list{1});
}

BOOST_AUTO_TEST_CASE(a_nack_comes_back_at_its_due_time_in_a_memory_queue_too) {
  start(in_memory());
  publish("a");
  subscribe();
  settle(settle_kind::nack, 1);
  tick(1s - 1ns);
  BOOST_TEST(delivered() == list{});
  tick(1s);
  BOOST_TEST(delivered() == list{1});
  BOOST_TEST(texts(only<effects::deliver>(out).run) == "a");
}

BOOST_AUTO_TEST_CASE(a_nack_writes_count_and_due_time) {
  hand(1);
  settle(settle_kind::nack, 1);
  BOOST_TEST(rescheduled().first == sequence_number{1});
  BOOST_TEST(rescheduled().count == 1u);
  BOOST_TEST(rescheduled().deliveries == 1u);
  BOOST_TEST(rescheduled().due == at(1s));
}

BOOST_AUTO_TEST_CASE(a_nack_is_delayed_only_after_its_commit) {
  hand(1);
  settle(settle_kind::nack, 1);
  BOOST_TEST(queue.figures().committing == 1u);
  BOOST_TEST(queue.figures().delayed == 0u);
  commit();
  BOOST_TEST(queue.figures().delayed == 1u);
  BOOST_TEST(queue.figures().nacked == 1u);
}

BOOST_AUTO_TEST_CASE(a_nack_may_bring_its_own_delay) {
  hand(1);
  nack_after(7s, 1);
  BOOST_TEST(rescheduled().due == at(7s));
}

BOOST_AUTO_TEST_CASE(a_nack_without_a_delay_comes_back_at_once) {
  hand(1);
  nack_after(0s, 1);
  BOOST_TEST(rescheduled().due == time_point{});
  commit();
  BOOST_TEST(delivered() == list{1});
  BOOST_TEST(only<effects::deliver>(out).run.deliveries == 2u);
}

BOOST_AUTO_TEST_CASE(a_nack_comes_back_at_once_when_the_policy_says_so) {
  auto config = on_disk();
  config.retry.growth = retry_growth::immediate;
  start(config);
  hand(1);
  settle(settle_kind::nack, 1);
  commit();
  BOOST_TEST(delivered() == list{1});
}

BOOST_AUTO_TEST_CASE(the_wait_of_a_nack_grows_with_the_count_of_deliveries) {
  hand(1);
  nack_after(0s, 1);
  commit();
  settle(settle_kind::nack, 2);
  BOOST_TEST(rescheduled().due == at(2s));
}

BOOST_AUTO_TEST_CASE(the_jitter_of_a_nack_stays_within_its_share_and_depends_on_the_seed) {
  auto first = wait_after_nack(retry_policy{}, 1);
  BOOST_TEST((first >= 900ms && first <= 1100ms));
  BOOST_TEST((first == wait_after_nack(retry_policy{}, 1)));
  BOOST_TEST((first != wait_after_nack(retry_policy{}, 2)));
}

BOOST_AUTO_TEST_CASE(part_of_a_batch_can_fail_alone) {
  publish("a", "b", "c");
  commit();
  subscribe();
  nack_after(0s, 2);
  commit();
  BOOST_TEST(delivered() == list{2});
  BOOST_TEST(texts(only<effects::deliver>(out).run) == "b");
  BOOST_TEST(queue.figures().in_flight == 3u);
}

// -- release ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_release_returns_at_once_and_does_not_count) {
  hand(1);
  settle(settle_kind::release, 1);
  BOOST_TEST(settled() == (list{1, 0}));
  BOOST_TEST(!has<effects::persist>(out));
  BOOST_TEST(delivered() == list{1});
  BOOST_TEST(only<effects::deliver>(out).run.deliveries == 1u);
}

BOOST_AUTO_TEST_CASE(a_released_message_returns_to_its_old_place) {
  store(3);
  subscribe({2, 1000});
  grant(alice, {0, 0});
  settle(settle_kind::release, 1, 2);
  subscribe();
  BOOST_TEST(delivered_to(bob) == (list{1, 2, 3}));
}

BOOST_AUTO_TEST_CASE(a_release_is_answered_behind_the_writes_before_it) {
  hand(2);
  settle(settle_kind::ack, 1);
  settle(settle_kind::release, 2);
  BOOST_TEST(!has<effects::settled>(out));
  commit();
  BOOST_TEST(each<effects::settled>(out).size() == 2u);
  BOOST_TEST(delivered() == list{2});
}

// -- extend -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(an_extended_delivery_expires_at_its_deadline_from_now_on) {
  hand(1);
  now = at(20s);
  settle(alice, {tag(1), 1, settle_kind::extend, 1min, {}});
  BOOST_TEST(settled() == (list{1, 0}));
  tick(80s - 1ns);
  BOOST_TEST(queue.figures().in_flight == 1u);
  tick(80s);
  BOOST_TEST(queue.figures().expired == 1u);
}

BOOST_AUTO_TEST_CASE(an_extension_without_a_delay_is_a_whole_lease) {
  hand(1);
  now = at(20s);
  settle(settle_kind::extend, 1);
  tick(50s - 1ns);
  BOOST_TEST(queue.figures().in_flight == 1u);
  tick(50s);
  BOOST_TEST(queue.figures().expired == 1u);
}

BOOST_AUTO_TEST_CASE(an_extended_delivery_is_still_settled_by_its_tag) {
  hand(1);
  settle(settle_kind::extend, 1);
  settle(settle_kind::ack, 1);
  BOOST_TEST(erased() == list{1});
}

BOOST_AUTO_TEST_CASE(an_extension_that_comes_too_late_is_stale) {
  hand(1);
  tick(30s);
  settle(settle_kind::extend, 1);
  commit();
  BOOST_TEST(settled() == (list{0, 1}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
