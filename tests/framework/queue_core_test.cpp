// Who is handed which message: order, credit, turns, backlog and wake-ups.

#include "support/queue_fixture.hpp"

namespace ferry::testing {
namespace {

/// What a message of one byte takes that was published alone.
constexpr auto cost_of_one = 1 + envelope_bytes + run_bytes;

struct queue_core_fixture : queue_fixture {
  void start_with_budget(std::size_t resident_bytes) {
    auto config = on_disk();
    config.resident_bytes = resident_bytes;
    start(config);
  }

  std::optional<disk_range> asked_for() const {
    auto loads = each<effects::load>(out);
    if (loads.empty())
      return std::nullopt;
    return disk_range{loads.back().first, loads.back().last};
  }

  bool asked_for(std::uint64_t first, std::uint64_t last) const {
    return asked_for() == disk_range{sequence_number{first}, sequence_number{last}};
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(queue_core_suite, queue_core_fixture)

// -- deliveries ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(messages_are_delivered_in_publish_order) {
  store(3);
  subscribe();
  BOOST_TEST(delivered() == (list{1, 2, 3}));
}

BOOST_AUTO_TEST_CASE(a_message_is_delivered_once) {
  store(1);
  subscribe();
  subscribe();
  BOOST_TEST(delivered() == list{});
}

BOOST_AUTO_TEST_CASE(a_delivery_carries_page_count_tag_and_deadline) {
  publish("a", "b");
  commit();
  subscribe();
  auto delivery = only<effects::deliver>(out);
  BOOST_TEST(texts(delivery.run) == "ab");
  BOOST_TEST(delivery.run.deliveries == 1u);
  BOOST_TEST(delivery.first_tag == tag(1));
  BOOST_TEST(delivery.deadline == at(30s));
}

BOOST_AUTO_TEST_CASE(at_most_1024_messages_are_handed_over_in_one_go) {
  auto page = std::make_shared<const message_page>(1500, envelope("a"));
  publish({producer, publish_number{1}, publish_number{1}, page});
  commit();
  subscribe({10'000, 10'000});
  auto deliveries = each<effects::deliver>(out);
  BOOST_REQUIRE(deliveries.size() == 2u);
  BOOST_TEST(deliveries[0].run.count == 1024u);
  BOOST_TEST(deliveries[1].run.count == 476u);
}

// -- credit -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_consumer_holds_at_most_its_credit_in_messages) {
  store(3);
  subscribe({2, 1000});
  BOOST_TEST(delivered() == (list{1, 2}));
}

BOOST_AUTO_TEST_CASE(a_batch_is_cut_at_the_credit_in_bytes) {
  publish("aa", "bb", "cc");
  commit();
  subscribe({9, 4});
  BOOST_TEST(delivered() == (list{1, 2}));
}

BOOST_AUTO_TEST_CASE(a_message_larger_than_the_credit_goes_out_alone) {
  publish("aaaa", "b");
  commit();
  subscribe({9, 3});
  BOOST_TEST(delivered() == list{1});
  settle(settle_kind::ack, 1);
  BOOST_TEST(delivered() == list{2});
}

BOOST_AUTO_TEST_CASE(a_settled_message_makes_room_for_the_next) {
  store(3);
  subscribe({2, 1000});
  settle(settle_kind::ack, 1);
  BOOST_TEST(delivered() == list{3});
}

BOOST_AUTO_TEST_CASE(a_settled_message_makes_room_in_bytes) {
  publish("aa", "bb");
  commit();
  subscribe({9, 2});
  settle(settle_kind::ack, 1);
  BOOST_TEST(delivered() == list{2});
}

BOOST_AUTO_TEST_CASE(a_stale_ack_makes_no_room) {
  store(3);
  subscribe({1, 1000});
  settle(settle_kind::ack, 1);
  settle(settle_kind::ack, 1);
  BOOST_TEST(delivered() == list{});
}

BOOST_AUTO_TEST_CASE(a_grant_of_zero_messages_pauses_a_consumer_and_a_later_one_resumes_it) {
  subscribe();
  grant(alice, {0, 1000});
  store(1);
  BOOST_TEST(delivered() == list{});
  grant(alice, {1, 1000});
  BOOST_TEST(delivered() == list{1});
}

BOOST_AUTO_TEST_CASE(a_grant_to_a_consumer_that_left_is_ignored) {
  store(1);
  grant(bob, plenty);
  BOOST_TEST(out.empty());
}

// -- turns --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(consumers_take_turns) {
  subscribe();
  subscribe();
  for (auto expected : {alice, bob, alice}) {
    store(1);
    BOOST_TEST(only<effects::deliver>(out).consumer == expected);
  }
}

BOOST_AUTO_TEST_CASE(a_batch_is_shared_between_consumers) {
  subscribe();
  subscribe();
  publish("a", "b", "c", "d");
  commit();
  BOOST_TEST(delivered_to(alice) == (list{1, 2, 4}));
  BOOST_TEST(delivered_to(bob) == list{3});
}

BOOST_AUTO_TEST_CASE(a_consumer_without_credit_does_not_hold_up_the_others) {
  subscribe({0, 0});
  subscribe();
  store(2);
  BOOST_TEST(delivered_to(bob) == (list{1, 2}));
}

// -- backlog beyond the resident budget ---------------------------------------

BOOST_AUTO_TEST_CASE(a_backlog_beyond_the_budget_is_delivered_after_it_was_loaded) {
  start_with_budget(2 * cost_of_one);
  store(5);
  subscribe({2, 1000});
  BOOST_TEST(delivered() == (list{1, 2}));
  BOOST_TEST(asked_for(3, 5));
  settle(settle_kind::ack, 1, 2);
  BOOST_TEST(delivered() == list{});
  load(3, 4, {run_of(3, 2)});
  BOOST_TEST(delivered() == (list{3, 4}));
}

BOOST_AUTO_TEST_CASE(the_rest_of_a_backlog_is_asked_for_after_its_first_page) {
  start_with_budget(0);
  store(4);
  subscribe();
  BOOST_TEST(asked_for(1, 4));
  load(1, 2, {run_of(1, 2)});
  BOOST_TEST(asked_for(3, 4));
}

BOOST_AUTO_TEST_CASE(a_page_is_asked_for_only_when_somebody_can_have_it) {
  start_with_budget(0);
  store(2);
  BOOST_TEST(!asked_for().has_value());
  subscribe({0, 0});
  BOOST_TEST(!asked_for().has_value());
  grant(alice, plenty);
  BOOST_TEST(asked_for(1, 2));
}

BOOST_AUTO_TEST_CASE(a_page_is_asked_for_once_until_it_comes) {
  start_with_budget(0);
  store(2);
  subscribe();
  subscribe();
  BOOST_TEST(!asked_for().has_value());
}

BOOST_AUTO_TEST_CASE(a_page_is_at_most_4096_rows_and_ends_where_it_reaches_4_mib) {
  auto from = start_with(on_disk());
  from.runs = {{time_point{}, disk_run(1, 100'000)}};
  restart(std::move(from));
  subscribe();
  BOOST_TEST(only<effects::load>(out).limit.rows == 4096u);
  BOOST_TEST(only<effects::load>(out).limit.bytes == std::size_t{4} << 20);
}

BOOST_AUTO_TEST_CASE(the_next_page_is_asked_for_while_the_last_one_is_consumed) {
  start_with_budget(5 * cost_of_one);
  store(20);
  subscribe({4, 1000});
  BOOST_TEST(delivered() == (list{1, 2, 3, 4}));
  BOOST_TEST(asked_for(6, 20));
}

BOOST_AUTO_TEST_CASE(a_consumer_that_stops_has_nothing_more_read) {
  start_with_budget(5 * cost_of_one);
  store(20);
  subscribe({4, 1000});
  load(6, 6, {run_of(6, 1)});
  BOOST_TEST(!asked_for().has_value());
  publish("z");
  commit();
  BOOST_TEST(!asked_for().has_value());
}

BOOST_AUTO_TEST_CASE(younger_messages_do_not_overtake_a_backlog_on_disk) {
  start_with_budget(cost_of_one);
  publish("aa");
  publish("b");
  commit();
  subscribe();
  BOOST_TEST(delivered() == list{});
  load(1, 1, {run_with(1, "aa")});
  BOOST_TEST(delivered() == list{1});
  BOOST_TEST(asked_for(2, 2)); // it gave its place up for an older one
}

BOOST_AUTO_TEST_CASE(rows_that_are_gone_when_they_are_read_are_delivered_to_nobody) {
  start_with_budget(0);
  store(3);
  subscribe();
  load(1, 3, {run_of(2, 1)});
  BOOST_TEST(delivered() == list{2});
  BOOST_TEST(queue.figures().waiting() == 1u);
}

BOOST_AUTO_TEST_CASE(rows_bring_their_count_of_deliveries_with_them) {
  start_with_budget(0);
  store(1);
  subscribe();
  load(1, 1, {run_of(1, 1, 4)});
  BOOST_TEST(only<effects::deliver>(out).run.deliveries == 5u);
}

BOOST_AUTO_TEST_CASE(a_memory_queue_keeps_everything_in_ram) {
  start(in_memory());
  publish("a", "b");
  BOOST_TEST(queue.figures().resident_bytes > 2 * envelope_bytes);
  subscribe();
  BOOST_TEST(delivered() == (list{1, 2}));
}

// -- wake-ups -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(no_wake_up_is_asked_for_while_nothing_can_become_due) {
  store(1);
  BOOST_TEST(!wish().has_value());
}

BOOST_AUTO_TEST_CASE(a_wake_up_is_asked_for_once) {
  subscribe();
  store(1);
  BOOST_TEST(wish() == std::optional{at(30s)});
  store(1);
  BOOST_TEST(!wish().has_value());
}

BOOST_AUTO_TEST_CASE(a_later_wake_up_is_asked_for_only_when_the_earlier_one_came) {
  subscribe();
  store(1);
  settle(settle_kind::ack, 1);
  now = at(10s);
  store(1);
  BOOST_TEST(!wish().has_value());
  tick(30s);
  BOOST_TEST(wish() == std::optional{at(40s)});
}

BOOST_AUTO_TEST_CASE(an_earlier_wake_up_is_asked_for_at_once) {
  subscribe();
  store(1);
  settle(alice, {tag(1), 1, settle_kind::extend, 5s, {}});
  BOOST_TEST(wish() == std::optional{at(5s)});
}

BOOST_AUTO_TEST_CASE(a_tick_with_nothing_to_do_emits_nothing) {
  store(1);
  tick(1h);
  BOOST_TEST(out.empty());
}

BOOST_AUTO_TEST_CASE(a_tick_before_its_time_asks_again) {
  subscribe();
  store(1);
  tick(29s);
  BOOST_TEST(wish() == std::optional{at(30s)});
  BOOST_TEST(queue.figures().in_flight == 1u);
}

// -- figures ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(every_message_is_counted_where_it_is) {
  store(3);
  subscribe({2, 1000});
  settle(settle_kind::nack, 2);
  publish("d");
  commit(commit_ticket{4});
  auto figures = queue.figures();
  BOOST_TEST((list{figures.committing, figures.ready, figures.in_flight, figures.delayed})
             == (list{1, 0, 2, 1}));
  BOOST_TEST(figures.waiting() == 4u);
}

BOOST_AUTO_TEST_CASE(a_redelivery_is_counted_among_the_deliveries) {
  store(1);
  subscribe();
  nack_after(0s, 1);
  commit();
  BOOST_TEST(queue.figures().delivered == 2u);
  BOOST_TEST(queue.figures().redelivered == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
