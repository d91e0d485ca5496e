// What every journal promises, case by case, for each of them.

#include "ferry/retry/attempt.hpp"
#include "persistence/journal_under_test.hpp"
#include "persistence/record_builders.hpp"
#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

namespace data = boost::unit_test::data;

using namespace ferry;
using namespace ferry::records;
using namespace ferry::testing;

namespace {

const auto every_journal = data::make(journal_kinds);

// Below, at and above the number of rows that one step writes.
const auto every_journal_and_length = every_journal * data::make({1, 31, 32, 33, 64, 70});

store stored(ferry::envelope message) {
  return {{std::make_shared<const message_page>(message_page{std::move(message)}), 0, 1,
           sequence_number{1}, 0}};
}

// The one message of a queue, as the next process reads it.
ferry::envelope read_back(journal_under_test& disk, queue_id queue) {
  disk.reopen();
  return disk.read(queue, 1, 1).runs.at(0).envelopes()[0];
}

// The history of message `sequence`, as it stands in its headers.
std::string history(journal_under_test& disk, queue_id queue, std::uint64_t sequence) {
  auto message = disk.read(queue, sequence, sequence).runs.at(0).envelopes()[0];
  return message.headers ? message.headers->at(attempts_header) : "";
}

} // namespace

BOOST_AUTO_TEST_SUITE(journal_contract_suite)

// -- queues -------------------------------------------------------------------

BOOST_DATA_TEST_CASE(a_queue_is_recovered_with_its_name_and_options, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto options = queue_config{};
  options.max_deliveries = 3;
  options.dead_letter_queue = "morgue";
  auto id = disk.create("orders", options);
  auto found = disk.recovered(id);
  BOOST_TEST(found.name == "orders");
  BOOST_TEST((found.config == options));
  BOOST_TEST(found.next == sequence_number{1});
}

BOOST_DATA_TEST_CASE(queues_are_numbered_from_one_across_restarts, every_journal, kind) {
  auto disk = journal_under_test{kind};
  BOOST_TEST(disk.create("b") == queue_id{1});
  disk.reopen();
  BOOST_TEST(disk.create("a") == queue_id{2});
  BOOST_TEST(disk.recovered().at(1).name == "a");
}

BOOST_DATA_TEST_CASE(every_opening_begins_a_later_epoch, every_journal, kind) {
  auto disk = journal_under_test{kind};
  BOOST_TEST(disk->opened() == epoch{1});
  disk.reopen();
  BOOST_TEST(disk->opened() == epoch{2});
}

// -- rows ---------------------------------------------------------------------

BOOST_DATA_TEST_CASE(what_is_committed_is_recovered, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  auto bills = disk.create("bills");
  disk.commit(orders, stored(1, 3));
  disk.commit(bills, stored(1, 1));
  BOOST_TEST(disk.rows(orders) == "1-3");
  BOOST_TEST(disk.rows(bills) == "1");
  BOOST_TEST(!disk.recovered(orders).runs[0].run.is_resident());
}

BOOST_DATA_TEST_CASE(runs_of_any_length_are_stored_whole, every_journal_and_length, kind, length) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  auto count = static_cast<std::uint64_t>(length);
  disk.commit(orders, stored(1, count));
  auto page = disk.read(orders, 1, 1000);
  BOOST_TEST(told(page.runs) == told(run_of(1, count)));
  BOOST_TEST(texts(page.runs.at(0)) == texts(run_of(1, count)));
}

BOOST_DATA_TEST_CASE(a_stored_part_of_a_page_is_only_that_part, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  auto run = run_of(1, 5);
  (void)split_front(run, 2);
  disk.commit(orders, store{split_front(run, 2)});
  BOOST_TEST(texts(disk.read(orders, 1, 9).runs.at(0)) == "cd");
}

BOOST_DATA_TEST_CASE(rows_of_equal_history_and_due_time_are_one_run, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  disk.commit(orders, stored(1, 4), store{run_of(5, 3, 2)}, stored(8, 1));
  disk.commit(orders, stored(9, 1), rescheduled(3, 1, 0, 70), rescheduled(7, 1, 2, 70));
  BOOST_TEST(disk.rows(orders) == "1-2 3@70 4 5-6*2 7*2@70 8-9");
}

