#include "ferry/queue/queue_limits.hpp"

#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::testing {
namespace {

queue_limits limits_of(std::uint64_t max_messages, std::uint64_t max_bytes) {
  auto config = queue_config{};
  config.max_messages = max_messages;
  config.max_bytes = max_bytes;
  return queue_limits{config};
}

const auto page = *page_of("aa", "bb", "cccccc", "dd");

} // namespace

BOOST_AUTO_TEST_SUITE(queue_limits_suite)

BOOST_AUTO_TEST_CASE(without_limits_everything_fits) {
  BOOST_TEST(limits_of(0, 0).fitting({1'000'000, 1'000'000}, page, 0) == 4u);
}

BOOST_AUTO_TEST_CASE(messages_fit_up_to_their_number) {
  BOOST_TEST(limits_of(10, 0).fitting({7, 0}, page, 0) == 3u);
  BOOST_TEST(limits_of(10, 0).fitting({6, 0}, page, 0) == 4u);
  BOOST_TEST(limits_of(10, 0).fitting({10, 0}, page, 0) == 0u);
  BOOST_TEST(limits_of(10, 0).fitting({11, 0}, page, 0) == 0u);
}

BOOST_AUTO_TEST_CASE(messages_fit_up_to_their_payload) {
  BOOST_TEST(limits_of(0, 10).fitting({1, 6}, page, 0) == 2u);
  BOOST_TEST(limits_of(0, 10).fitting({1, 7}, page, 0) == 1u);
  BOOST_TEST(limits_of(0, 10).fitting({1, 9}, page, 0) == 0u);
  BOOST_TEST(limits_of(0, 10).fitting({1, 2}, page, 2) == 2u);
}

BOOST_AUTO_TEST_CASE(the_narrower_limit_counts) {
  BOOST_TEST(limits_of(3, 100).fitting({2, 2}, page, 0) == 1u);
  BOOST_TEST(limits_of(100, 5).fitting({2, 2}, page, 0) == 1u);
}

BOOST_AUTO_TEST_CASE(an_empty_queue_takes_one_message_however_large_it_is) {
  BOOST_TEST(limits_of(0, 5).fitting({0, 0}, page, 2) == 1u);
  BOOST_TEST(limits_of(0, 5).fitting({1, 0}, page, 2) == 0u);
}

BOOST_AUTO_TEST_CASE(there_is_room_again_when_half_has_ended_and_not_before) {
  BOOST_TEST(!limits_of(10, 0).has_room_again({6, 0}, 1));
  BOOST_TEST(limits_of(10, 0).has_room_again({5, 0}, 1));
  BOOST_TEST(!limits_of(0, 10).has_room_again({3, 6}, 1));
  BOOST_TEST(limits_of(0, 10).has_room_again({3, 5}, 1));
}

BOOST_AUTO_TEST_CASE(there_is_no_room_again_for_a_message_that_does_not_fit) {
  BOOST_TEST(!limits_of(0, 10).has_room_again({1, 5}, 6));
  BOOST_TEST(limits_of(0, 10).has_room_again({1, 5}, 5));
  BOOST_TEST(limits_of(0, 10).has_room_again({0, 0}, 100));
}

BOOST_AUTO_TEST_CASE(a_limit_of_one_message_has_room_again_when_it_has_ended) {
  BOOST_TEST(!limits_of(1, 0).has_room_again({1, 1}, 1));
  BOOST_TEST(limits_of(1, 0).has_room_again({0, 0}, 1));
}

BOOST_AUTO_TEST_CASE(the_reason_names_the_queue_the_limit_and_what_to_do) {
  auto by_count = limits_of(10, 100).why_full("orders", {10, 3});
  BOOST_TEST(by_count.code == errc::queue_full);
  BOOST_TEST(by_count.text.find("queue \"orders\" is full (limit 10 messages)") == 0u);
  BOOST_TEST(by_count.text.find("raise queue_config::max_messages") != std::string::npos);
  auto by_size = limits_of(10, 100).why_full("orders", {9, 99});
  BOOST_TEST(by_size.text.find("(limit 100 bytes)") != std::string::npos);
  BOOST_TEST(by_size.text.find("raise queue_config::max_bytes") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
