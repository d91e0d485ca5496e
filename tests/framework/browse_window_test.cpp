#include "ferry/queue/browse_window.hpp"

#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::testing {
namespace {

browse_query first_of(std::uint32_t limit) {
  auto query = browse_query{};
  query.limit = limit;
  return query;
}

browsed_run ready(std::uint64_t first, std::uint64_t count) {
  return {message_state::ready, disk_run(first, count), {}, {}};
}

browsed_run delayed(std::uint64_t first, std::uint64_t count) {
  return {message_state::delayed, disk_run(first, count), at(1s), {}};
}

list shown(const browse_view& view) {
  auto all = list{};
  for (const auto& item : view.runs)
    all.add(value_of(item.run.first), item.run.count);
  return all;
}

browse_view looked(const browse_query& query, std::initializer_list<browsed_run> runs) {
  auto window = browse_window{query};
  for (const auto& run : runs)
    window.add(run);
  return window.take(sequence_number{99});
}

} // namespace

BOOST_AUTO_TEST_SUITE(browse_window_suite)

BOOST_AUTO_TEST_CASE(runs_are_shown_by_sequence_whatever_order_they_come_in) {
  auto view = looked(first_of(10), {delayed(5, 2), ready(1, 2)});
  BOOST_TEST(shown(view) == (list{1, 2, 5, 6}));
  BOOST_TEST(!view.is_cut);
}

BOOST_AUTO_TEST_CASE(the_lowest_sequences_are_kept_and_the_rest_is_cut) {
  auto view = looked(first_of(3), {delayed(5, 4), ready(1, 2)});
  BOOST_TEST(shown(view) == (list{1, 2, 5}));
  BOOST_TEST(view.is_cut);
}

BOOST_AUTO_TEST_CASE(exactly_as_many_as_were_asked_for_are_not_cut) {
  BOOST_TEST(!looked(first_of(2), {ready(1, 2)}).is_cut);
  BOOST_TEST(looked(first_of(2), {ready(1, 3)}).is_cut);
  BOOST_TEST(looked(first_of(2), {ready(1, 2), ready(9, 1)}).is_cut);
}

BOOST_AUTO_TEST_CASE(what_lies_before_the_page_is_left_out) {
  auto query = first_of(10);
  query.after = sequence_number{3};
  BOOST_TEST(shown(looked(query, {ready(1, 2), ready(3, 4)})) == (list{4, 5, 6}));
}

BOOST_AUTO_TEST_CASE(only_messages_in_the_wanted_state_are_shown) {
  auto query = first_of(10);
  query.state = message_state::delayed;
  BOOST_TEST(shown(looked(query, {ready(1, 2), delayed(3, 1)})) == list{3});
}

BOOST_AUTO_TEST_CASE(only_listed_messages_are_shown_and_each_of_them_once) {
  auto query = first_of(10);
  query.sequences = {sequence_number{6}, sequence_number{2}, sequence_number{6}};
  BOOST_TEST(shown(looked(query, {ready(1, 4), delayed(5, 4)})) == (list{2, 6}));
}

BOOST_AUTO_TEST_CASE(a_list_is_cut_only_where_a_listed_message_follows) {
  auto query = first_of(1);
  query.sequences = {sequence_number{2}, sequence_number{3}};
  BOOST_TEST(!looked(query, {ready(1, 2), ready(4, 9)}).is_cut);
  BOOST_TEST(looked(query, {ready(1, 9)}).is_cut);
}

BOOST_AUTO_TEST_CASE(a_filter_by_time_looks_at_more_than_it_shows) {
  auto query = first_of(1);
  query.published_from = at(0s);
  auto view = looked(query, {ready(1, longest_browse + 1)});
  BOOST_TEST(shown(view).numbers.size() == longest_browse);
  BOOST_TEST(view.is_cut);
}

BOOST_AUTO_TEST_CASE(a_long_backlog_is_left_as_soon_as_the_page_is_full) {
  auto window = browse_window{first_of(2)};
  window.add(ready(1, 2));
  BOOST_TEST(!window.ends_before(sequence_number{2}));
  BOOST_TEST(window.ends_before(sequence_number{3}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