BOOST_DATA_TEST_CASE(erased_rows_are_gone_and_absent_ones_are_no_error, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  disk.commit(orders, stored(1, 6), erased(2, 2), erased(2, 3), erased(100, 5), erased(1, 0));
  BOOST_TEST(disk.rows(orders) == "1 5-6");
}

BOOST_DATA_TEST_CASE(erasing_to_the_end_leaves_the_next_queue_alone, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  auto bills = disk.create("bills");
  disk.commit(orders, stored(1, 2));
  disk.commit(bills, stored(1, 2));
  disk.commit(orders, erased(2, ~std::uint64_t{0}));
  BOOST_TEST(disk.rows(orders) == "1");
  BOOST_TEST(disk.rows(bills) == "1-2");
}

BOOST_DATA_TEST_CASE(the_last_possible_sequence_can_be_stored_and_erased, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  auto last = value_of(last_sequence);
  disk.commit(orders, stored(last, 1));
  BOOST_TEST(disk.rows(orders) == std::to_string(last));
  disk.commit(orders, erased(last, 1));
  BOOST_TEST(disk.rows(orders) == "");
}

BOOST_DATA_TEST_CASE(rescheduled_rows_keep_their_count_and_due_time, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  disk.commit(orders, stored(1, 3), rescheduled(2, 9, 4, 70));
  BOOST_TEST(disk.rows(orders) == "1 2-3*4@70");
  disk.commit(orders, rescheduled(3, 1, 5, 0), rescheduled(50, 1, 1, 1));
  BOOST_TEST(disk.rows(orders) == "1 2*4@70 3*5");
}

BOOST_DATA_TEST_CASE(a_row_may_wait_forever, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  disk.commit(orders, stored(1, 1), rescheduled(1, 1, 0, to_ns(never)));
  BOOST_TEST(disk.recovered(orders).runs.at(0).due == never);
}

BOOST_DATA_TEST_CASE(records_of_a_batch_take_effect_in_their_order, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  disk.commit(orders, stored(1, 2), erased(1, 1), rescheduled(1, 2, 3, 0), stored(1, 1),
              rescheduled(2, 1, 4, 0));
  BOOST_TEST(disk.rows(orders) == "1 2*4");
}

BOOST_DATA_TEST_CASE(batches_of_a_commit_take_effect_in_their_order, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  auto first = persistence::write_batch{orders, {stored(1, 3)}};
  auto second = persistence::write_batch{orders, {erased(1, 1)}};
  auto third = persistence::write_batch{orders, {stored(4, 1)}};
  BOOST_TEST(disk.try_to_commit(first, second, third) == errc::none);
  BOOST_TEST(disk.rows(orders) == "2-4");
}

BOOST_DATA_TEST_CASE(a_dead_letter_moves_in_one_commit, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  auto letters = disk.create("orders.dead");
  disk.commit(orders, stored(1, 4));
  disk.commit(letters, stored(1, 2), taken(orders, 2, 2));
  BOOST_TEST(disk.rows(orders) == "1 4");
  BOOST_TEST(disk.rows(letters) == "1-2");
}

BOOST_DATA_TEST_CASE(the_next_sequence_never_goes_back, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  disk.commit(orders, stored(1, 5));
  disk.commit(orders, erased(1, 5));
  BOOST_TEST(disk.recovered(orders).next == sequence_number{6});
  disk.commit(orders, stored(2, 1));
  BOOST_TEST(disk.recovered(orders).next == sequence_number{6});
}

BOOST_DATA_TEST_CASE(the_bytes_of_a_queue_are_those_of_its_rows, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  auto letters = disk.create("orders.dead");
  disk.commit(orders, stored(1, 9), erased(1, 2), rescheduled(3, 1, 1, 0));
  BOOST_TEST(disk.recovered(orders).payload_bytes == 7u);
  disk.commit(letters, stored(1, 1), taken(orders, 3, 1));
  BOOST_TEST(disk.recovered(orders).payload_bytes == 6u);
  BOOST_TEST(disk.recovered(letters).payload_bytes == 1u);
}

BOOST_DATA_TEST_CASE(bytes_are_right_again_once_every_row_was_touched, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  disk.commit(orders, stored(1, 9), erase{sequence_number{1}, 2, 0}, rescheduled(3, 7, 1, 0));
  BOOST_TEST(disk.recovered(orders).payload_bytes == 7u);
}

