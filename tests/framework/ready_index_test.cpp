#include "ferry/queue/ready_index.hpp"

#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::testing {
namespace {

constexpr auto trillion = std::uint64_t{1'000'000'000'000};
constexpr auto all = std::uint64_t{1000};

/// What `count` messages of one byte take, in one run.
constexpr std::size_t cost_of(std::uint64_t count) {
  return count * (1 + envelope_bytes) + run_bytes;
}

struct ready_index_fixture {
  ready_index ready{resident_share{cost_of(10)}, backing::disk};

  list taken(std::uint64_t max_messages = all, std::size_t max_bytes = 1000) {
    auto run = ready.take(max_messages, max_bytes);
    return run ? sequences(*run) : list{};
  }

  void load(std::uint64_t first, std::uint64_t covered, std::vector<message_run> found) {
    ready.load(sequence_number{first}, sequence_number{covered}, std::move(found));
  }

  std::vector<message_run> taken_of(std::initializer_list<std::uint64_t> numbers) {
    auto wanted = std::vector<sequence_number>{};
    for (auto number : numbers)
      wanted.push_back(sequence_number{number});
    return ready.take(wanted);
  }

  disk_range missing() const {
    return ready.missing().value_or(disk_range{});
  }
};

disk_range range(std::uint64_t first, std::uint64_t last) {
  return {sequence_number{first}, sequence_number{last}};
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(ready_index_suite, ready_index_fixture)

// -- taking -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(nothing_is_taken_when_nothing_is_ready) {
  BOOST_TEST(taken() == list{});
}

BOOST_AUTO_TEST_CASE(a_returned_message_takes_its_old_place) {
  ready.add(run_of(5, 1));
  ready.add(run_of(2, 1));
  BOOST_TEST(taken() == list{2});
  BOOST_TEST(taken() == list{5});
}

BOOST_AUTO_TEST_CASE(the_messages_taken_are_of_one_run) {
  ready.add(run_of(1, 2));
  ready.add(run_of(3, 2));
  BOOST_TEST(taken() == (list{1, 2}));
}

BOOST_AUTO_TEST_CASE(a_run_that_is_taken_in_parts_keeps_order_and_payloads) {
  ready.add(run_of(1, 3));
  BOOST_TEST(texts(*ready.take(1, 1000)) == "a");
  BOOST_TEST(texts(*ready.take(2, 1000)) == "bc");
}

BOOST_AUTO_TEST_CASE(at_most_max_messages_are_taken) {
  ready.add(run_of(1, 4));
  BOOST_TEST(taken(3) == (list{1, 2, 3}));
  BOOST_TEST(taken(3) == list{4});
}

BOOST_AUTO_TEST_CASE(nothing_is_taken_for_zero_messages) {
  ready.add(run_of(1, 1));
  BOOST_TEST(taken(0) == list{});
  BOOST_TEST(ready.size() == 1u);
}

BOOST_AUTO_TEST_CASE(at_most_max_bytes_are_taken) {
  ready.add({page_of("aa", "bb", "cc"), 0, 3, sequence_number{1}, 0});
  BOOST_TEST(taken(all, 4) == (list{1, 2}));
  ready.add({page_of("aa", "bb"), 0, 2, sequence_number{1}, 0});
  BOOST_TEST(taken(all, 3) == list{1});
}

BOOST_AUTO_TEST_CASE(a_first_message_larger_than_max_bytes_is_taken_alone) {
  ready.add({page_of("aaaa", "b"), 0, 2, sequence_number{1}, 0});
  BOOST_TEST(taken(all, 3) == list{1});
}

BOOST_AUTO_TEST_CASE(what_is_taken_is_counted_no_more) {
  ready.add(run_of(1, 3));
  (void)taken(2);
  BOOST_TEST(ready.size() == 1u);
  BOOST_TEST(ready.resident_bytes() == cost_of(1));
  (void)taken();
  BOOST_TEST(ready.resident_bytes() == 0u);
}

// -- the budget ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_run_that_fills_the_budget_keeps_its_page) {
  ready.add(run_of(1, 10));
  BOOST_TEST(!ready.missing().has_value());
  BOOST_TEST(ready.resident_bytes() == cost_of(10));
}

