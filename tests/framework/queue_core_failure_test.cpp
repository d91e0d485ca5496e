// What a queue makes of failures: kinds, histories, pauses, waits and leases that
// differ from its own, and being full.

#include "support/queue_fixture.hpp"

#include <limits>

namespace ferry::testing {
namespace {

struct queue_core_failure_fixture : queue_fixture {
  queue_config config = on_disk();

  void hand(std::uint64_t count) {
    start(config);
    store(count);
    subscribe();
  }

  void nack(std::string reason, std::uint64_t nth = 1) {
    settle(alice, {tag(nth), 1, settle_kind::nack, {}, std::move(reason)});
  }

  void defer(std::uint64_t nth, duration until) {
    settle(alice, {tag(nth), 1, settle_kind::defer, {}, {}, at(until)});
  }

  time_point due() const {
    return only<records::reschedule>(records_of(out)).due;
  }

  std::vector<attempt> history() const {
    return attempts_of(only<effects::bury>(out).message.letter);
  }

  death end_of_message() const {
    return death_of(only<effects::bury>(out).message.letter).value();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(queue_core_failure_suite, queue_core_failure_fixture)

// -- kinds of failures --------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_fatal_failure_is_a_dead_letter_on_its_first_delivery) {
  config.failures = {{"no such customer", failure_kind::fatal}};
  hand(1);
  nack("order 7: no such customer");
  BOOST_TEST((end_of_message().cause == death_cause::rejected));
  BOOST_TEST(end_of_message().reason == "order 7: no such customer");
}

BOOST_AUTO_TEST_CASE(a_failure_that_pauses_returns_its_message_uncounted_to_its_place) {
  config.failures = {{"connection", failure_kind::pause}};
  config.pause = 10s;
  hand(2);
  nack("connection refused");
  BOOST_TEST(!has<effects::persist>(out));
  BOOST_TEST(delivered() == list{});
  BOOST_TEST(queue.figures().ready == 1u);
  tick(10s - 1ns);
  BOOST_TEST(delivered() == list{});
  tick(10s);
  BOOST_TEST(delivered() == list{1});
  BOOST_TEST(only<effects::deliver>(out).run.deliveries == 1u);
}

BOOST_AUTO_TEST_CASE(a_failure_that_pauses_does_not_shorten_a_longer_pause) {
  config.failures = {{"because", failure_kind::pause}};
  config.pause = 10s;
  start(config);
  store(2);
  subscribe({1, 1'000'000});
  pause(1h);
  settle(settle_kind::nack, 1);
  tick(1h - 1ns);
  BOOST_TEST(delivered() == list{});
  tick(1h);
  BOOST_TEST(delivered() == list{1});
}

BOOST_AUTO_TEST_CASE(a_resumed_queue_is_not_counted_as_paused) {
  pause(1h);
  BOOST_TEST(queue.figures().paused == 1u);
  pause(0s);
  BOOST_TEST(queue.figures().paused == 0u);
}

BOOST_AUTO_TEST_CASE(a_paused_queue_wants_to_be_woken_at_the_end_of_the_pause) {
  start(config);
  pause(1min);
  BOOST_TEST((wish() == at(1min)));
}

BOOST_AUTO_TEST_CASE(a_paused_queue_takes_messages_and_settlements_and_delivers_none) {
  hand(1);
  pause(1h);
  store(1);
  BOOST_TEST(delivered() == list{});
  settle(settle_kind::ack, 1);
  commit();
  BOOST_TEST(settled() == (list{1, 0}));
  pause(0s);
  BOOST_TEST(delivered() == list{2});
}

// -- histories ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_dead_letter_tells_every_delivery_that_failed) {
  config.max_deliveries = 2;
  start(config);
  store(1);
  run([&] { (void)queue.subscribe(now, {plenty, "till-4"}, out); });
  now = at(3s);
  nack_after(0s, 1);
  commit();
  now = at(5s);
  nack("no paper", 2);
  auto told = history();
  BOOST_TEST(told.size() == 2u);
  BOOST_TEST((told[0] == attempt{1, at(0s), 3s, "till-4", ""}));
  BOOST_TEST((told[1] == attempt{2, at(3s), 2s, "till-4", "no paper"}));
}

BOOST_AUTO_TEST_CASE(a_consumer_without_a_name_is_told_by_its_number) {
  config.max_deliveries = 1;
  hand(1);
  nack("no paper");
  BOOST_TEST(history().front().consumer == "consumer-1");
}

BOOST_AUTO_TEST_CASE(each_failure_is_written_to_the_history_on_disk) {
  hand(1);
  nack("no paper");
  auto line = only<records::reschedule>(records_of(out)).attempt;
  BOOST_TEST(attempts_of(with_attempts(envelope("a"), line)).front().reason == "no paper");
}

BOOST_AUTO_TEST_CASE(the_history_of_a_message_that_is_never_given_up_is_bounded) {
  config.last_resort = last_resort::keep;
  config.max_deliveries = 0;
  auto kept = start_with(config);
  kept.runs = {{time_point{}, disk_run(1, 1, attempts_kept - 1)}};
  restart(std::move(kept));
  subscribe();
  load(1, 1, {run_of(1, 1, attempts_kept - 1)});
  nack_after(0s, 1);
  BOOST_TEST(!only<records::reschedule>(records_of(out)).attempt.empty());
  commit();
  nack_after(0s, 2);
  BOOST_TEST(only<records::reschedule>(records_of(out)).attempt.empty());
}

// -- waits --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_nack_may_bring_a_policy_of_its_own) {
  hand(1);
  auto fixed = retry_policy{retry_growth::fixed, 7s, 7s, 1.0, 0.0};
  settle(alice, {tag(1), 1, settle_kind::nack, {}, {}, {}, fixed});
  BOOST_TEST((due() == at(7s)));
}

BOOST_AUTO_TEST_CASE(a_policy_that_makes_no_sense_is_left_aside) {
  hand(1);
  auto backwards = retry_policy{retry_growth::fixed, -7s, 7s, 1.0, 0.0};
  settle(alice, {tag(1), 1, settle_kind::nack, {}, {}, {}, backwards});
  BOOST_TEST((due() == at(1s)));
}

BOOST_AUTO_TEST_CASE(a_nack_with_an_endless_delay_comes_back_after_a_year) {
  hand(1);
  nack_after(duration::max(), 1);
  BOOST_TEST((due() == at(8760h)));
}

BOOST_AUTO_TEST_CASE(a_nack_with_a_negative_delay_comes_back_at_once) {
  hand(1);
  nack_after(duration::min(), 1);
  BOOST_TEST((due() == time_point{}));
}

BOOST_AUTO_TEST_CASE(a_deferred_message_returns_at_its_time_uncounted) {
  hand(1);
  defer(1, 1min);
  BOOST_TEST((due() == at(1min)));
  BOOST_TEST(only<records::reschedule>(records_of(out)).deliveries == 0u);
  commit();
  tick(1min - 1ns);
  BOOST_TEST(!has<effects::load>(out));
  tick(1min);
  BOOST_TEST(has<effects::load>(out));
  load(1, 1, {run_of(1, 1)});
  BOOST_TEST(only<effects::deliver>(out).run.deliveries == 1u);
}

BOOST_AUTO_TEST_CASE(a_message_deferred_to_the_past_returns_at_once) {
  hand(1);
  defer(1, -1s);
  BOOST_TEST((due() == time_point{}));
  commit();
  BOOST_TEST(delivered() == list{1});
}

BOOST_AUTO_TEST_CASE(a_message_deferred_for_ever_returns_after_a_year) {
  hand(1);
  settle(alice, {tag(1), 1, settle_kind::defer, {}, {}, never});
  BOOST_TEST((due() == at(8760h)));
}

// -- leases -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_consumer_may_ask_for_a_lease_of_its_own) {
  start(config);
  store(1);
  run([&] { (void)queue.subscribe(now, {plenty, "", 5min}, out); });
  BOOST_TEST((only<effects::deliver>(out).deadline == at(5min)));
}

