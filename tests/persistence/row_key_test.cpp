#include "ferry/persistence/row_key.hpp"

#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

using namespace ferry;
using namespace ferry::persistence;

namespace {

constexpr auto orders = queue_id{1};
constexpr auto bills = queue_id{2};

bool is_empty(key_range keys) {
  return keys.last < keys.first;
}

} // namespace

BOOST_AUTO_TEST_SUITE(row_key_suite)

BOOST_AUTO_TEST_CASE(the_largest_key_is_the_largest_positive_number) {
  BOOST_TEST(key_of(last_queue, last_sequence) == std::numeric_limits<row_key>::max());
}

BOOST_AUTO_TEST_CASE(a_queue_ends_where_the_next_one_begins) {
  BOOST_TEST(keys_of(orders).last + 1 == keys_of(bills).first);
}

BOOST_AUTO_TEST_CASE(a_key_gives_its_sequence_back) {
  BOOST_TEST(sequence_of(key_of(bills, sequence_number{7})) == sequence_number{7});
  BOOST_TEST(sequence_of(key_of(last_queue, last_sequence)) == last_sequence);
}

BOOST_AUTO_TEST_CASE(a_range_holds_as_many_keys_as_were_asked_for) {
  auto keys = keys_from(orders, sequence_number{3}, 4);
  BOOST_TEST(sequence_of(keys.first) == sequence_number{3});
  BOOST_TEST(sequence_of(keys.last) == sequence_number{6});
}

BOOST_AUTO_TEST_CASE(a_range_without_rows_is_empty) {
  BOOST_TEST(is_empty(keys_from(orders, sequence_number{3}, 0)));
  BOOST_TEST(is_empty(keys_between(orders, sequence_number{4}, sequence_number{3})));
  BOOST_TEST(!is_empty(keys_between(orders, sequence_number{3}, sequence_number{3})));
}

BOOST_AUTO_TEST_CASE(a_range_never_reaches_into_the_next_queue) {
  auto everything = ~std::uint64_t{0};
  BOOST_TEST(keys_from(orders, sequence_number{1}, everything).last == keys_of(orders).last);
  BOOST_TEST(keys_from(orders, last_sequence, 1).last == keys_of(orders).last);
  BOOST_TEST(keys_from(orders, last_sequence, 2).last == keys_of(orders).last);
  BOOST_TEST(is_empty(keys_from(orders, advanced(last_sequence, 1), 1)));
}

BOOST_AUTO_TEST_SUITE_END()