BOOST_DATA_TEST_CASE(rows_changed_far_from_the_head_are_recovered_as_they_are, every_journal,
                     kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  auto letters = disk.create("orders.dead");
  disk.commit(orders, stored(1, 9), rescheduled(5, 1, 1, 70));
  BOOST_TEST(disk.rows(orders) == "1-4 5*1@70 6-9");
  disk.commit(letters, stored(1, 1), taken(orders, 8, 1));
  BOOST_TEST(disk.rows(orders) == "1-4 5*1@70 6-7 9");
  disk.commit(orders, stored(10, 2), rescheduled(5, 1, 0, 0));
  BOOST_TEST(disk.rows(orders) == "1-7 9-11");
}

// -- what a message carries ---------------------------------------------------

BOOST_DATA_TEST_CASE(a_message_comes_back_as_it_was_published, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  auto message = testing::envelope("hello");
  message.content = std::make_shared<const content_type>(content_type{"order", "msgpack"});
  message.headers = std::make_shared<const header_map>(header_map{{"a", "1"}, {"b", ""}});
  disk.commit(orders, stored(message));
  auto found = read_back(disk, orders);
  BOOST_TEST(text_of(found) == "hello");
  BOOST_TEST(found.published_at == message.published_at);
  BOOST_TEST((found.content && *found.content == *message.content));
  BOOST_TEST((found.headers && *found.headers == *message.headers));
}

BOOST_DATA_TEST_CASE(a_raw_message_has_no_type_and_no_headers, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  disk.commit(orders, stored(testing::envelope("hello")));
  auto found = read_back(disk, orders);
  BOOST_TEST(!found.content);
  BOOST_TEST(!found.headers);
}

BOOST_DATA_TEST_CASE(an_empty_payload_comes_back_empty, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  disk.commit(orders, stored(ferry::envelope{}));
  BOOST_TEST(read_back(disk, orders).body.size() == 0u);
}

BOOST_DATA_TEST_CASE(payloads_and_headers_hold_any_bytes, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  auto bytes = std::string{"\x00\xff\x10\"\\\xc3", 6};
  auto message = testing::envelope(bytes);
  message.headers = std::make_shared<const header_map>(header_map{{bytes, bytes}});
  disk.commit(orders, stored(message));
  auto found = read_back(disk, orders);
  BOOST_TEST(text_of(found) == bytes);
  BOOST_TEST((*found.headers == *message.headers));
}

BOOST_DATA_TEST_CASE(neighbours_keep_their_own_types_and_headers, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  auto page = message_page{};
  for (auto i = 0; i < 40; ++i) {
    auto item = testing::envelope("x");
    if (auto name = std::to_string(i / 4); i % 2 == 0) {
      item.content = std::make_shared<const content_type>(content_type{name, "raw"});
      item.headers = std::make_shared<const header_map>(header_map{{"name", name}});
    }
    page.push_back(std::move(item));
  }
  disk.commit(orders,
              store{{std::make_shared<const message_page>(page), 0, 40, sequence_number{1}, 0}});
  auto run = disk.read(orders, 1, 40).runs.at(0);
  auto found = run.envelopes();
  for (auto i = std::size_t{0}; i < page.size(); ++i) {
    BOOST_TEST((found[i].content ? found[i].content->type : "")
               == (page[i].content ? page[i].content->type : ""));
    BOOST_TEST(((found[i].headers ? *found[i].headers : header_map{})
                == (page[i].headers ? *page[i].headers : header_map{})));
  }
}

BOOST_DATA_TEST_CASE(rows_that_share_what_they_carry_are_stored_like_others,
                     every_journal_and_length, kind, length) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  auto message = testing::envelope("x");
  message.content = std::make_shared<const content_type>(content_type{"order", "raw"});
  auto items = std::vector(static_cast<std::size_t>(length), message);
  for (auto i = std::size_t{0}; i < items.size(); ++i)
    items[i].published_at = from_ns(static_cast<std::int64_t>(i));
  auto page = std::make_shared<const message_page>(items.begin(), items.end());
  disk.commit(orders, store{{page, 0, items.size(), sequence_number{1}, 3}});
  auto found = disk.read(orders, 1, 1000).runs;
  BOOST_TEST(found.at(0).deliveries == 3u);
  BOOST_TEST(found[0].count == items.size());
  for (auto i = std::size_t{0}; i < items.size(); ++i) {
    const auto& item = found[0].envelopes()[i];
    BOOST_TEST((item.content && *item.content == *message.content && !item.headers));
    BOOST_TEST(item.published_at == items[i].published_at);
  }
}

