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

BOOST_AUTO_TEST_CASE(the_default_limits_admit_the_largest_page_and_two_of_them_at_once) {
  auto limits = letter_limits{};
  BOOST_TEST(limits.letter_bytes == std::size_t{544} << 20);
  BOOST_TEST(limits.unfinished_bytes == 2 * limits.letter_bytes);
}

BOOST_AUTO_TEST_CASE(of_a_stranger_less_is_taken_than_of_a_peer) {
  BOOST_TEST(stranger_limits.letter_bytes == std::size_t{16} << 10);
  BOOST_TEST(stranger_limits.unfinished_bytes == std::size_t{16} << 10);
}

BOOST_AUTO_TEST_CASE(a_letter_may_be_as_long_as_half_of_what_may_be_unfinished) {
  BOOST_TEST(longest_letter({100, 200}) == 100u);
  BOOST_TEST(longest_letter({100, 199}) == 99u);
  BOOST_TEST(longest_letter({100, 1000}) == 100u);
  BOOST_TEST(longest_letter({}) == letter_limits{}.letter_bytes);
}

BOOST_AUTO_TEST_SUITE_END()
