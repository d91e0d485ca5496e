#include "ferry/link/waiting_line.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace ferry;

struct waiting_line_fixture {
  waiting_line_fixture() {
    line.add('a');
    line.add('b');
  }

  /// The question that is asked now; '-' for none.
  char next() {
    return line.next().value_or('-');
  }

  waiting_line<char> line;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(waiting_line_suite, waiting_line_fixture)

BOOST_AUTO_TEST_CASE(a_question_is_asked_when_the_one_before_is_answered_and_not_before) {
  BOOST_TEST(next() == 'a');
  BOOST_TEST(next() == '-');
  line.answered();
  BOOST_TEST(next() == 'b');
}

BOOST_AUTO_TEST_CASE(while_it_is_held_nothing_is_asked) {
  line.hold();
  BOOST_TEST(line.is_held());
  BOOST_TEST(next() == '-');
  line.go_on();
  BOOST_TEST(!line.is_held());
  BOOST_TEST(next() == 'a');
}

BOOST_AUTO_TEST_CASE(what_is_answered_while_it_is_held_is_followed_by_the_next_afterwards) {
  BOOST_TEST(next() == 'a');
  line.hold();
  line.answered();
  BOOST_TEST(next() == '-');
  line.go_on();
  BOOST_TEST(next() == 'b');
}

BOOST_AUTO_TEST_CASE(an_empty_line_has_nothing_to_ask) {
  auto empty = waiting_line<char>{};
  BOOST_TEST(!empty.next().has_value());
  empty.add('c');
  BOOST_TEST(empty.next().value() == 'c');
}

BOOST_AUTO_TEST_SUITE_END()
