#include "ferry/persistence/headers_json.hpp"

#include "support/printing.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <rapidcheck.h>

namespace data = boost::unit_test::data;

using namespace ferry;
using namespace ferry::persistence;

namespace {

// Not UTF-8: cut, overlong, a surrogate, above the last character, stray bytes.
const auto broken_texts = data::make<std::string>(
  {"\x80", "\xff", "\xc3", "\xe2\x82", "\xf0\x9f\x98", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80",
   "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "a\xc3z", "\xc3\xa9\xa9"});

const auto sound_texts =
  data::make<std::string>({"", "plain", "\"quoted\\\"", "\xc3\xa9", "\xe2\x82\xac", "\xed\x9f\xbf",
                           "\xee\x80\x80", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf", "line\nline"});

header_map reread(const header_map& headers) {
  return headers_from_json(to_json(headers)).value();
}

} // namespace

BOOST_AUTO_TEST_SUITE(headers_json_suite)

BOOST_AUTO_TEST_CASE(headers_are_an_object_of_texts_by_name) {
  BOOST_TEST(to_json({{"b", "2"}, {"a", "1"}}) == R"({"a":"1","b":"2"})");
}

BOOST_AUTO_TEST_CASE(no_headers_are_an_empty_object) {
  BOOST_TEST(to_json({}) == "{}");
  BOOST_TEST(reread({}).empty());
}

BOOST_DATA_TEST_CASE(sound_text_is_stored_without_escape, sound_texts, text) {
  BOOST_TEST(to_json({{"name", text}}).find("\\u0010") == std::string::npos);
  BOOST_TEST((reread({{text, text}}) == header_map{{text, text}}));
}

BOOST_DATA_TEST_CASE(broken_text_is_escaped_and_comes_back, broken_texts, text) {
  BOOST_TEST(to_json({{"name", text}}).find("\\u0010") != std::string::npos);
  BOOST_TEST((reread({{text, text}}) == header_map{{text, text}}));
}

BOOST_AUTO_TEST_CASE(a_byte_that_is_not_text_is_written_as_two_digits) {
  BOOST_TEST(to_json({{"a", "x\xfey"}}) == R"({"a":"x\u0010fey"})");
}

BOOST_AUTO_TEST_CASE(text_that_looks_escaped_comes_back_as_it_was) {
  BOOST_TEST((reread({{"a", "\x10"
                            "fe"}})
              == header_map{{"a", "\x10"
                                  "fe"}}));
}

BOOST_AUTO_TEST_CASE(any_bytes_come_back) {
  BOOST_TEST(rc::check("headers come back",
                       [](const header_map& headers) { RC_ASSERT(reread(headers) == headers); }));
}

BOOST_DATA_TEST_CASE(a_text_that_is_no_object_of_texts_is_an_error,
                     data::make<std::string>({"", "{", "[]", "1", R"({"a":1})", R"({"a":null})",
                                              R"({"a":"\u0010"})", R"({"a":"\u0010f"})",
                                              R"({"a":"\u0010zz"})", R"({"\u0010":"a"})"}),
                     text) {
  auto headers = headers_from_json(text);
  BOOST_REQUIRE(!headers.ok());
  BOOST_TEST(headers.why().code == errc::journal_failed);
}

BOOST_AUTO_TEST_SUITE_END()