BOOST_AUTO_TEST_CASE(a_run_that_exceeds_the_budget_is_kept_without_its_page) {
  ready.add(run_of(1, 11));
  BOOST_TEST((missing() == range(1, 11)));
  BOOST_TEST(ready.resident_bytes() == 0u);
  BOOST_TEST(ready.size() == 11u);
}

BOOST_AUTO_TEST_CASE(taking_messages_makes_room_in_the_budget) {
  ready.add(run_of(1, 10));
  (void)taken();
  ready.add(run_of(11, 10));
  BOOST_TEST(ready.resident_bytes() == cost_of(10));
}

BOOST_AUTO_TEST_CASE(a_queue_without_a_disk_keeps_every_page) {
  auto volatile_ones = ready_index{resident_share{0}, backing::none};
  volatile_ones.add(run_of(1, 500));
  BOOST_TEST(volatile_ones.resident_bytes() == cost_of(500));
}

BOOST_AUTO_TEST_CASE(the_youngest_give_their_pages_up_for_one_that_returns) {
  ready.add(run_of(2, 4));
  ready.add(run_of(6, 3));
  ready.add(run_of(1, 1));
  BOOST_TEST(ready.resident_bytes() == cost_of(4) + cost_of(1));
  BOOST_TEST((missing() == range(6, 8)));
  BOOST_TEST(taken() == list{1});
  BOOST_TEST(taken() == (list{2, 3, 4, 5}));
}

BOOST_AUTO_TEST_CASE(what_lies_behind_rows_on_disk_gives_its_page_up_for_them) {
  ready.add(disk_run(1, 5));
  ready.add(run_of(6, 8));
  load(1, 5, {run_of(1, 5)});
  BOOST_TEST(taken() == (list{1, 2, 3, 4, 5}));
  BOOST_TEST((missing() == range(6, 13)));
}

BOOST_AUTO_TEST_CASE(pages_that_were_given_up_become_one_range_with_their_neighbours) {
  ready.add(run_of(2, 5));
  ready.add(run_of(7, 2));
  ready.add(disk_run(9, 100));
  ready.add(run_of(109, 1));
  BOOST_TEST((missing() == range(9, 109)));
  ready.add(run_of(1, 1));
  BOOST_TEST((missing() == range(7, 109)));
}

BOOST_AUTO_TEST_CASE(what_was_read_as_the_oldest_stays_although_it_exceeds_the_budget) {
  ready.add(disk_run(1, 20));
  load(1, 20, {run_of(1, 20)});
  BOOST_TEST(!ready.missing().has_value());
  BOOST_TEST(ready.resident_bytes() == cost_of(20));
}

BOOST_AUTO_TEST_CASE(what_is_put_back_stays_although_it_exceeds_the_budget) {
  ready.add(disk_run(1, 20));
  load(1, 20, {run_of(1, 20)});
  auto rest = ready.take(all, 1000).value();
  (void)split_front(rest, 1);
  ready.put_back(std::move(rest));
  BOOST_TEST(!ready.missing().has_value());
  BOOST_TEST(ready.resident_bytes() == cost_of(19));
  BOOST_TEST(taken(1) == list{2});
}

BOOST_AUTO_TEST_CASE(what_was_read_beyond_the_budget_is_read_again_but_for_the_oldest) {
  ready.add(disk_run(1, 20));
  load(1, 20, {run_of(1, 8), run_of(9, 8), run_of(17, 4)});
  BOOST_TEST((missing() == range(9, 20)));
}

BOOST_AUTO_TEST_CASE(a_common_budget_that_others_use_up_counts_as_well) {
  auto common = std::make_shared<resident_budget>(least_share);
  auto crowded = ready_index{resident_share{SIZE_MAX, common}, backing::disk};
  auto many = least_share / (1 + envelope_bytes); // with their run that is too much
  crowded.add(run_of(1, many));
  BOOST_TEST(crowded.resident_bytes() == 0u);
  common->take(least_share);
  crowded.add(run_of(1000, 10));
  BOOST_TEST(crowded.resident_bytes() == cost_of(10));
}

// -- on disk only -------------------------------------------------------------

BOOST_AUTO_TEST_CASE(nothing_is_taken_while_the_oldest_is_on_disk_only) {
  ready.add(run_of(5, 1));
  ready.add(disk_run(1, 4));
  BOOST_TEST(taken() == list{});
  BOOST_TEST((missing() == range(1, 4)));
}

