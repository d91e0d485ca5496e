// What a memory queue does with what it has no RAM for, when its options say that it
// spills: what goes to the disk, what comes back, and what a failed journal changes.

#include "support/queue_fixture.hpp"

#include "ferry/message_options.hpp"

namespace ferry::testing {
namespace {

constexpr auto little = std::size_t{2000}; // RAM for some messages
constexpr auto carol = session_id{1};
constexpr auto nobody = credit{};

struct queue_core_spill_fixture : queue_fixture {
  queue_core_spill_fixture() {
    config = in_memory();
    config.over_budget = over_budget::spill;
    config.resident_bytes = little;
    begin();
  }

  /// A queue of these options, and a producer that has sent nothing.
  void begin() {
    published = 0;
    start(config);
  }

  /// Publishes what fits into RAM; returns how many messages that were.
  std::uint64_t fill_memory() {
    while (queue.figures().resident_bytes < config.resident_bytes)
      publish("a");
    return queue.figures().ready;
  }

  /// Fills the RAM, and spills `count` messages; returns the number of the first of
  /// them.
  std::uint64_t spill(std::uint64_t count) {
    auto first = fill_memory() + 1;
    for (auto i = std::uint64_t{0}; i < count; ++i)
      publish("s");
    commit();
    return first;
  }

  /// Acks everything that `alice` gets, until nothing lies ready in RAM.
  void consume_all() {
    settle(settle_kind::ack, 1, 1'000'000);
  }

  void lose_journal() {
    run([&] { queue.write_failed({errc::journal_failed, "the disk is full"}, out); });
  }

  void return_journal() {
    run([&] { queue.journal_returned(now, out); });
  }

  [[nodiscard]] list stored() const {
    auto all = list{};
    for (const auto& item : each<records::store>(records_of(out)))
      for (auto number : sequences(item.run).numbers)
        all.add(number, 1);
    return all;
  }

  [[nodiscard]] list erased() const {
    auto all = list{};
    for (const auto& item : each<records::erase>(records_of(out)))
      for (auto i = std::uint64_t{0}; i < item.count; ++i)
        all.add(value_of(item.first) + i, 1);
    return all;
  }

