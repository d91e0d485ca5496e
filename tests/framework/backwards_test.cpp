#include "ferry/backwards.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <string>

namespace {

using ferry::backwards;

} // namespace

BOOST_AUTO_TEST_SUITE(backwards_suite)

BOOST_AUTO_TEST_CASE(a_map_is_gone_through_from_its_last_key_to_its_first) {
  const auto items = std::map<int, std::string>{{1, "a"}, {2, "b"}, {3, "c"}};
  auto seen = std::string{};
  for (const auto& [key, value] : backwards{items})
    seen += std::to_string(key) + value;
  BOOST_TEST(seen == "3c2b1a");
}

BOOST_AUTO_TEST_CASE(what_is_gone_through_can_be_changed) {
  auto items = std::map<int, int>{{1, 1}, {2, 2}};
  for (auto& [key, value] : backwards{items})
    value *= 10;
  BOOST_TEST(items.at(1) == 10);
  BOOST_TEST(items.at(2) == 20);
}

BOOST_AUTO_TEST_CASE(nothing_is_gone_through_in_an_empty_one) {
  const auto items = std::map<int, int>{};
  auto view = backwards{items};
  BOOST_TEST((view.begin() == view.end()));
}

BOOST_AUTO_TEST_SUITE_END()
