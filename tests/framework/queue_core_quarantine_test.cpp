// Who is charged when a process dies, and how its suspects are tried.

#include "support/queue_fixture.hpp"

#include "ferry/message_options.hpp"

namespace ferry::testing {
namespace {

struct queue_core_quarantine_fixture : queue_fixture {
  queue_start kept = start_with(on_disk());

  queue_core_quarantine_fixture() {
    kept.config.max_deliveries = 3;
    kept.next = sequence_number{9};
    kept.runs = {{time_point{}, disk_run(1, 4)}};
  }

  /// The last process ended while a handler had these.
  void die_with(std::vector<sequence_range> in_handlers) {
    kept.in_handlers = std::move(in_handlers);
    restart(kept);
  }

  /// Commits the charge, and lets a consumer take what it can.
  void go_on() {
    commit();
    subscribe();
  }

  void load_suspect(std::uint64_t sequence, std::uint32_t deliveries) {
    load(sequence, sequence, {run_of(sequence, 1, deliveries)});
  }
};

sequence_range only_message(std::uint64_t sequence) {
  return {sequence_number{sequence}, 1};
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(queue_core_quarantine_suite, queue_core_quarantine_fixture)

// -- charging -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_was_in_a_handler_is_counted_before_anything_is_delivered) {
  die_with({only_message(2)});
  auto charge = only<records::reschedule>(records_of(out));
  BOOST_TEST(value_of(charge.first) == 2u);
  BOOST_TEST(charge.count == 1u);
  BOOST_TEST(charge.deliveries == 1u);
  BOOST_TEST(value_of(only<records::suspect>(records_of(out)).first) == 2u);
  BOOST_TEST(!has<effects::charged>(out));
  commit();
  BOOST_TEST(has<effects::charged>(out));
}

BOOST_AUTO_TEST_CASE(the_charge_stands_in_the_history) {
  die_with({only_message(2)});
  auto line = only<records::reschedule>(records_of(out)).attempt;
  auto told = attempts_of(with_attempts(envelope("b"), line));
  BOOST_TEST(told.size() == 1u);
  BOOST_TEST(told.front().reason == "the process ended while the handler ran");
}

BOOST_AUTO_TEST_CASE(what_had_been_erased_is_not_charged) {
  die_with({only_message(7)});
  BOOST_TEST(!has<effects::persist>(out));
  BOOST_TEST(has<effects::charged>(out));
}

BOOST_AUTO_TEST_CASE(a_clean_start_charges_nobody) {
  die_with({});
  BOOST_TEST(!has<effects::persist>(out));
  BOOST_TEST(!has<effects::charged>(out));
}

// -- trying -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(others_are_delivered_while_a_suspect_waits_for_its_turn) {
  die_with({only_message(2)});
  go_on();
  BOOST_TEST(has<effects::ask_turn>(out));
  load(1, 1, {run_of(1, 1)});
  BOOST_TEST(delivered() == list{1});
  load(3, 4, {run_of(3, 2)});
  BOOST_TEST(delivered() == (list{3, 4}));
}

BOOST_AUTO_TEST_CASE(a_suspect_is_delivered_alone_within_its_turn) {
  die_with({only_message(2)});
  go_on();
  grant_turn();
  load_suspect(2, 1);
  auto handed = only<effects::deliver>(out);
  BOOST_TEST(value_of(handed.run.first) == 2u);
  BOOST_TEST(handed.run.deliveries == 2u);
  BOOST_TEST((handed.with == company::none));
}

BOOST_AUTO_TEST_CASE(an_acked_suspect_is_cleared_in_the_commit_that_erases_it) {
  die_with({only_message(2)});
  go_on();
  grant_turn();
  load_suspect(2, 1);
  settle(settle_kind::ack, 1);
  BOOST_TEST(has<effects::end_turn>(out));
  BOOST_TEST(value_of(only<records::clear_suspect>(records_of(out)).first) == 2u);
  BOOST_TEST(value_of(only<records::erase>(records_of(out)).first) == 2u);
}

BOOST_AUTO_TEST_CASE(a_suspect_that_fails_without_ending_the_process_is_cleared) {
  die_with({only_message(2)});
  go_on();
  grant_turn();
  load_suspect(2, 1);
  settle(settle_kind::nack, 1);
  BOOST_TEST(has<records::clear_suspect>(records_of(out)));
  BOOST_TEST(only<records::reschedule>(records_of(out)).deliveries == 2u);
}

// Once, a handler that keeps all its deliveries waited for ever: the first suspect
// would have had to be settled before the second one was delivered.
BOOST_AUTO_TEST_CASE(a_suspect_that_its_handler_keeps_is_cleared_and_stays_in_flight) {
  die_with({{sequence_number{2}, 2}});
  go_on();
  grant_turn();
  load_suspect(2, 1);
  settle(settle_kind::keep, 1);
  BOOST_TEST(value_of(only<records::clear_suspect>(records_of(out)).first) == 2u);
  BOOST_TEST(has<effects::end_turn>(out));
  BOOST_TEST(has<effects::ask_turn>(out));
  BOOST_TEST(queue.figures().in_flight == 1u);
  settle(settle_kind::ack, 1);
  BOOST_TEST(!has<records::clear_suspect>(records_of(out)));
  BOOST_TEST(value_of(only<records::erase>(records_of(out)).first) == 2u);
}

BOOST_AUTO_TEST_CASE(keeping_what_was_settled_already_or_is_nobodys_suspect_changes_nothing) {
  die_with({only_message(2)});
  go_on();
  grant_turn();
  load_suspect(2, 1);
  settle(bob, {tag(1), 1, settle_kind::keep, {}, {}});
  settle(settle_kind::keep, 7);
  BOOST_TEST(!has<effects::end_turn>(out));
  BOOST_TEST(!has<effects::persist>(out));
  settle(settle_kind::ack, 1);
  settle(settle_kind::keep, 1);
  BOOST_TEST(!has<effects::end_turn>(out));
  BOOST_TEST(queue.figures().stale == 0u);
}

BOOST_AUTO_TEST_CASE(a_suspect_that_was_not_tried_stays_suspect) {
  die_with({only_message(2)});
  go_on();
  grant_turn();
  load_suspect(2, 1);
  settle(settle_kind::release, 1);
  BOOST_TEST(has<effects::end_turn>(out));
  BOOST_TEST(!has<records::clear_suspect>(records_of(out)));
  BOOST_TEST(has<effects::ask_turn>(out));
  grant_turn();
  BOOST_TEST(only<effects::deliver>(out).run.deliveries == 2u);
}

BOOST_AUTO_TEST_CASE(the_next_suspect_asks_for_a_turn_of_its_own) {
  die_with({{sequence_number{2}, 2}});
  go_on();
  grant_turn();
  load_suspect(2, 1);
  settle(settle_kind::ack, 1);
  BOOST_TEST(has<effects::ask_turn>(out));
  BOOST_TEST(delivered() == list{});
}

BOOST_AUTO_TEST_CASE(a_turn_is_passed_on_when_the_consumer_has_left) {
  die_with({only_message(2)});
  go_on();
  unsubscribe(alice);
  grant_turn();
  BOOST_TEST(has<effects::end_turn>(out));
  subscribe();
  BOOST_TEST(has<effects::ask_turn>(out));
}

BOOST_AUTO_TEST_CASE(a_paused_queue_passes_its_turn_on) {
  die_with({only_message(2)});
  go_on();
  pause(1h);
  grant_turn();
  BOOST_TEST(has<effects::end_turn>(out));
}

// -- ending -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_message_that_ended_the_process_too_often_is_a_dead_letter) {
  kept.runs = {{time_point{}, disk_run(2, 1, 2)}};
  die_with({only_message(2)});
  commit();
  load_suspect(2, 3);
  auto end = death_of(only<effects::bury>(out).message.letter).value();
  BOOST_TEST((end.cause == death_cause::exhausted));
  BOOST_TEST(end.deliveries == 3u);
  BOOST_TEST(end.reason == "the process ended while the handler ran");
}

