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

BOOST_AUTO_TEST_CASE(the_default_limits_admit_a_payload_of_64_mebibytes_with_all_around_it) {
  auto limits = letter_limits{};
  BOOST_TEST(limits.letter_bytes == std::size_t{80} << 20);
  BOOST_TEST(limits.unfinished_bytes == std::size_t{160} << 20);
}

BOOST_AUTO_TEST_SUITE_END()