// -- attempts -----------------------------------------------------------------

BOOST_DATA_TEST_CASE(attempts_are_added_in_their_order, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  disk.commit(orders, stored(1, 3), failed(1, 2, 1, "a\n"), failed(2, 9, 2, "b\n"));
  disk.commit(orders, failed(2, 1, 3, "c\n"));
  disk.reopen();
  BOOST_TEST(history(disk, orders, 1) == "a\n");
  BOOST_TEST(history(disk, orders, 2) == "a\nb\nc\n");
  BOOST_TEST(history(disk, orders, 3) == "b\n");
  BOOST_TEST(disk.rows(orders) == "1*1 2*3 3*2");
}

BOOST_DATA_TEST_CASE(a_reschedule_without_an_attempt_keeps_the_history, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  disk.commit(orders, stored(1, 2), failed(1, 1, 1, "a\n"), rescheduled(1, 2, 2, 70));
  BOOST_TEST(history(disk, orders, 1) == "a\n");
  BOOST_TEST(!disk.read(orders, 2, 2).runs.at(0).envelopes()[0].headers);
}

BOOST_DATA_TEST_CASE(attempts_follow_those_that_a_message_was_stored_with, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  auto message = with_attempts(testing::envelope("x"), "a\n");
  disk.commit(orders, stored(message), failed(1, 1, 1, "b\n"));
  BOOST_TEST(history(disk, orders, 1) == "a\nb\n");
}

BOOST_DATA_TEST_CASE(attempts_leave_the_other_headers_alone, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  auto message = testing::envelope("x");
  message.headers = std::make_shared<const header_map>(header_map{{"a", "1"}});
  disk.commit(orders, stored(message), failed(1, 1, 1, "b\n"));
  BOOST_TEST((*read_back(disk, orders).headers == header_map{{"a", "1"}, {attempts_header, "b\n"}}));
}

BOOST_DATA_TEST_CASE(an_attempt_whose_reason_is_any_bytes_comes_back, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  auto reason = std::string{"\x00\xff\t\n\\\xc3", 6};
  auto item = attempt{1, at(0s), 3ns, "alice", reason};
  disk.commit(orders, stored(1, 1), failed(1, 1, 1, to_line(item)), failed(1, 1, 2, to_line(item)));
  BOOST_TEST((attempts_of(read_back(disk, orders)) == std::vector{item, item}));
}

// -- sessions -----------------------------------------------------------------

BOOST_DATA_TEST_CASE(a_session_is_recovered_with_its_last_number, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  auto bills = disk.create("bills");
  disk.commit(orders, remembered(7, 3), remembered(7, 9));
  disk.commit(bills, remembered(7, 1));
  BOOST_TEST(disk.sessions(orders) == "7:9");
  BOOST_TEST(disk.sessions(bills) == "7:1");
}

BOOST_DATA_TEST_CASE(sessions_are_recovered_least_recently_used_first, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  disk.commit(orders, remembered(9, 1), remembered(7, 1), remembered(8, 1));
  disk.commit(orders, remembered(9, 2));
  BOOST_TEST(disk.sessions(orders) == "7:1 8:1 9:2");
  disk.commit(orders, remembered(7, 2));
  BOOST_TEST(disk.sessions(orders) == "8:1 9:2 7:2");
}

BOOST_DATA_TEST_CASE(a_forgotten_session_is_gone_until_it_is_remembered_again, every_journal,
                     kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  disk.commit(orders, remembered(7, 1), remembered(8, 1));
  disk.commit(orders, forget_session{session_id{7}}, forget_session{session_id{99}});
  BOOST_TEST(disk.sessions(orders) == "8:1");
  disk.commit(orders, forget_session{session_id{8}}, remembered(8, 5), remembered(7, 1),
              forget_session{session_id{7}});
  BOOST_TEST(disk.sessions(orders) == "8:5");
}