BOOST_AUTO_TEST_CASE(one_death_before_that_it_is_tried_again) {
  kept.runs = {{time_point{}, disk_run(2, 1, 1)}};
  die_with({only_message(2)});
  go_on();
  grant_turn();
  load_suspect(2, 2);
  BOOST_TEST(only<effects::deliver>(out).run.deliveries == 3u);
}

BOOST_AUTO_TEST_CASE(suspects_of_an_earlier_process_are_tried_alone_and_not_charged_again) {
  kept.suspects = {only_message(2)};
  die_with({});
  BOOST_TEST(!has<effects::persist>(out));
  subscribe();
  BOOST_TEST(has<effects::ask_turn>(out));
}

BOOST_AUTO_TEST_CASE(a_neighbour_is_charged_once_and_the_culprit_each_time) {
  auto culprit = std::uint32_t{0};
  auto neighbour = std::uint32_t{0};
  kept.runs = {{time_point{}, disk_run(1, 2)}};
  auto in_handlers = std::vector<sequence_range>{{sequence_number{1}, 2}};
  for (auto death = 0; death < 3; ++death) {
    die_with(in_handlers);
    for (const auto& charge : each<records::reschedule>(records_of(out)))
      for (auto i = std::uint64_t{0}; i < charge.count; ++i)
        (charge.first == sequence_number{1} && i == 0 ? culprit : neighbour) = charge.deliveries;
    kept.runs = {{time_point{}, disk_run(1, 1, culprit)}, {time_point{}, disk_run(2, 1, neighbour)}};
    kept.suspects = {{sequence_number{1}, 2}};
    in_handlers = {only_message(1)}; // the older suspect was tried alone, and did it again
  }
  BOOST_TEST(culprit == 3u);
  BOOST_TEST(neighbour == 1u);
}

