#include "ferry/link/letter.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace ferry;

} // namespace

BOOST_AUTO_TEST_SUITE(letter_suite)

BOOST_AUTO_TEST_CASE(letters_are_equal_when_lane_and_bytes_are) {
  auto one = letter{lane_id{1}, {'a'}};
  BOOST_TEST((one == letter{lane_id{1}, {'a'}}));
  BOOST_TEST((one != letter{lane_id{2}, {'a'}}));
  BOOST_TEST((one != letter{lane_id{1}, {'b'}}));
}

// A queue can be declared with payloads of 512 MiB.
BOOST_AUTO_TEST_CASE(the_default_limits_admit_the_largest_payload_with_all_around_it) {
  auto limits = letter_limits{};
  BOOST_TEST(limits.letter_bytes >= std::size_t{512 + 16} << 20);
  BOOST_TEST(limits.unfinished_bytes >= limits.letter_bytes);
}

BOOST_AUTO_TEST_CASE(a_stranger_can_send_kibibytes_only) {
  BOOST_TEST(stranger_limits.letter_bytes <= std::size_t{64} << 10);
  BOOST_TEST(stranger_limits.unfinished_bytes <= std::size_t{64} << 10);
}

BOOST_AUTO_TEST_SUITE_END()