BOOST_DATA_TEST_CASE(a_session_may_be_any_64_bits, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  disk.commit(orders, remembered(~std::uint64_t{0}, 1), remembered(std::uint64_t{1} << 63, 1));
  BOOST_TEST(disk.sessions(orders) == "18446744073709551615:1 9223372036854775808:1");
}

BOOST_DATA_TEST_CASE(a_session_is_recovered_with_its_last_use, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  disk.commit(orders, remembered(7, 1, 70), remembered(8, 1, 60), remembered(7, 2, 50));
  BOOST_TEST(disk.sessions(orders) == "8:1@60 7:2@50");
}

// -- message ids --------------------------------------------------------------

BOOST_DATA_TEST_CASE(ids_are_recovered_longest_remembered_first_then_by_id, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  disk.commit(orders, published("tea", 70), published("rum", 60), handled("b", 65),
              published("a", 65), handled("tea", 60));
  BOOST_TEST(disk.ids(orders) == "+rum@60 -tea@60 +a@65 -b@65 +tea@70");
}

BOOST_DATA_TEST_CASE(each_queue_remembers_its_own_ids, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  auto bills = disk.create("bills");
  disk.commit(orders, published("tea", 1));
  disk.commit(bills, published("tea", 2), forgotten(id_kind::published, "rum"));
  BOOST_TEST(disk.ids(orders) == "+tea@1");
  BOOST_TEST(disk.ids(bills) == "+tea@2");
}

BOOST_DATA_TEST_CASE(an_id_is_forgotten_only_for_what_it_was_remembered_for, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  disk.commit(orders, published("tea", 1), handled("tea", 1));
  disk.commit(orders, forgotten(id_kind::handled, "tea"), forgotten(id_kind::handled, "rum"));
  BOOST_TEST(disk.ids(orders) == "+tea@1");
}

BOOST_DATA_TEST_CASE(the_last_word_on_an_id_counts, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  disk.commit(orders, published("tea", 1), forgotten(id_kind::published, "tea"),
              published("tea", 3), published("rum", 2), forgotten(id_kind::published, "rum"));
  BOOST_TEST(disk.ids(orders) == "+tea@3");
  disk.commit(orders, published("tea", 2));
  BOOST_TEST(disk.ids(orders) == "+tea@2");
}

BOOST_DATA_TEST_CASE(an_id_may_be_any_bytes, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  auto zero = std::string{"\0", 1};
  disk.commit(orders, published("\xff", 1), published("", 1), published(zero, 1),
              published(zero + "a", 1), forgotten(id_kind::published, zero));
  BOOST_TEST(disk.ids(orders) == "+@1 +" + zero + "a@1 +\xff@1");
}

// -- suspects -----------------------------------------------------------------

BOOST_DATA_TEST_CASE(suspects_are_recovered_in_their_order, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  auto bills = disk.create("bills");
  disk.commit(orders, stored(1, 9), suspected(7, 2), suspected(2, 2), suspected(3, 1));
  disk.commit(bills, stored(1, 9), suspected(9, 1));
  BOOST_TEST(disk.suspects(orders) == "2 3 7 8");
  BOOST_TEST(disk.suspects(bills) == "9");
}

BOOST_DATA_TEST_CASE(a_suspicion_is_taken_off_as_a_range, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  disk.commit(orders, stored(1, 9), suspected(1, 9), cleared(3, 4), cleared(3, 1), cleared(1, 0));
  BOOST_TEST(disk.suspects(orders) == "1 2 7 8 9");
  disk.commit(orders, cleared(2, ~std::uint64_t{0}), suspected(8, 1));
  BOOST_TEST(disk.suspects(orders) == "1 8");
}

BOOST_DATA_TEST_CASE(only_what_has_a_row_is_suspected, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  auto letters = disk.create("orders.dead");
  disk.commit(orders, stored(1, 4), suspected(1, ~std::uint64_t{0}), erased(2, 1), stored(5, 1));
  disk.commit(letters, stored(1, 1), taken(orders, 4, 1));
  BOOST_TEST(disk.suspects(orders) == "1 3");
}

BOOST_DATA_TEST_CASE(a_suspect_that_is_gone_is_dropped_by_the_next_recovery, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  disk.commit(orders, stored(1, 2), suspected(1, 2), erased(1, 1));
  BOOST_TEST(disk.suspects(orders) == "2");
  disk.commit(orders, stored(1, 1));
  BOOST_TEST(disk.suspects(orders) == "2");
}