  queue_config config;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(queue_core_spill_suite, queue_core_spill_fixture)

// -- what spills --------------------------------------------------------------

BOOST_AUTO_TEST_CASE(while_there_is_room_in_ram_nothing_is_stored) {
  publish("a");
  BOOST_TEST(stored() == list{});
  BOOST_TEST(value_of(confirmed().up_to) == 1u);
  BOOST_TEST(queue.figures().spilled == 0u);
}

BOOST_AUTO_TEST_CASE(the_first_message_beyond_the_ram_is_stored_and_the_one_before_is_not) {
  auto last = std::uint64_t{0};
  for (; queue.figures().resident_bytes < little; ++last) {
    publish("a");
    BOOST_TEST(stored() == list{});
  }
  publish("b");
  BOOST_TEST(stored() == list{last + 1});
}

BOOST_AUTO_TEST_CASE(what_spills_is_confirmed_when_its_row_is_committed_and_not_before) {
  fill_memory();
  publish("s");
  BOOST_TEST(!has<effects::confirm>(out));
  commit();
  BOOST_TEST(value_of(confirmed().up_to) == published);
  BOOST_TEST((confirmed().level == durability_level::memory));
}

BOOST_AUTO_TEST_CASE(a_resend_is_not_confirmed_before_what_it_repeats) {
  fill_memory();
  publish("s");
  publish_from(published, "s");
  BOOST_TEST(!has<effects::confirm>(out));
  commit();
  BOOST_TEST(each<effects::confirm>(out).size() == 2u);
  BOOST_TEST(queue.figures().spilled == 1u);
}

BOOST_AUTO_TEST_CASE(what_is_spilled_takes_no_ram_and_is_counted) {
  fill_memory();
  auto before = queue.figures();
  publish("xyz");
  publish("s");
  commit();
  BOOST_TEST(queue.figures().spilled == 2u);
  BOOST_TEST(queue.figures().ready == before.ready + 2);
  BOOST_TEST(queue.figures().disk_bytes == 4u);
  BOOST_TEST(queue.figures().journaled == 2u);
  BOOST_TEST(queue.figures().resident_bytes == before.resident_bytes);
}

BOOST_AUTO_TEST_CASE(producers_are_not_held_because_of_the_ram) {
  fill_memory();
  publish({carol, publish_number{1}, publish_number{1}, page_of("x", "y"), false, true});
  commit();
  BOOST_TEST(confirmed().held.code == errc::none);
  BOOST_TEST(value_of(confirmed().up_to) == 2u);
}

// Otherwise it would overtake what lies on disk.
BOOST_AUTO_TEST_CASE(as_long_as_something_is_spilled_all_that_comes_spills_as_well) {
  auto first = spill(2);
  subscribe();
  consume_all();
  BOOST_TEST(queue.figures().resident_bytes == 0u);
  publish("b");
  BOOST_TEST(stored() == list{first + 2});
}

BOOST_AUTO_TEST_CASE(when_all_of_it_was_read_back_nothing_spills_any_more) {
  auto first = spill(2);
  subscribe();
  load(first, first + 1, {run_of(first, 2)});
  consume_all();
  publish("b");
  BOOST_TEST(stored() == list{});
  BOOST_TEST(delivered() == list{first + 2});
}

BOOST_AUTO_TEST_CASE(a_batch_that_finds_no_room_spills_as_a_whole) {
  auto first = fill_memory() + 1;
  publish("x", "y", "z");
  BOOST_TEST(stored() == (list{first, first + 1, first + 2}));
}

BOOST_AUTO_TEST_CASE(a_memory_queue_that_does_not_spill_stores_nothing) {
  config.over_budget = over_budget::block;
  begin();
  fill_memory();
  publish("s");
  BOOST_TEST(records_of(out).empty());
}

// -- what comes back ----------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_is_spilled_is_read_back_in_publish_order_behind_what_is_in_ram) {
  auto first = spill(3);
  subscribe();
  auto asked_page = only<effects::load>(out);
  BOOST_TEST(value_of(asked_page.first) == first);
  BOOST_TEST(value_of(asked_page.last) == first + 2);
  load(first, first + 1, {run_of(first, 2)});
  BOOST_TEST(delivered() == (list{first, first + 1}));
  load(first + 2, first + 2, {run_of(first + 2, 1)});
  BOOST_TEST(delivered() == list{first + 2});
}

BOOST_AUTO_TEST_CASE(the_rows_of_what_was_read_back_are_erased_at_once) {
  auto first = spill(3);
  subscribe(nobody);
  grant(alice, plenty);
  load(first, first + 1, {run_of(first, 2)});
  BOOST_TEST(erased() == (list{first, first + 1}));
  BOOST_TEST(queue.figures().spilled == 1u);
  BOOST_TEST(queue.figures().disk_bytes == 1u);
}

BOOST_AUTO_TEST_CASE(what_was_read_back_stays_in_ram_whatever_comes_of_it) {
  auto first = spill(1);
  subscribe();
  load(first, first, {run_of(first, 1)});
  commit();
  nack_after(5s, first);
  BOOST_TEST(records_of(out).empty());
  BOOST_TEST(queue.figures().delayed == 1u);
  tick(5s);
  BOOST_TEST(delivered() == list{first});
}

BOOST_AUTO_TEST_CASE(what_has_no_row_never_gives_its_page_up) {
  spill(1);
  subscribe({1, 1000});
  unsubscribe(alice); // returns the first one
  BOOST_TEST(queue.figures().spilled == 1u);
}

BOOST_AUTO_TEST_CASE(nobody_who_settles_waits_for_what_is_on_its_way_to_the_disk) {
  fill_memory();
  subscribe({1, 1000});
  publish("s");
  settle(settle_kind::ack, 1);
  BOOST_TEST(has<effects::settled>(out));
}

// It would lie in RAM as well, if it came to the same.
BOOST_AUTO_TEST_CASE(nothing_is_read_back_while_delayed_messages_have_used_up_the_ram) {
  auto first = spill(2);
  subscribe({1, 1000});
  for (auto nth = std::uint64_t{1}; nth < first; ++nth)
    nack_after(1h, nth);
  load(first, first, {run_of(first, 1)});
  nack_after(1h, first);
  BOOST_TEST(queue.figures().delayed == first);
  BOOST_TEST(queue.figures().spilled == 1u);
  BOOST_TEST(!has<effects::load>(out));
  tick(1h);
  auto is_read = false;
  for (auto nth = std::uint64_t{1}; nth <= first; ++nth) {
    consume_all();
    is_read |= has<effects::load>(out);
  }
  BOOST_TEST(is_read);
}

BOOST_AUTO_TEST_CASE(a_queue_starts_behind_the_rows_of_an_earlier_process) {
  auto from = start_with(config);
  from.next = sequence_number{100};
  restart(std::move(from));
  fill_memory();
  publish("s");
  BOOST_TEST(value_of(each<records::store>(records_of(out)).at(0).run.first) > 100u);
}

// -- limits and dead letters --------------------------------------------------

BOOST_AUTO_TEST_CASE(what_is_spilled_counts_for_the_limits_of_the_queue) {
  config.max_messages = fill_memory() + 1;
  begin();
  spill(1);
  publish({carol, publish_number{1}, publish_number{1}, page_of("x"), false, true});
  BOOST_TEST(confirmed().held.code == errc::queue_full);
}

BOOST_AUTO_TEST_CASE(what_overflows_becomes_a_dead_letter_and_is_not_stored) {
  config.max_messages = fill_memory() + 1;
  config.overflow = overflow::dead_letter;
  begin();
  auto first = fill_memory() + 1;
  publish("s", "t");
  BOOST_TEST(stored() == list{first});
  commit();
  BOOST_TEST(buried() == list{first + 1});
}

BOOST_AUTO_TEST_CASE(letters_of_other_queues_spill_as_well_and_are_taken_when_they_are_stored) {
  auto first = fill_memory() + 1;
  run([&] { queue.bury(now, question, queue_id::none, std::vector{dead(7)}, out); });
  BOOST_TEST(stored() == list{first});
  BOOST_TEST(!has<effects::buried>(out));
  commit();
  BOOST_TEST(has<effects::buried>(out));
}

BOOST_AUTO_TEST_CASE(a_spilled_message_that_moves_to_another_queue_has_its_row_until_it_is_there) {
  auto first = spill(2);
  run([&] { queue.move(now, question, std::vector{dead(first)}, out); });
  BOOST_TEST(only<effects::move>(out).letters.size() == 1u);
  BOOST_TEST(erased() == list{});
  run([&] { queue.move_ended(now, question, {}, out); });
  BOOST_TEST(erased() == list{first});
  BOOST_TEST(queue.figures().disk_bytes == 1u);
}

BOOST_AUTO_TEST_CASE(a_spilled_message_whose_move_failed_is_read_back_later) {
  auto first = spill(1);
  run([&] { queue.move(now, question, std::vector{dead(first)}, out); });
  run([&] { queue.move_ended(now, question, {errc::closed, "no"}, out); });
  BOOST_TEST(erased() == list{});
  subscribe();
  BOOST_TEST(value_of(only<effects::load>(out).first) == first);
}

BOOST_AUTO_TEST_CASE(browsing_shows_what_is_spilled_as_ready) {
  auto first = spill(1);
  publish("on its way");
  auto shown = queue.browse({}).runs;
  BOOST_TEST(shown.back().run.is_resident());
  BOOST_TEST((shown.back().state == message_state::committing));
  BOOST_TEST(value_of(shown.at(shown.size() - 2).run.first) == first);
  BOOST_TEST((shown.at(shown.size() - 2).state == message_state::ready));
}

// -- a journal that fails -----------------------------------------------------

BOOST_AUTO_TEST_CASE(a_failed_journal_refuses_what_was_to_spill_and_says_why) {
  fill_memory();
  publish("s");
  lose_journal();
  auto why = only<effects::refuse>(out).why;
  BOOST_TEST(why.code == errc::journal_failed);
  BOOST_TEST(why.text == "queue \"orders\" has no RAM left and can spill nothing: the disk is full");
}

BOOST_AUTO_TEST_CASE(while_the_journal_has_failed_what_would_spill_is_refused) {
  spill(1);
  lose_journal();
  publish("t");
  BOOST_TEST(only<effects::refuse>(out).why.code == errc::journal_failed);
  BOOST_TEST(records_of(out).empty());
  run([&] { queue.bury(now, question, queue_id::none, std::vector{dead(7)}, out); });
  BOOST_TEST(has<effects::refuse>(out));
}

BOOST_AUTO_TEST_CASE(while_the_journal_has_failed_the_ram_is_used_as_ever) {
  lose_journal();
  subscribe();
  publish("a");
  BOOST_TEST(value_of(confirmed().up_to) == 1u);
  BOOST_TEST(delivered() == list{1});
  settle(settle_kind::ack, 1);
  BOOST_TEST((settled() == list{1, 0}));
}

BOOST_AUTO_TEST_CASE(what_was_spilled_before_is_read_back_although_the_journal_has_failed) {
  auto first = spill(2);
  lose_journal();
  subscribe();
  load(first, first + 1, {run_of(first, 2)});
  BOOST_TEST(delivered() == (list{first, first + 1}));
  BOOST_TEST(records_of(out).empty());
  return_journal();
  BOOST_TEST(erased() == (list{first, first + 1}));
}

// It may be on disk already, if the journal failed at the last moment.
BOOST_AUTO_TEST_CASE(what_was_on_its_way_is_stored_once_when_the_journal_is_back) {
  auto first = fill_memory() + 1;
  publish("s");
  lose_journal();
  return_journal();
  auto records = records_of(out);
  BOOST_REQUIRE(records.size() == 2u);
  BOOST_TEST(value_of(std::get<records::erase>(records[0]).first) == first);
  BOOST_TEST(value_of(std::get<records::store>(records[1]).run.first) == first);
  commit();
  BOOST_TEST(queue.figures().spilled == 1u);
}

BOOST_AUTO_TEST_CASE(what_was_refused_and_is_sent_again_is_confirmed_when_it_is_stored) {
  fill_memory();
  publish("s");
  lose_journal();
  return_journal();
  publish_from(published, "s");
  BOOST_TEST(!has<effects::confirm>(out));
  commit();
  BOOST_TEST(value_of(confirmed().up_to) == published);
  BOOST_TEST(queue.figures().duplicates == 1u);
  BOOST_TEST(queue.figures().spilled == 1u);
}

// Refused, they would be sent again, and not be known again.
BOOST_AUTO_TEST_CASE(letters_that_were_on_their_way_are_answered_when_the_journal_is_back) {
  fill_memory();
  run([&] { queue.bury(now, question, queue_id::none, std::vector{dead(7)}, out); });
  lose_journal();
  BOOST_TEST(out.empty());
  return_journal();
  commit();
  BOOST_TEST(has<effects::buried>(out));
}

BOOST_AUTO_TEST_CASE(a_page_that_the_failed_journal_owed_is_asked_for_again) {
  auto first = spill(1);
  subscribe();
  lose_journal();
  return_journal();
  BOOST_TEST(value_of(only<effects::load>(out).first) == first);
}

BOOST_AUTO_TEST_CASE(a_queue_that_is_closed_while_the_journal_has_failed_owes_no_answer) {
  fill_memory();
  run([&] { queue.bury(now, question, queue_id::none, std::vector{dead(7)}, out); });
  lose_journal();
  close();
  BOOST_TEST(only<effects::refuse>(out).why.code == errc::closed);
}

BOOST_AUTO_TEST_CASE(a_journal_that_fails_after_a_close_refuses_everything) {
  fill_memory();
  publish("s");
  close();
  lose_journal();
  BOOST_TEST(only<effects::refuse>(out).why.code == errc::journal_failed);
}

BOOST_AUTO_TEST_CASE(for_a_queue_on_disk_a_failed_write_is_the_end) {
  start(on_disk());
  publish("a");
  lose_journal();
  BOOST_TEST(has<effects::refuse>(out));
  publish("b");
  BOOST_TEST(only<effects::refuse>(out).why.code == errc::journal_failed);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