BOOST_AUTO_TEST_CASE(an_extension_without_a_length_is_as_long_as_the_lease_was) {
  start(config);
  store(1);
  run([&] { (void)queue.subscribe(now, {plenty, "", 5min}, out); });
  now = at(4min);
  settle(alice, {tag(1), 1, settle_kind::extend, {}, {}});
  tick(9min - 1ns);
  BOOST_TEST(queue.figures().expired == 0u);
  tick(9min);
  BOOST_TEST(queue.figures().expired == 1u);
}

BOOST_AUTO_TEST_CASE(no_extension_leads_beyond_the_longest_lease) {
  config.longest_lease = 1min;
  hand(1);
  now = at(20s);
  settle(alice, {tag(1), 1, settle_kind::extend, duration::max(), {}});
  tick(1min - 1ns);
  BOOST_TEST(queue.figures().expired == 0u);
  tick(1min);
  BOOST_TEST(queue.figures().expired == 1u);
}

BOOST_AUTO_TEST_CASE(the_longest_lease_is_never_shorter_than_one_lease) {
  config.longest_lease = 1s;
  hand(1);
  tick(30s - 1ns);
  BOOST_TEST(queue.figures().expired == 0u);
  tick(30s);
  BOOST_TEST(queue.figures().expired == 1u);
}

