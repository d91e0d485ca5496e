#include "ferry/queue/browse.hpp"

#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::testing {
namespace {

browse_view view_of(std::vector<browsed_run> runs, bool is_cut = false) {
  return {std::move(runs), is_cut, sequence_number{99}};
}

browsed_run ready(message_run run) {
  return {message_state::ready, std::move(run), {}, {}};
}

list shown(const browse_page& page) {
  auto all = list{};
  for (const auto& item : page.items)
    all.add(value_of(item.sequence), 1);
  return all;
}

// Message n was published n seconds after the start.
message_run timed_run(std::uint64_t first, std::uint64_t count) {
  auto page = message_page{};
  for (auto sequence = first; sequence < first + count; ++sequence) {
    auto item = envelope(letter(sequence));
    item.published_at = at(std::chrono::seconds{sequence});
    page.push_back(std::move(item));
  }
  return {std::make_shared<const message_page>(std::move(page)), 0, count, sequence_number{first},
          0};
}

} // namespace

BOOST_AUTO_TEST_SUITE(browse_suite)

BOOST_AUTO_TEST_CASE(a_page_shows_between_one_and_a_thousand_messages) {
  auto with_limit = [](std::uint32_t limit) {
    auto query = browse_query{};
    query.limit = limit;
    return check(query).code;
  };
  BOOST_TEST(with_limit(0) == errc::invalid_argument);
  BOOST_TEST(with_limit(1) == errc::none);
  BOOST_TEST(with_limit(1000) == errc::none);
  BOOST_TEST(with_limit(1001) == errc::invalid_argument);
}

BOOST_AUTO_TEST_CASE(neighbouring_rows_that_are_missing_are_one_range) {
  auto view = view_of({ready(disk_run(1, 2)), ready(disk_run(3, 1, 1)), ready(run_of(4, 1)),
                       ready(disk_run(5, 2))});
  auto expected = std::vector<row_range>{{sequence_number{1}, sequence_number{3}},
                                         {sequence_number{5}, sequence_number{6}}};
  BOOST_TEST((rows_missing(view) == expected));
}

BOOST_AUTO_TEST_CASE(resident_messages_are_shown_with_everything_that_is_known) {
  auto held = browsed_run{message_state::in_flight, run_of(7, 1, 2), at(30s), consumer_id{4}};
  auto page = page_of({}, view_of({held}), {});
  BOOST_REQUIRE(page.items.size() == 1u);
  const auto& item = page.items.front();
  BOOST_TEST(item.sequence == sequence_number{7});
  BOOST_TEST((item.state == message_state::in_flight));
  BOOST_TEST(item.deliveries == 2u);
  BOOST_TEST(item.due == at(30s));
  BOOST_TEST(item.consumer == consumer_id{4});
  BOOST_TEST(text_of(item.message) == letter(7));
  BOOST_TEST(!page.next.has_value());
  BOOST_TEST(page.newest == sequence_number{99});
}

BOOST_AUTO_TEST_CASE(payloads_on_disk_are_shown_from_the_rows_that_were_read) {
  auto rows = rows_read{{run_of(1, 1), run_of(3, 2)}, last_sequence};
  auto page = page_of({}, view_of({ready(disk_run(1, 1)), ready(disk_run(3, 2))}), rows);
  BOOST_TEST(shown(page) == (list{1, 3, 4}));
  BOOST_TEST(text_of(page.items.back().message) == letter(4));
}

BOOST_AUTO_TEST_CASE(a_row_that_is_gone_ended_meanwhile_and_is_not_shown) {
  auto rows = rows_read{{run_of(1, 1), run_of(3, 1)}, last_sequence};
  BOOST_TEST(shown(page_of({}, view_of({ready(disk_run(1, 3))}), rows)) == (list{1, 3}));
}

BOOST_AUTO_TEST_CASE(a_page_ends_where_reading_ended_and_tells_where_to_go_on) {
  auto rows = rows_read{{run_of(1, 2)}, sequence_number{2}};
  auto page = page_of({}, view_of({ready(disk_run(1, 3))}), rows);
  BOOST_TEST(shown(page) == (list{1, 2}));
  BOOST_TEST(page.next.value() == sequence_number{2});
}

BOOST_AUTO_TEST_CASE(the_last_page_names_no_next_one) {
  BOOST_TEST(!page_of({}, view_of({ready(run_of(1, 3))}), {}).next.has_value());
  BOOST_TEST(page_of({}, view_of({ready(run_of(1, 3))}, true), {}).next.value()
             == sequence_number{3});
}

BOOST_AUTO_TEST_CASE(a_filter_by_time_includes_its_first_instant_and_not_its_last) {
  auto query = browse_query{};
  query.published_from = at(2s);
  query.published_to = at(4s);
  BOOST_TEST(shown(page_of(query, view_of({ready(timed_run(1, 5))}), {})) == (list{2, 3}));
}

BOOST_AUTO_TEST_CASE(a_filter_by_time_that_shows_nothing_goes_on_after_what_it_saw) {
  auto query = browse_query{};
  query.published_from = at(1h);
  auto page = page_of(query, view_of({ready(timed_run(1, 5))}, true), {});
  BOOST_TEST(page.items.empty());
  BOOST_TEST(page.next.value() == sequence_number{5});
}

BOOST_AUTO_TEST_CASE(a_full_page_goes_on_after_its_last_message) {
  auto query = browse_query{};
  query.limit = 2;
  auto page = page_of(query, view_of({ready(run_of(1, 5))}), {});
  BOOST_TEST(shown(page) == (list{1, 2}));
  BOOST_TEST(page.next.value() == sequence_number{2});
}

BOOST_AUTO_TEST_CASE(without_payloads_a_page_still_shows_headers) {
  auto item = envelope("a");
  item.headers = std::make_shared<const header_map>(header_map{{"colour", "red"}});
  auto run = message_run{std::make_shared<const message_page>(message_page{item}), 0, 1,
                         sequence_number{1}, 0};
  auto query = browse_query{};
  query.payload = browse_payload::without;
  auto shown = page_of(query, view_of({ready(run)}), {}).items.at(0).message;
  BOOST_TEST(shown.body.size() == 0u);
  BOOST_TEST(shown.headers->at("colour") == "red");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
