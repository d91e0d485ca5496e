#include "ferry/link/outgoing_lanes.hpp"

#include "support/frames.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace ferry::testing {
namespace {

constexpr auto part = outgoing_lanes::part_bytes;
constexpr auto most_text = part - frame_header_bytes; // in one frame

struct outgoing_lanes_fixture {
  outgoing_lanes lanes;

  void add(std::uint32_t lane, std::size_t size) {
    lanes.add({lane_id{lane}, std::vector<char>(size, 'x')});
  }

  /// The frames of the next `enough` bytes, as "lane:length" with a dot for an end.
  std::string written(std::size_t enough) {
    auto out = std::vector<char>{};
    lanes.write(out, enough);
    last_size = out.size();
    return headers_of(out);
  }

  std::size_t last_size = 0;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(outgoing_lanes_suite, outgoing_lanes_fixture)

BOOST_AUTO_TEST_CASE(nothing_is_written_when_nothing_waits) {
  BOOST_TEST(lanes.empty());
  BOOST_TEST(written(1000) == "");
}

BOOST_AUTO_TEST_CASE(letters_of_a_lane_go_in_the_order_in_which_they_were_added) {
  add(1, 3);
  add(1, 2);
  add(1, 0);
  BOOST_TEST(written(1000) == "1:3. 1:2. 1:0.");
  BOOST_TEST(lanes.empty());
}

BOOST_AUTO_TEST_CASE(nothing_else_begins_once_there_are_enough_bytes) {
  add(1, 10);
  add(2, 10);
  add(3, 10);
  BOOST_TEST(written(19) == "1:10.");
  BOOST_TEST(written(20) == "2:10. 3:10.");
}

BOOST_AUTO_TEST_CASE(what_is_enough_counts_what_is_in_the_buffer_already) {
  add(1, 10);
  auto out = std::vector<char>(5);
  lanes.write(out, 5);
  BOOST_TEST(out.size() == 5u);
  lanes.write(out, 6);
  BOOST_TEST(out.size() == 5 + frame_header_bytes + 10);
}

BOOST_AUTO_TEST_CASE(a_letter_that_fits_a_part_with_its_header_is_one_frame) {
  add(1, most_text);
  BOOST_TEST(written(1) == "1:" + std::to_string(most_text) + ".");
  BOOST_TEST(last_size == part);
}

BOOST_AUTO_TEST_CASE(a_letter_of_a_byte_more_is_two_frames) {
  add(1, most_text + 1);
  BOOST_TEST(written(2 * part) == "1:" + std::to_string(most_text) + " 1:1.");
}

BOOST_AUTO_TEST_CASE(long_letters_are_begun_together_up_to_the_limit_and_not_beyond) {
  lanes = outgoing_lanes{4 * part};
  for (auto lane : {1u, 2u, 3u})
    add(lane, 2 * part);
  add(4, 10);
  auto whole = std::to_string(most_text);
  BOOST_TEST(written(2 * part + 1) == "1:" + whole + " 2:" + whole + " 4:10.");
  auto rest = ":" + whole + " ";
  BOOST_TEST(written(2 * part) == "1" + rest + "2:" + whole);
  auto last = std::to_string(2 * part - 2 * most_text);
  BOOST_TEST(written(1) == "1:" + last + ".");
  BOOST_TEST(written(1) == "2:" + last + ".");
  BOOST_TEST(written(1) == "3:" + whole);
}

BOOST_AUTO_TEST_CASE(a_letter_beyond_the_limit_goes_when_no_other_was_begun) {
  lanes = outgoing_lanes{part};
  add(1, 2 * part);
  BOOST_TEST(written(1) == "1:" + std::to_string(most_text));
}

BOOST_AUTO_TEST_CASE(lanes_take_turns_part_by_part) {
  add(1, 2 * most_text);
  add(2, 2 * most_text);
  auto full = std::to_string(most_text);
  BOOST_TEST(written(10 * part) == "1:" + full + " 2:" + full + " 1:" + full + ". 2:" + full + ".");
}

BOOST_AUTO_TEST_CASE(a_long_letter_delays_another_lane_by_at_most_one_part) {
  add(1, 64 << 20);
  (void)written(1);
  add(2, 5);
  BOOST_TEST(written(1) == "2:5.");
  add(2, 5);
  BOOST_TEST(written(part + 1) == "1:" + std::to_string(most_text) + " 2:5.");
}

BOOST_AUTO_TEST_CASE(short_letters_share_a_turn_as_long_as_they_fit_with_their_headers) {
  auto half = part / 2 - frame_header_bytes;
  add(1, half);
  add(1, half);
  add(1, 0);
  (void)written(1);
  BOOST_TEST(last_size == part);
  BOOST_TEST(written(1) == "1:0.");
}

BOOST_AUTO_TEST_CASE(a_letter_that_does_not_fit_the_rest_of_a_turn_waits_for_the_next) {
  auto half = part / 2 - frame_header_bytes;
  add(1, half);
  add(1, half + 1);
  (void)written(1);
  BOOST_TEST(last_size == part / 2);
}

// Their headers are bytes as well: they took the stream for as long as they lasted.
BOOST_AUTO_TEST_CASE(many_empty_letters_delay_another_lane_by_at_most_one_part) {
  for (auto i = 0; i < 100'000; ++i)
    add(1, 0);
  (void)written(1);
  BOOST_TEST(last_size <= part);
  BOOST_TEST(last_size > part - frame_header_bytes);
}

BOOST_AUTO_TEST_CASE(the_links_own_words_go_before_everything_else) {
  add(1, 2 * part);
  add(2, 1);
  (void)written(1);
  add(0, 4);
  BOOST_TEST(written(1) == "0:4.");
}

// A lane began anew with each heartbeat, and the ones behind it never came.
BOOST_AUTO_TEST_CASE(a_word_of_the_link_takes_nobodys_turn) {
  add(1, 10 * part);
  add(2, 1);
  (void)written(1);
  add(0, 1);
  BOOST_TEST(written(10 + 1) == "0:1. 2:1.");
}

BOOST_AUTO_TEST_CASE(a_lane_that_was_empty_in_between_keeps_its_place_in_the_round) {
  add(2, 1);
  (void)written(1);
  add(1, 1);
  add(2, 1);
  add(3, 1);
  BOOST_TEST(written(1000) == "3:1. 1:1. 2:1.");
}

BOOST_AUTO_TEST_CASE(what_waits_counts_until_it_is_written) {
  add(1, most_text + 100);
  add(2, 7);
  BOOST_TEST(lanes.weight() == most_text + 107 + 2 * letter_overhead);
  (void)written(1);
  BOOST_TEST(lanes.weight() == 107u + 2 * letter_overhead);
  (void)written(1000);
  BOOST_TEST(lanes.weight() == 0u);
  BOOST_TEST(lanes.empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