// Otherwise a crash before its dead letter is stored would bring it back as one that
// nobody suspects, and it would be delivered once more.
BOOST_AUTO_TEST_CASE(one_that_has_to_die_stays_suspect_until_it_is_a_dead_letter) {
  kept.runs = {{time_point{}, disk_run(2, 1, 2)}};
  die_with({only_message(2)});
  commit();
  load_suspect(2, 3);
  BOOST_TEST(has<effects::bury>(out));
  BOOST_TEST(!has<effects::persist>(out));
}

BOOST_AUTO_TEST_CASE(a_suspect_whose_id_was_handled_is_erased_and_its_turn_passed_on) {
  kept.config.handled_ids = 3;
  kept.ids = {{id_kind::handled, "order-1", at(0s)}};
  die_with({only_message(2)});
  go_on();
  grant_turn();
  auto named = run_of(2, 1, 1);
  auto item = named.envelopes().front();
  item.headers = headers_of({.headers = {}, .id = "order-1", .lease = {}});
  named.page = std::make_shared<const message_page>(message_page{item});
  load(2, 2, {named});
  BOOST_TEST(delivered() == list{});
  BOOST_TEST(has<effects::end_turn>(out));
  BOOST_TEST(value_of(only<records::erase>(records_of(out)).first) == 2u);
  BOOST_TEST(queue.figures().filtered == 1u);
}

// The core that takes over asks anew, and would never be answered.
BOOST_AUTO_TEST_CASE(a_failed_journal_passes_the_turn_on_while_the_suspect_is_out) {
  die_with({only_message(2)});
  go_on();
  grant_turn();
  load_suspect(2, 1);
  fail();
  BOOST_TEST(has<effects::end_turn>(out));
}

BOOST_AUTO_TEST_CASE(a_failed_journal_passes_the_turn_on) {
  die_with({only_message(2)});
  go_on();
  grant_turn();
  fail();
  BOOST_TEST(has<effects::end_turn>(out));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
