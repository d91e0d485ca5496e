#include "ferry/codec/describe.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

namespace shop {
namespace {

struct order {
  int id = 0;
  std::string item;
  int secret = 0;
};
FERRY_DESCRIBE(order, id, item)

struct renamed {
  int id = 0;
};
FERRY_DESCRIBE_AS("shop.order", renamed, id)

struct ping {};
FERRY_DESCRIBE(ping)

struct pong {};
FERRY_DESCRIBE_AS("shop.pong", pong)

struct priced_order : order {
  double price = 0;
};
FERRY_DESCRIBE(priced_order, id, price)

struct wide {
  int a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0;
};
FERRY_DESCRIBE(wide, a, b, c, d, e, f, g, h, a, b, c, d, e, f, g, h, a, b, c, d, e, f, g, h, a, b,
               c, d, e, f, g, h)

struct forgotten {};

struct heir_of_a_described : order {};

} // namespace
} // namespace shop

namespace {

using namespace ferry;

template <class T>
std::vector<std::string> field_names() {
  auto names = std::vector<std::string>{};
  std::apply([&](const auto&... fields) { (names.emplace_back(fields.name), ...); },
             description<T>.fields);
  return names;
}

BOOST_AUTO_TEST_SUITE(describe_suite)

BOOST_AUTO_TEST_CASE(a_struct_is_called_as_in_its_namespace) {
  BOOST_TEST(description<shop::order>.name == "order");
}

BOOST_AUTO_TEST_CASE(a_struct_can_be_given_another_name) {
  BOOST_TEST(description<shop::renamed>.name == "shop.order");
  BOOST_TEST(description<shop::pong>.name == "shop.pong");
}

BOOST_AUTO_TEST_CASE(the_named_fields_are_described_in_their_order) {
  BOOST_TEST(field_names<shop::order>() == (std::vector<std::string>{"id", "item"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_field_is_found_in_an_object) {
  auto tea = shop::order{7, "tea", 0};
  auto item = std::get<1>(description<shop::order>.fields).member;
  BOOST_TEST((tea.*item) == "tea");
}

BOOST_AUTO_TEST_CASE(inherited_fields_can_be_described) {
  BOOST_TEST(field_names<shop::priced_order>() == (std::vector<std::string>{"id", "price"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_struct_without_fields_can_be_described) {
  BOOST_TEST(description<shop::ping>.field_count == 0u);
  BOOST_TEST(description<shop::pong>.field_count == 0u);
}

BOOST_AUTO_TEST_CASE(a_struct_has_room_for_thirty_two_fields) {
  BOOST_TEST(description<shop::wide>.field_count == most_fields);
  BOOST_TEST(field_names<shop::wide>().back() == "h");
}

BOOST_AUTO_TEST_CASE(only_described_types_are_described) {
  BOOST_TEST(described<shop::order>);
  BOOST_TEST(!described<shop::forgotten>);
  BOOST_TEST(!described<shop::heir_of_a_described>);
  BOOST_TEST(!described<int>);
  BOOST_TEST(!described<std::string>);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
