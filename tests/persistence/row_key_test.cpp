#include "ferry/persistence/row_key.hpp"

#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>

using namespace ferry;
using namespace ferry::persistence;

BOOST_AUTO_TEST_SUITE(row_key_suite)

BOOST_AUTO_TEST_CASE(the_largest_key_is_the_largest_positive_number) {
  BOOST_TEST(key_of(last_extent, places_per_extent - 1) == std::numeric_limits<row_key>::max());
}

BOOST_AUTO_TEST_CASE(an_extent_ends_where_the_next_one_begins) {
  BOOST_TEST(key_of(extent_number{7}, places_per_extent - 1) + 1 == key_of(extent_number{8}, 0));
}

BOOST_AUTO_TEST_CASE(the_keys_of_an_extent_follow_each_other) {
  BOOST_TEST(key_of(extent_number{7}, 4) == key_of(extent_number{7}, 3) + 1);
}

BOOST_AUTO_TEST_SUITE_END()