BOOST_AUTO_TEST_CASE(an_extension_by_less_than_nothing_ends_the_lease_now) {
  hand(1);
  now = at(20s);
  settle(alice, {tag(1), 1, settle_kind::extend, duration::min(), {}});
  tick(20s);
  BOOST_TEST(queue.figures().expired == 1u);
}

BOOST_AUTO_TEST_CASE(a_message_whose_last_delivery_expired_says_so) {
  config.max_deliveries = 1;
  hand(1);
  tick(30s);
  BOOST_TEST((end_of_message().cause == death_cause::expired));
}

// -- lost consumers -----------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_a_lost_consumer_had_not_begun_returns_uncounted) {
  start(config);
  publish("a", "b", "c");
  commit();
  subscribe();
  lose(alice, {{sequence_number{2}, 1}});
  auto written = only<records::reschedule>(records_of(out));
  BOOST_TEST(value_of(written.first) == 2u);
  BOOST_TEST(written.count == 1u);
  commit();
  subscribe();
  auto counts = list{};
  for (const auto& item : each<effects::deliver>(out))
    counts.add(item.run.deliveries, item.run.count);
  BOOST_TEST(delivered() == (list{1, 2, 3}));
  BOOST_TEST(queue.figures().redelivered == 1u);
}

// -- full queues --------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_full_queue_takes_what_fits_and_asks_for_the_rest_again) {
  config.max_messages = 3;
  start(config);
  publish("a", "b");
  commit();
  publish("c", "d");
  commit();
  BOOST_TEST(value_of(confirmed().up_to) == 3u);
  BOOST_TEST(value_of(confirmed().resend_from) == 4u);
  BOOST_TEST(queue.figures().ready == 3u);
}

BOOST_AUTO_TEST_CASE(a_queue_that_is_full_confirms_nothing_new) {
  config.max_messages = 1;
  start(config);
  store(1);
  publish("b");
  BOOST_TEST(value_of(confirmed().up_to) == 1u);
  BOOST_TEST(value_of(confirmed().resend_from) == 2u);
  BOOST_TEST(!has<effects::persist>(out));
}

BOOST_AUTO_TEST_CASE(room_that_an_ack_made_is_used_by_the_resend) {
  config.max_messages = 1;
  hand(1);
  publish("b");
  settle(settle_kind::ack, 1);
  commit();
  publish_from(2, "b");
  commit();
  BOOST_TEST(value_of(confirmed().up_to) == 2u);
  BOOST_TEST(confirmed().resend_from == publish_number::none);
}

BOOST_AUTO_TEST_CASE(what_overflows_is_confirmed_and_becomes_a_dead_letter) {
  config.max_messages = 1;
  config.overflow = overflow::dead_letter;
  start(config);
  publish("a", "b");
  BOOST_TEST(!has<effects::bury>(out));
  commit();
  BOOST_TEST(value_of(confirmed().up_to) == 2u);
  BOOST_TEST(buried() == list{2});
  BOOST_TEST((end_of_message().cause == death_cause::overflow));
  BOOST_TEST(queue.figures().ready == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
