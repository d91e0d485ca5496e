#include "ferry/link/printable.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include <algorithm>
#include <string>

using namespace ferry;

namespace {

bool is_printable(char c) {
  return c >= ' ' && c <= '~';
}

} // namespace

BOOST_AUTO_TEST_SUITE(printable_suite)

BOOST_AUTO_TEST_CASE(printable_ascii_stays_as_it_is) {
  auto all = std::string{};
  for (auto c = ' '; c <= '~'; ++c)
    all += c;
  BOOST_TEST(printable(all) == all);
}

BOOST_AUTO_TEST_CASE(what_is_just_outside_of_it_is_written_as_bytes) {
  BOOST_TEST(printable("\x1f") == "\\x1f");
  BOOST_TEST(printable("\x7f") == "\\x7f");
  BOOST_TEST(printable("\x80\xff") == "\\x80\\xff");
}

BOOST_AUTO_TEST_CASE(lines_and_terminal_sequences_are_not_passed_on) {
  BOOST_TEST(printable("a\nb\r\x1b[2J") == "a\\x0ab\\x0d\\x1b[2J");
  BOOST_TEST(printable(std::string_view{"a\0b", 3}) == "a\\x00b");
}

BOOST_AUTO_TEST_CASE(a_name_cannot_end_its_quotes) {
  BOOST_TEST(printable_name("a\" is gone") == "a\\x22 is gone");
  BOOST_TEST(printable_name("\\x0a") == "\\x5cx0a");
  BOOST_TEST(printable("\"a\\\"") == "\"a\\\"");
}

BOOST_AUTO_TEST_CASE(texts_are_cut_at_the_limit_and_never_within_a_byte) {
  BOOST_TEST(printable("abcd", 4) == "abcd");
  BOOST_TEST(printable("abcde", 4) == "abcd");
  BOOST_TEST(printable("\n", 4) == "\\x0a");
  BOOST_TEST(printable("a\n", 4) == "a");
  BOOST_TEST(printable_name(std::string(128, 'a')) == std::string(128, 'a'));
  BOOST_TEST(printable_name(std::string(129, 'a')) == std::string(128, 'a'));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(printable_property_suite)

BOOST_AUTO_TEST_CASE(whatever_bytes_come_printable_ones_leave) {
  BOOST_TEST(rc::check("texts of a peer are printable and short", [](const std::string& text) {
    auto longest = *rc::gen::inRange<std::size_t>(0, 100);
    auto shown = printable(text, longest);
    RC_ASSERT(shown.size() <= longest);
    RC_ASSERT(std::ranges::all_of(shown, is_printable));
  }));
}

BOOST_AUTO_TEST_SUITE_END()
