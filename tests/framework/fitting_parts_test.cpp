#include "ferry/link/fitting_parts.hpp"

#include <boost/test/unit_test.hpp>

#include <numeric>
#include <string>
#include <vector>

namespace {

using namespace ferry;

using numbers = std::vector<int>;

/// The parts of `items` whose sum is at most `limit`, as "1 2|3".
std::string parts_of(numbers items, int limit) {
  auto fits = [limit](const numbers& part) {
    return std::accumulate(part.begin(), part.end(), 0) <= limit;
  };
  auto text = std::string{};
  for (const auto& part : fitting_parts(std::move(items), fits)) {
    text += text.empty() ? "" : "|";
    for (auto i = std::size_t{0}; i < part.size(); ++i)
      text += (i == 0 ? "" : " ") + std::to_string(part[i]);
  }
  return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(fitting_parts_suite)

BOOST_AUTO_TEST_CASE(what_just_fits_stays_whole) {
  BOOST_TEST(parts_of({10, 10, 10}, 30) == "10 10 10");
}

BOOST_AUTO_TEST_CASE(a_byte_less_of_room_makes_halves_in_order) {
  BOOST_TEST(parts_of({1, 2, 3, 4}, 9) == "1 2|3 4");
}

BOOST_AUTO_TEST_CASE(a_half_that_does_not_fit_is_cut_again) {
  BOOST_TEST(parts_of({1, 2, 30, 4}, 33) == "1 2|30|4");
}

BOOST_AUTO_TEST_CASE(a_single_one_is_a_part_although_it_does_not_fit) {
  BOOST_TEST(parts_of({1, 50, 1}, 10) == "1|50|1");
}

BOOST_AUTO_TEST_CASE(nothing_is_one_empty_part) {
  BOOST_TEST(fitting_parts(numbers{}, [](const numbers&) { return false; }).size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
