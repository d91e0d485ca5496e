// Starting from what the journal kept, and what a failed journal leads to.

#include "support/queue_fixture.hpp"

namespace ferry::testing {
namespace {

struct queue_core_recovery_fixture : queue_fixture {
  queue_start kept = start_with(on_disk());

  list refused() const {
    auto codes = list{};
    for (const auto& item : each<effects::refuse>(out))
      codes.add(static_cast<std::uint64_t>(item.why.code), 1);
    return codes;
  }
};

const auto closed = list{static_cast<std::uint64_t>(errc::closed)};
const auto journal_failed = list{static_cast<std::uint64_t>(errc::journal_failed)};

} // namespace

BOOST_FIXTURE_TEST_SUITE(queue_core_recovery_suite, queue_core_recovery_fixture)

// -- restart ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(kept_rows_are_ready_and_are_read_when_somebody_wants_them) {
  kept.runs = {{time_point{}, disk_run(3, 2)}};
  restart(std::move(kept));
  BOOST_TEST(queue.figures().ready == 2u);
  subscribe();
  load(3, 4, {run_of(3, 2)});
  BOOST_TEST(delivered() == (list{3, 4}));
}

BOOST_AUTO_TEST_CASE(rows_that_could_not_be_read_are_asked_for_again_five_seconds_later) {
  kept.runs = {{time_point{}, disk_run(3, 2)}};
  restart(std::move(kept));
  subscribe();
  BOOST_TEST(has<effects::load>(out));
  run([&] { queue.load_failed(now, out); });
  BOOST_TEST(wish() == std::optional{at(5s)});
  publish("c");
  BOOST_TEST(has<effects::persist>(out));
  tick(5s - 1ns);
  BOOST_TEST(!has<effects::load>(out));
  tick(5s);
  BOOST_TEST(has<effects::load>(out));
}

BOOST_AUTO_TEST_CASE(kept_rows_bring_their_count_of_deliveries_with_them) {
  kept.config.max_deliveries = 3;
  kept.runs = {{time_point{}, disk_run(3, 1, 2)}};
  restart(std::move(kept));
  subscribe();
  load(3, 3, {run_of(3, 1, 2)});
  BOOST_TEST(only<effects::deliver>(out).run.deliveries == 3u);
  nack_after(0s, 1);
  BOOST_TEST(buried() == list{3});
}

BOOST_AUTO_TEST_CASE(new_messages_go_on_behind_the_last_number_ever_used) {
  kept.next = sequence_number{9};
  restart(std::move(kept));
  publish("a");
  BOOST_TEST(only<records::store>(records_of(out)).run.first == sequence_number{9});
}

BOOST_AUTO_TEST_CASE(kept_rows_go_out_before_new_messages) {
  kept.next = sequence_number{4};
  kept.runs = {{time_point{}, disk_run(3, 1)}};
  restart(std::move(kept));
  subscribe();
  store(1);
  BOOST_TEST(delivered() == list{});
  load(3, 3, {run_of(3, 1)});
  BOOST_TEST(delivered() == (list{3, 4}));
}

BOOST_AUTO_TEST_CASE(a_kept_delay_ends_at_its_due_time_and_not_before) {
  kept.runs = {{at(5s), disk_run(3, 1)}};
  restart(std::move(kept));
  BOOST_TEST(wish() == std::optional{at(5s)});
  subscribe();
  tick(5s - 1ns);
  BOOST_TEST(!has<effects::load>(out));
  tick(5s);
  BOOST_TEST(has<effects::load>(out));
}

BOOST_AUTO_TEST_CASE(a_delay_that_ended_while_nobody_was_there_ends_with_the_first_tick) {
  kept.runs = {{at(-1h), disk_run(3, 1)}};
  restart(std::move(kept));
  tick(0s);
  BOOST_TEST(queue.figures().ready == 1u);
}

BOOST_AUTO_TEST_CASE(a_resend_of_what_a_former_process_stored_is_recognised) {
  kept.sessions = {{producer, publish_number{2}}};
  restart(std::move(kept));
  publish_from(1, "a", "b", "c");
  BOOST_TEST(queue.figures().duplicates == 2u);
  BOOST_TEST(queue.figures().published == 1u);
}

BOOST_AUTO_TEST_CASE(a_publish_that_a_crash_lost_is_asked_for_again) {
  kept.sessions = {{producer, publish_number{2}}};
  restart(std::move(kept));
  publish_from(5, "e");
  BOOST_TEST(confirmed().resend_from == publish_number{3});
}

BOOST_AUTO_TEST_CASE(a_core_that_follows_another_counts_consumers_and_figures_on) {
  kept.last_consumer = consumer_id{5};
  kept.so_far.acknowledged = 7;
  kept.so_far.ready = 3; // a state, not a counter
  restart(std::move(kept));
  auto consumer = queue.subscribe(now, {1, 1}, out);
  BOOST_TEST((*consumer == consumer_id{6}));
  BOOST_TEST((queue.last_consumer() == consumer_id{6}));
  BOOST_TEST(queue.figures().acknowledged == 7u);
  BOOST_TEST(queue.figures().ready == 0u);
}