// -- reading ------------------------------------------------------------------

BOOST_DATA_TEST_CASE(a_read_is_one_page_and_covers_all_that_was_asked, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  disk.commit(orders, stored(1, 6), erased(4, 1), rescheduled(2, 1, 1, 0));
  auto page = disk.read(orders, 2, 50);
  BOOST_TEST(told(page.runs) == "2*1 3 5-6");
  BOOST_TEST(page.covered == sequence_number{50});
  BOOST_TEST(texts(page.runs[2]) == "ef");
  BOOST_TEST((page.runs[0].page == page.runs[2].page));
}

BOOST_DATA_TEST_CASE(rows_outside_the_asked_range_are_not_read, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  auto bills = disk.create("bills");
  disk.commit(orders, stored(1, 6));
  disk.commit(bills, stored(1, 6));
  BOOST_TEST(told(disk.read(orders, 3, 4).runs) == "3-4");
}

BOOST_DATA_TEST_CASE(a_limited_read_covers_only_what_it_found, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  disk.commit(orders, stored(1, 5), erased(2, 1));
  auto page = disk.read(orders, 1, 9, {3});
  BOOST_TEST(told(page.runs) == "1 3-4");
  BOOST_TEST(page.covered == sequence_number{4});
}

BOOST_DATA_TEST_CASE(the_row_that_reaches_the_limit_of_bytes_is_the_last, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  disk.commit(orders, stored(1, 5)); // one byte each
  BOOST_TEST(told(disk.read(orders, 1, 9, {100, 2}).runs) == "1-2");
  BOOST_TEST(disk.read(orders, 1, 9, {100, 2}).covered == sequence_number{2});
  BOOST_TEST(disk.read(orders, 1, 9, {100, 6}).covered == sequence_number{9});
}

BOOST_DATA_TEST_CASE(a_limit_above_the_number_of_rows_leaves_nothing_uncovered, every_journal,
                     kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  disk.commit(orders, stored(1, 4));
  BOOST_TEST(disk.read(orders, 1, 9, {4}).covered == sequence_number{4});
  BOOST_TEST(disk.read(orders, 1, 9, {5}).covered == sequence_number{9});
}

BOOST_DATA_TEST_CASE(a_read_where_nothing_is_left_finds_nothing, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  auto page = disk.read(orders, 1, 9);
  BOOST_TEST(page.runs.empty());
  BOOST_TEST(page.covered == sequence_number{9});
}

// -- reading beside the journal -----------------------------------------------

BOOST_DATA_TEST_CASE(a_reader_sees_what_a_commit_that_returned_has_written, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  auto reader = disk->open_reader().value();
  auto seen = [&] {
    return told(reader->read(orders, sequence_number{1}, sequence_number{99}, {}).value().runs);
  };
  BOOST_TEST(seen() == "");
  disk.commit(orders, stored(1, 5), failed(2, 1, 1, "a\n"));
  BOOST_TEST(seen() == "1 2*1 3-5");
  disk.commit(orders, erased(1, 2), stored(6, 1));
  BOOST_TEST(seen() == "3-6");
}

BOOST_DATA_TEST_CASE(a_reader_reads_as_its_journal_does, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  auto reader = disk->open_reader().value();
  auto message = testing::envelope("hello");
  message.content = std::make_shared<const content_type>(content_type{"order", "msgpack"});
  message.headers = std::make_shared<const header_map>(header_map{{"a", "1"}});
  disk.commit(orders, stored(message), failed(1, 1, 1, "b\n"), stored(2, 5));
  auto limited = reader->read(orders, sequence_number{1}, sequence_number{9}, {3, 1000}).value();
  BOOST_TEST(told(limited.runs) == "1*1 2-3");
  BOOST_TEST(limited.covered == sequence_number{3});
  auto found = limited.runs[0].envelopes()[0];
  BOOST_TEST((found.content && *found.content == *message.content));
  BOOST_TEST((*found.headers == header_map{{"a", "1"}, {attempts_header, "b\n"}}));
}

