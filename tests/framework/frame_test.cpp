#include "ferry/link/frame.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>
#include <string>

namespace {

using namespace ferry;

std::string text_of(const frame_header& header) {
  auto bytes = to_bytes(header);
  return {bytes.begin(), bytes.end()};
}

std::optional<frame_header> read(const std::string& text) {
  return frame_header_from(std::span<const char, frame_header_bytes>{text});
}

} // namespace

BOOST_AUTO_TEST_SUITE(frame_suite)

BOOST_AUTO_TEST_CASE(a_header_is_length_lane_and_end_little_endian) {
  auto expected = std::string{"\x04\x03\x02\x01\x08\x07\x06\x05\x01"};
  BOOST_TEST(text_of({0x01020304, lane_id{0x05060708}, true}) == expected);
}

BOOST_AUTO_TEST_CASE(a_part_that_does_not_end_its_letter_says_so) {
  BOOST_TEST(text_of({1, lane_id{2}, false}).back() == '\0');
}

BOOST_AUTO_TEST_CASE(the_smallest_and_the_largest_numbers_come_back) {
  constexpr auto most = std::numeric_limits<std::uint32_t>::max();
  for (auto header :
       {frame_header{0, lane_id::none, false}, frame_header{most, lane_id{most}, true},
        frame_header{0x80, lane_id{0x80000000}, true}})
    BOOST_TEST((read(text_of(header)) == header));
}

BOOST_AUTO_TEST_CASE(a_last_byte_of_0_or_1_is_a_frame_and_any_other_is_none) {
  auto text = text_of({1, lane_id{2}, true});
  for (auto last = 0; last < 256; ++last) {
    text.back() = static_cast<char>(last);
    BOOST_TEST(read(text).has_value() == (last <= 1));
  }
}

BOOST_AUTO_TEST_SUITE_END()
