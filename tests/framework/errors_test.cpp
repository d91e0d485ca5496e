#include "ferry/errors.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string_view>

namespace {

using namespace ferry;

constexpr auto last_code = 20;

} // namespace

BOOST_AUTO_TEST_SUITE(errors_suite)

BOOST_AUTO_TEST_CASE(every_code_has_a_name_of_its_own) {
  auto names = std::set<std::string_view>{};
  for (auto code = 0; code <= last_code; ++code)
    names.insert(to_string(errc{static_cast<std::uint8_t>(code)}));
  BOOST_TEST(names.size() == last_code + 1u);
  BOOST_TEST(!names.contains("unknown"));
}

BOOST_AUTO_TEST_CASE(a_code_of_a_later_version_is_unknown) {
  BOOST_TEST(to_string(errc{last_code + 1}) == "unknown");
}

BOOST_AUTO_TEST_CASE(the_codes_of_links_have_names_and_numbers_that_travel) {
  BOOST_TEST(to_string(errc::disconnected) == "disconnected");
  BOOST_TEST(to_string(errc::wrong_peer) == "wrong_peer");
  BOOST_TEST(to_string(errc::not_permitted) == "not_permitted");
  BOOST_TEST(static_cast<int>(errc::disconnected) == 16);
  BOOST_TEST(static_cast<int>(errc::wrong_peer) == 17);
  BOOST_TEST(static_cast<int>(errc::not_permitted) == 18);
}

BOOST_AUTO_TEST_SUITE_END()