BOOST_AUTO_TEST_CASE(a_backlog_of_ten_million_messages_is_recovered_as_one_entry) {
  kept.runs = {{time_point{}, disk_run(1, 10'000'000)}};
  restart(std::move(kept));
  BOOST_TEST(queue.figures().ready == 10'000'000u);
  BOOST_TEST(queue.figures().resident_bytes == 0u);
}

// -- a closed queue -----------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_was_taken_before_a_close_is_still_committed_and_answered) {
  store(1);
  subscribe();
  publish("b");
  settle(settle_kind::ack, 1);
  close();
  commit();
  BOOST_TEST(has<effects::confirm>(out));
  BOOST_TEST(has<effects::settled>(out));
}

BOOST_AUTO_TEST_CASE(a_closed_queue_takes_nothing_more) {
  store(1);
  subscribe();
  close();
  publish("b");
  BOOST_TEST(refused() == closed);
  settle(settle_kind::ack, 1);
  BOOST_TEST(refused() == closed);
  run([&] { queue.bury(now, question, queue_id{3}, std::vector{dead(7)}, out); });
  BOOST_TEST(refused() == closed);
}

BOOST_AUTO_TEST_CASE(a_refusal_does_not_overtake_the_answer_to_what_was_taken_before) {
  publish("a");
  close();
  publish("b");
  BOOST_TEST(!has<effects::refuse>(out));
  commit();
  BOOST_TEST(has<effects::confirm>(out));
  BOOST_TEST(refused() == closed);
}

BOOST_AUTO_TEST_CASE(nobody_can_subscribe_to_a_closed_queue) {
  close();
  BOOST_TEST(queue.subscribe(now, {plenty}, out).why().code == errc::closed);
}

BOOST_AUTO_TEST_CASE(a_closed_queue_delivers_nothing_more) {
  subscribe();
  publish("a");
  close();
  commit();
  BOOST_TEST(delivered() == list{});
}

BOOST_AUTO_TEST_CASE(a_journal_that_fails_after_a_close_refuses_what_it_did_not_take) {
  publish("a");
  close();
  fail();
  BOOST_TEST(refused() == journal_failed);
}

// -- a failed journal ---------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_failed_journal_refuses_every_answer_that_waits_for_it) {
  store(2);
  subscribe();
  publish("c");
  settle(settle_kind::ack, 1);
  settle(settle_kind::release, 2);
  fail();
  BOOST_TEST(out.size() == 3u);
  BOOST_TEST(each<effects::refuse>(out).size() == 3u);
  BOOST_TEST(each<effects::refuse>(out).front().why.text == "the disk is full");
}

BOOST_AUTO_TEST_CASE(a_failed_journal_refuses_letters_that_wait_for_it) {
  run([&] { queue.bury(now, question, queue_id{3}, std::vector{dead(7)}, out); });
  fail();
  BOOST_TEST(only<effects::refuse>(out).question == question);
}

BOOST_AUTO_TEST_CASE(what_was_answered_before_is_not_refused) {
  store(1);
  fail();
  BOOST_TEST(out.empty());
}

BOOST_AUTO_TEST_CASE(after_a_failure_publishes_are_refused) {
  fail();
  publish("a");
  BOOST_TEST(refused() == journal_failed);
  BOOST_TEST(out.size() == 1u);
}

BOOST_AUTO_TEST_CASE(after_a_failure_settlements_are_refused) {
  store(1);
  subscribe();
  fail();
  settle(settle_kind::ack, 1);
  BOOST_TEST(refused() == journal_failed);
  BOOST_TEST(out.size() == 1u);
}

BOOST_AUTO_TEST_CASE(after_a_failure_letters_are_refused) {
  fail();
  run([&] { queue.bury(now, question, queue_id{3}, std::vector{dead(7)}, out); });
  BOOST_TEST(refused() == journal_failed);
}

BOOST_AUTO_TEST_CASE(after_a_failure_nothing_is_delivered) {
  store(1);
  fail();
  subscribe();
  BOOST_TEST(delivered() == list{});
}

BOOST_AUTO_TEST_CASE(after_a_failure_a_late_commit_tells_nothing) {
  publish("a");
  fail();
  commit();
  BOOST_TEST(out.empty());
}

BOOST_AUTO_TEST_CASE(after_a_failure_nothing_is_written_or_buried) {
  kept.config.max_deliveries = 2;
  restart(std::move(kept));
  store(2);
  subscribe();
  nack_after(0s, 1);
  commit();
  fail();
  tick(30s);
  BOOST_TEST(out.empty());
  lose(alice);
  BOOST_TEST(out.empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
