#include "ferry/queue/plausible.hpp"

#include "support/builders.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::testing {
namespace {

constexpr auto edge = std::uint64_t{1} << 62;
constexpr auto most = std::uint64_t{1} << 40;

publish_request request_from(std::uint64_t first) {
  auto number = publish_number{first};
  return {session_id{1}, number, number, run_of(1, 2).page};
}

settlement ack_of(std::uint64_t count) {
  auto item = settlement{};
  item.first = delivery_tag{1};
  item.count = count;
  return item;
}

} // namespace

BOOST_AUTO_TEST_SUITE(plausible_suite)

BOOST_AUTO_TEST_CASE(an_instant_is_made_to_lie_between_the_epoch_and_some_146_years_later) {
  auto last = from_ns(static_cast<std::int64_t>(edge));
  BOOST_TEST((made_plausible(from_ns(0)) == from_ns(0)));
  BOOST_TEST((made_plausible(from_ns(-1)) == from_ns(0)));
  BOOST_TEST((made_plausible(last) == last));
  BOOST_TEST((made_plausible(last + 1ns) == last));
  BOOST_TEST((made_plausible(never) == last));
}

BOOST_AUTO_TEST_CASE(a_wait_may_be_negative_and_an_endless_one_is_made_some_146_years) {
  auto longest = duration{static_cast<std::int64_t>(edge)};
  BOOST_TEST((made_plausible(-1h) == -1h));
  BOOST_TEST((made_plausible(longest) == longest));
  BOOST_TEST((made_plausible(duration::max()) == longest));
  BOOST_TEST((made_plausible(duration::min()) == -longest));
}

BOOST_AUTO_TEST_CASE(the_times_of_a_settlement_are_made_plausible_and_no_wait_is_none) {
  auto item = ack_of(1);
  make_plausible(item);
  BOOST_TEST(!item.delay.has_value());
  item.delay = duration::max();
  item.due = never;
  make_plausible(item);
  BOOST_TEST((*item.delay == made_plausible(duration::max())));
  BOOST_TEST((item.due == made_plausible(never)));
}

BOOST_AUTO_TEST_CASE(publish_numbers_leave_room_for_those_that_follow) {
  BOOST_TEST(is_plausible(request_from(edge)));
  BOOST_TEST(!is_plausible(request_from(edge + 1)));
}

BOOST_AUTO_TEST_CASE(a_publish_has_a_page_and_its_messages_were_published_at_some_time) {
  BOOST_TEST(
    !is_plausible(publish_request{session_id{1}, publish_number{1}, publish_number{1}, {}}));
  auto item = envelope("tea");
  item.published_at = time_point::max();
  auto request = request_from(1);
  request.page = std::make_shared<const message_page>(message_page{item});
  BOOST_TEST(!is_plausible(request));
}

BOOST_AUTO_TEST_CASE(a_settlement_names_at_least_one_and_at_most_all_messages_of_a_queue) {
  BOOST_TEST(!is_plausible(ack_of(0)));
  BOOST_TEST(is_plausible(ack_of(1)));
  BOOST_TEST(is_plausible(ack_of(most)));
  BOOST_TEST(!is_plausible(ack_of(most + 1)));
}

BOOST_AUTO_TEST_CASE(a_range_lies_within_a_queue) {
  BOOST_TEST(is_plausible(sequence_range{last_sequence, most}));
  BOOST_TEST(!is_plausible(sequence_range{advanced(last_sequence, 1), 1}));
  BOOST_TEST(!is_plausible(sequence_range{sequence_number{1}, most + 1}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
