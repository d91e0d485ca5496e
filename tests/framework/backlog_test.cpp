#include "ferry/link/backlog.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace ferry;

} // namespace

BOOST_AUTO_TEST_SUITE(backlog_suite)

BOOST_AUTO_TEST_CASE(it_is_full_from_its_limit_on_and_not_before) {
  auto waiting = backlog{100};
  BOOST_TEST(!waiting.note(99));
  BOOST_TEST(!waiting.is_full());
  BOOST_TEST(waiting.note(100));
  BOOST_TEST(waiting.is_full());
}

BOOST_AUTO_TEST_CASE(it_is_full_until_less_than_half_is_left) {
  auto waiting = backlog{100};
  BOOST_TEST(waiting.note(150));
  BOOST_TEST(!waiting.note(50));
  BOOST_TEST(waiting.is_full());
  BOOST_TEST(waiting.note(49));
  BOOST_TEST(!waiting.is_full());
}

BOOST_AUTO_TEST_CASE(each_change_is_told_once) {
  auto waiting = backlog{100};
  BOOST_TEST(waiting.note(100));
  BOOST_TEST(!waiting.note(200));
  BOOST_TEST(waiting.note(0));
  BOOST_TEST(!waiting.note(99));
  BOOST_TEST(waiting.note(100));
}

BOOST_AUTO_TEST_SUITE_END()