BOOST_AUTO_TEST_CASE(the_oldest_that_has_its_page_is_taken_before_what_is_missing) {
  ready.add(run_of(1, 1));
  ready.add(disk_run(2, 4));
  BOOST_TEST((missing() == range(2, 5)));
  BOOST_TEST(taken() == list{1});
  BOOST_TEST(taken() == list{});
}

BOOST_AUTO_TEST_CASE(neighbours_on_disk_become_one_range) {
  ready.add(disk_run(1, 4));
  ready.add(disk_run(5, 4));
  BOOST_TEST((missing() == range(1, 8)));
}

BOOST_AUTO_TEST_CASE(neighbours_on_disk_stay_apart_when_their_counts_differ) {
  ready.add(disk_run(1, 4, 0));
  ready.add(disk_run(5, 4, 1));
  BOOST_TEST((missing() == range(1, 4)));
}

BOOST_AUTO_TEST_CASE(neighbours_on_disk_stay_apart_over_a_gap) {
  ready.add(disk_run(1, 4));
  ready.add(disk_run(6, 4));
  BOOST_TEST((missing() == range(1, 4)));
}

// A cost per message would not end within a lifetime.
BOOST_AUTO_TEST_CASE(a_backlog_on_disk_is_one_entry_however_long_it_is) {
  for (auto part = std::uint64_t{0}; part < 1000; ++part)
    ready.add(disk_run(1 + part * trillion, trillion));
  BOOST_TEST((missing() == range(1, 1000 * trillion)));
  BOOST_TEST(ready.size() == 1000 * trillion);
}

// -- loading ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_was_read_replaces_its_rows) {
  ready.add(disk_run(1, 3));
  load(1, 3, {run_of(1, 3)});
  BOOST_TEST(taken() == (list{1, 2, 3}));
}

BOOST_AUTO_TEST_CASE(rows_behind_the_covered_ones_stay_on_disk) {
  ready.add(disk_run(1, 10));
  load(1, 4, {run_of(1, 4)});
  BOOST_TEST(taken() == (list{1, 2, 3, 4}));
  BOOST_TEST((missing() == range(5, 10)));
}

BOOST_AUTO_TEST_CASE(rows_that_were_not_found_are_gone) {
  ready.add(disk_run(1, 5));
  load(1, 4, {run_of(2, 1), run_of(4, 1)});
  BOOST_TEST(ready.size() == 3u);
  BOOST_TEST(taken() == list{2});
  BOOST_TEST(taken() == list{4});
  BOOST_TEST((missing() == range(5, 5)));
}

BOOST_AUTO_TEST_CASE(a_page_of_a_long_backlog_costs_nothing_for_the_rest) {
  ready.add(disk_run(1, trillion));
  load(1, 2, {run_of(1, 2)});
  BOOST_TEST(ready.size() == trillion);
  (void)taken();
  BOOST_TEST((missing() == range(3, trillion)));
}

BOOST_AUTO_TEST_CASE(a_range_that_grew_since_it_was_asked_for_is_loaded_in_part) {
  ready.add(disk_run(1, 2));
  ready.add(disk_run(3, 2));
  load(1, 2, {run_of(1, 2)});
  (void)taken();
  BOOST_TEST((missing() == range(3, 4)));
}

BOOST_AUTO_TEST_CASE(a_page_that_nobody_waits_for_is_ignored) {
  ready.add(run_of(1, 1));
  ready.add(disk_run(4, 2));
  load(1, 2, {run_of(1, 2)});
  load(6, 6, {run_of(6, 1)});
  BOOST_TEST(ready.size() == 3u);
  BOOST_TEST(ready.resident_bytes() == cost_of(1));
}

BOOST_AUTO_TEST_CASE(a_range_that_grew_to_the_front_is_loaded_in_its_middle) {
  ready.add(disk_run(4, 4));
  ready.add(disk_run(1, 3));
  load(4, 5, {run_of(4, 2)});
  BOOST_TEST((missing() == range(1, 3)));
  load(1, 3, {run_of(1, 3)});
  BOOST_TEST(taken() == (list{1, 2, 3}));
  BOOST_TEST(taken() == (list{4, 5}));
  BOOST_TEST((missing() == range(6, 7)));
}