BOOST_DATA_TEST_CASE(a_reader_meets_types_that_were_added_after_it_was_opened, every_journal,
                     kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  auto reader = disk->open_reader().value();
  for (auto sequence = std::uint64_t{1}; sequence <= 3; ++sequence) {
    auto message = testing::envelope("hello");
    auto name = "type " + std::to_string(sequence);
    message.content = std::make_shared<const content_type>(content_type{name, "raw"});
    auto page = std::make_shared<const message_page>(message_page{message});
    disk.commit(orders, store{{page, 0, 1, sequence_number{sequence}, 0}});
    auto last = sequence_number{sequence};
    auto run = reader->read(orders, last, last, {}).value().runs.at(0);
    BOOST_TEST(run.envelopes()[0].content->type == name);
  }
}

BOOST_DATA_TEST_CASE(a_reader_goes_on_after_a_failed_commit, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  auto reader = disk->open_reader().value();
  disk.commit(orders, stored(1, 2));
  auto bad = persistence::write_batch{orders, {erased(1, 1), stored(2, 1)}};
  BOOST_TEST(disk.try_to_commit(bad) == errc::journal_failed);
  auto page = reader->read(orders, sequence_number{1}, sequence_number{9}, {}).value();
  BOOST_TEST(told(page.runs) == "1-2");
  BOOST_TEST(!disk->open_reader().ok());
}

// -- failing ------------------------------------------------------------------

BOOST_DATA_TEST_CASE(a_failed_commit_changes_nothing, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  auto bills = disk.create("bills");
  disk.commit(orders, stored(1, 2), remembered(7, 2), published("tea", 1), suspected(1, 1));
  auto good = persistence::write_batch{bills, {stored(1, 3), taken(orders, 1, 1)}};
  auto bad = persistence::write_batch{
    orders,
    {remembered(7, 5), forgotten(id_kind::published, "tea"), cleared(1, 1), failed(1, 2, 1, "a\n"),
     stored(3, 1), stored(2, 1)}};
  BOOST_TEST(disk.try_to_commit(good, bad) == errc::journal_failed);
  BOOST_TEST(disk->figures().stored == 2u);
  BOOST_TEST(disk.rows(orders) == "1-2");
  BOOST_TEST(disk.rows(bills) == "");
  BOOST_TEST(disk.sessions(orders) == "7:2");
  BOOST_TEST(disk.ids(orders) == "+tea@1");
  BOOST_TEST(disk.suspects(orders) == "1");
  BOOST_TEST(history(disk, orders, 1) == "");
  BOOST_TEST(disk.recovered(orders).next == sequence_number{3});
}

BOOST_DATA_TEST_CASE(after_a_failed_commit_only_opening_again_helps, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  disk.commit(orders, stored(1, 1));
  auto bad = persistence::write_batch{orders, {stored(1, 1)}};
  auto good = persistence::write_batch{orders, {stored(2, 1)}};
  BOOST_TEST(disk.try_to_commit(bad) == errc::journal_failed);
  BOOST_TEST(disk.try_to_commit(good) == errc::journal_failed);
  BOOST_TEST(!disk->create_queue("bills", {}).ok());
  BOOST_TEST(!disk->read(orders, sequence_number{1}, sequence_number{1}, {}).ok());
  disk.reopen();
  BOOST_TEST(disk.try_to_commit(good) == errc::none);
  BOOST_TEST(disk.rows(orders) == "1-2");
}

BOOST_DATA_TEST_CASE(storing_into_a_queue_that_was_never_created_fails, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto stray = persistence::write_batch{queue_id{5}, {stored(1, 1)}};
  BOOST_TEST(disk.try_to_commit(stray) == errc::journal_failed);
}

// -- figures ------------------------------------------------------------------

BOOST_DATA_TEST_CASE(figures_count_commits_and_rows_since_opening, every_journal, kind) {
  auto disk = journal_under_test{kind};
  auto orders = disk.create("orders");
  auto letters = disk.create("orders.dead");
  disk.commit(orders, stored(1, 40), erased(1, 2), erased(1, 2));
  disk.commit(letters, stored(1, 1), taken(orders, 3, 1));
  BOOST_TEST(disk->figures().commits == 2u);
  BOOST_TEST(disk->figures().stored == 41u);
  BOOST_TEST(disk->figures().erased == 3u);
  BOOST_TEST((disk->figures().file_bytes > 0) == (kind == journal_kind::sqlite));
  disk.reopen();
  BOOST_TEST(disk->figures().commits == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