BOOST_AUTO_TEST_CASE(it_tells_which_rows_a_page_replaced) {
  ready.add(disk_run(1, 5));
  (void)taken_of({4});
  auto rows = ready.load(sequence_number{1}, sequence_number{5}, {run_of(1, 2), run_of(3, 3)});
  BOOST_TEST(value_of(rows.first) == 1u);
  BOOST_TEST(rows.count == 3u);
  BOOST_TEST(rows.payload_bytes == 3u);
  BOOST_TEST(ready.load(sequence_number{1}, sequence_number{5}, {run_of(1, 5)}).count == 0u);
}

BOOST_AUTO_TEST_CASE(what_lies_on_disk_only_is_counted) {
  ready.add(run_of(1, 2));
  ready.add(disk_run(3, 5));
  ready.add(disk_run(8, 2));
  BOOST_TEST(ready.spilled() == 7u);
  load(3, 4, {run_of(3, 2)});
  BOOST_TEST(ready.spilled() == 5u);
  (void)taken_of({9});
  BOOST_TEST(ready.spilled() == 4u);
}

BOOST_AUTO_TEST_CASE(what_has_no_row_keeps_its_page_beside_rows_on_disk) {
  auto spilling = ready_index{resident_share{1}, backing::none};
  spilling.add(run_of(1, 2));
  spilling.add(disk_run(3, 5));
  (void)spilling.load(sequence_number{3}, sequence_number{4}, {run_of(3, 1), run_of(4, 1)});
  spilling.add(run_of(9, 1));
  BOOST_TEST(spilling.spilled() == 3u);
}

// -- ahead --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(everything_before_the_first_row_on_disk_is_ahead) {
  ready.add(run_of(1, 2));
  ready.add(run_of(3, 3));
  ready.add(disk_run(6, 1));
  ready.add(run_of(7, 1));
  BOOST_TEST(ready.ahead(all).messages == 5u);
  BOOST_TEST(ready.ahead(all).bytes == cost_of(2) + cost_of(3));
}

BOOST_AUTO_TEST_CASE(nothing_is_ahead_while_the_oldest_is_on_disk_only) {
  ready.add(disk_run(1, 1));
  ready.add(run_of(2, 1));
  BOOST_TEST(ready.ahead(all).messages == 0u);
}

BOOST_AUTO_TEST_CASE(no_more_runs_are_counted_than_were_asked_for) {
  ready.add(run_of(1, 2));
  ready.add(run_of(3, 3));
  BOOST_TEST(ready.ahead(2).messages == 2u);
  BOOST_TEST(ready.ahead(3).messages == 5u);
}

// -- taking by sequence -------------------------------------------------------

BOOST_AUTO_TEST_CASE(messages_are_taken_out_of_the_middle_and_the_rest_stays) {
  ready.add(run_of(1, 5));
  BOOST_TEST(sequences(taken_of({2, 4})) == (list{2, 4}));
  BOOST_TEST(ready.size() == 3u);
  BOOST_TEST(ready.resident_bytes() == 3 * cost_of(1));
  BOOST_TEST(taken() == list{1});
  BOOST_TEST(taken() == list{3});
  BOOST_TEST(taken() == list{5});
}

BOOST_AUTO_TEST_CASE(what_is_not_ready_is_not_taken) {
  ready.add(run_of(3, 1));
  BOOST_TEST(taken_of({2, 4}).empty());
  BOOST_TEST(ready.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_taken_message_keeps_its_payload_and_count) {
  ready.add(run_of(1, 3, 2));
  auto run = taken_of({2}).at(0);
  BOOST_TEST(texts(run) == letter(2));
  BOOST_TEST(run.deliveries == 2u);
}

// Once read, they would have been ready here and on their way elsewhere.
BOOST_AUTO_TEST_CASE(rows_that_were_taken_while_they_were_read_stay_taken) {
  ready.add(disk_run(1, 5));
  BOOST_TEST(sequences(taken_of({3})) == list{3});
  load(1, 5, {run_of(1, 5)});
  BOOST_TEST(ready.size() == 4u);
  BOOST_TEST(taken() == (list{1, 2}));
  BOOST_TEST((missing() == range(4, 5)));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
