#include "ferry/codec/field_codec.hpp"

#include "ferry/result.hpp"

#include <boost/mpl/vector.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

namespace shop {
namespace {

enum class size : std::uint8_t { small = 1, large = 200 };

struct tree {
  std::string name;
  std::vector<tree> branches;

  friend bool operator==(const tree&, const tree&) = default;
};
FERRY_DESCRIBE(tree, name, branches)

struct item {
  std::string name;
  std::optional<double> price;

  friend bool operator==(const item&, const item&) = default;
};
FERRY_DESCRIBE(item, name, price)

} // namespace
} // namespace shop

namespace {

using namespace ferry;
using namespace std::chrono_literals;
using nlohmann::json;

template <class T>
payload written(const T& value) {
  auto out = msgpack_writer{};
  BOOST_REQUIRE(field_codec<T>::write(out, value));
  return out.finish();
}

// What came back, or what the reader found wrong.
template <class T>
result<T> read_as(const payload& data) {
  auto in = msgpack_reader{data.bytes()};
  auto value = T{};
  if (!field_codec<T>::read(in, value) || !in.finish())
    return error{errc::undecodable, in.problem().text("value")};
  return value;
}

template <class T>
bool comes_back(const T& value) {
  auto back = read_as<T>(written(value));
  return back.ok() && *back == value;
}

// As a program in another language sees it.
template <class T>
json seen_by_others(const T& value) {
  auto data = written(value);
  auto begin = reinterpret_cast<const std::uint8_t*>(data.bytes().data());
  return json::from_msgpack(begin, begin + data.size());
}

payload from_others(const json& value) {
  auto data = json::to_msgpack(value);
  return payload{std::as_bytes(std::span{data})};
}

template <class T>
std::string refusal_of(const json& value) {
  auto back = read_as<T>(from_others(value));
  return back.ok() ? "accepted" : back.why().text;
}

using integers =
  boost::mpl::vector<std::int8_t, std::uint8_t, std::int16_t, std::uint16_t, std::int32_t,
                     std::uint32_t, std::int64_t, std::uint64_t, char, long long>;

using narrow_integers = boost::mpl::vector<std::int8_t, std::uint8_t, std::int16_t, std::uint16_t,
                                           std::int32_t, std::uint32_t>;

BOOST_AUTO_TEST_SUITE(field_codec_suite)

// -- numbers ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE_TEMPLATE(an_integer_comes_back_at_both_ends_of_its_range, T, integers) {
  BOOST_TEST(comes_back(std::numeric_limits<T>::min()));
  BOOST_TEST(comes_back(std::numeric_limits<T>::max()));
  BOOST_TEST(comes_back(T{0}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_integer_beyond_either_end_is_refused, T, narrow_integers) {
  auto lowest = std::int64_t{std::numeric_limits<T>::min()};
  auto highest = std::int64_t{std::numeric_limits<T>::max()};
  auto range = "from " + std::to_string(lowest) + " to " + std::to_string(highest);
  BOOST_TEST(refusal_of<T>(lowest) == "accepted");
  BOOST_TEST(refusal_of<T>(highest) == "accepted");
  BOOST_TEST(refusal_of<T>(lowest - 1)
             == "value: expected integer " + range + ", found " + std::to_string(lowest - 1));
  BOOST_TEST(refusal_of<T>(highest + 1)
             == "value: expected integer " + range + ", found " + std::to_string(highest + 1));
}

BOOST_AUTO_TEST_CASE(the_widest_integers_refuse_each_others_far_ends) {
  BOOST_TEST(refusal_of<std::uint64_t>(-1)
             == "value: expected integer from 0 to 18446744073709551615, found -1");
  BOOST_TEST(refusal_of<std::int64_t>(std::uint64_t{1} << 63)
             == "value: expected integer from -9223372036854775808 to 9223372036854775807, "
                "found 9223372036854775808");
}

BOOST_AUTO_TEST_CASE(an_integer_is_read_whatever_its_width) {
  for (auto width = 0; width < 63; ++width) {
    auto edge = std::int64_t{1} << width;
    for (auto number : {edge - 1, edge, -edge, -edge - 1})
      BOOST_TEST(comes_back(number));
  }
}

BOOST_AUTO_TEST_CASE(a_bool_comes_back_and_is_no_integer) {
  BOOST_TEST(comes_back(true));
  BOOST_TEST(comes_back(false));
  BOOST_TEST(refusal_of<bool>(1) == "value: expected bool, found integer");
  BOOST_TEST(refusal_of<int>(true) == "value: expected integer, found bool");
}

BOOST_AUTO_TEST_CASE(a_float_comes_back_with_its_special_values) {
  using range = std::numeric_limits<double>;
  for (auto number : {0.0, -0.1, range::min(), range::max(), range::lowest(), range::infinity()})
    BOOST_TEST(comes_back(number));
  for (auto number : {0.1f, std::numeric_limits<float>::max(), -INFINITY})
    BOOST_TEST(comes_back(number));
  BOOST_TEST(std::isnan(read_as<double>(written(std::nan(""))).value()));
  BOOST_TEST(std::isnan(read_as<float>(written(std::nanf(""))).value()));
}

BOOST_AUTO_TEST_CASE(a_float_is_read_from_any_number) {
  BOOST_TEST(read_as<double>(from_others(3)).value() == 3.0);
  BOOST_TEST(read_as<double>(from_others(-3)).value() == -3.0);
  BOOST_TEST(read_as<double>(written(0.5f)).value() == 0.5);
  BOOST_TEST(read_as<float>(written(0.1)).value() == 0.1f);
  BOOST_TEST(refusal_of<double>("3") == "value: expected float, found text");
}

BOOST_AUTO_TEST_CASE(a_double_beyond_a_float_is_refused) {
  auto largest = static_cast<double>(std::numeric_limits<float>::max());
  auto beyond = std::nextafter(largest, 1e300);
  auto refused = "value: expected 32-bit float, found a number beyond its range";
  BOOST_TEST(read_as<float>(written(largest)).ok());
  BOOST_TEST(read_as<float>(written(-largest)).ok());
  BOOST_TEST(read_as<float>(written(beyond)).why().text == refused);
  BOOST_TEST(read_as<float>(written(-beyond)).why().text == refused);
}

BOOST_AUTO_TEST_CASE(an_enum_is_its_integer) {
  BOOST_TEST(seen_by_others(shop::size::large) == 200);
  BOOST_TEST(comes_back(shop::size::small));
  BOOST_TEST(read_as<shop::size>(from_others(7)).ok());
  BOOST_TEST(refusal_of<shop::size>(256) == "value: expected integer from 0 to 255, found 256");
}

// -- time ---------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_duration_is_the_count_of_its_unit) {
  BOOST_TEST(seen_by_others(90min) == 90);
  BOOST_TEST(comes_back(-1ns));
  BOOST_TEST(comes_back(std::chrono::milliseconds::max()));
  BOOST_TEST(refusal_of<std::chrono::seconds>(0.5) == "value: expected integer, found float");
}

BOOST_AUTO_TEST_CASE(an_instant_is_nanoseconds_since_the_epoch) {
  using instant = std::chrono::system_clock::time_point;
  BOOST_TEST(seen_by_others(instant{2s}) == 2'000'000'000);
  BOOST_TEST(seen_by_others(time_point{3s}) == 3'000'000'000);
  BOOST_TEST(comes_back(instant{-1s}));
  BOOST_TEST(comes_back(never));
}

// -- text and bytes -----------------------------------------------------------

BOOST_AUTO_TEST_CASE(text_comes_back_at_each_width_of_its_length) {
  for (auto length : {0, 1, 31, 32, 255, 256, 65535, 65536})
    BOOST_TEST(comes_back(std::string(static_cast<std::size_t>(length), 'x')));
  BOOST_TEST(comes_back(std::string{"a\0b", 3}));
  BOOST_TEST(refusal_of<std::string>(nullptr) == "value: expected text, found nil");
}

BOOST_AUTO_TEST_CASE(bytes_come_back_at_each_width_of_their_length) {
  for (auto length : {0, 1, 255, 256, 65535, 65536}) {
    BOOST_TEST(comes_back(std::vector<std::byte>(static_cast<std::size_t>(length))));
    BOOST_TEST(comes_back(std::vector<std::uint8_t>(static_cast<std::size_t>(length), 7)));
  }
  BOOST_TEST(seen_by_others(std::vector<std::uint8_t>{1, 2}) == json::binary({1, 2}));
  BOOST_TEST(refusal_of<std::vector<std::byte>>({1, 2}) == "value: expected bytes, found array");
}

BOOST_AUTO_TEST_CASE(an_array_of_bytes_has_exactly_its_size) {
  BOOST_TEST(comes_back(std::array{std::byte{1}, std::byte{2}}));
  BOOST_TEST(comes_back(std::array<std::uint8_t, 0>{}));
  auto three = written(std::vector<std::byte>(3));
  BOOST_TEST((read_as<std::array<std::byte, 3>>(three).ok()));
  BOOST_TEST(
    (read_as<std::array<std::byte, 2>>(three).why().text == "value: expected 2 bytes, found 3"));
  BOOST_TEST(
    (read_as<std::array<std::byte, 4>>(three).why().text == "value: expected 4 bytes, found 3"));
}

// -- collections --------------------------------------------------------------

BOOST_AUTO_TEST_CASE(an_empty_optional_is_nil) {
  BOOST_TEST(seen_by_others(std::optional<int>{}) == nullptr);
  BOOST_TEST(seen_by_others(std::optional<int>{5}) == 5);
  BOOST_TEST(comes_back(std::optional<std::string>{}));
  BOOST_TEST(comes_back(std::optional<std::string>{""}));
  BOOST_TEST(refusal_of<std::optional<int>>("x") == "value: expected integer, found text");
}

BOOST_AUTO_TEST_CASE(a_vector_comes_back_at_each_width_of_its_length) {
  for (auto length : {0, 1, 15, 16, 65535, 65536})
    BOOST_TEST(comes_back(std::vector<int>(static_cast<std::size_t>(length), -1)));
  BOOST_TEST(comes_back(std::vector<bool>{true, false, true}));
  BOOST_TEST(refusal_of<std::vector<int>>({1, "x"}) == "value[1]: expected integer, found text");
  BOOST_TEST(refusal_of<std::vector<int>>("x") == "value: expected array, found text");
}

BOOST_AUTO_TEST_CASE(an_array_has_exactly_its_size) {
  BOOST_TEST(comes_back(std::array<std::string, 2>{"a", "b"}));
  BOOST_TEST((refusal_of<std::array<int, 2>>({1, 2}) == "accepted"));
  BOOST_TEST((refusal_of<std::array<int, 2>>({1}) == "value: expected 2 elements, found 1"));
  BOOST_TEST((refusal_of<std::array<int, 2>>({1, 2, 3}) == "value: expected 2 elements, found 3"));
  BOOST_TEST((refusal_of<std::array<int, 1>>({"x"}) == "value[0]: expected integer, found text"));
}

BOOST_AUTO_TEST_CASE(a_map_comes_back_with_text_or_integers_as_keys) {
  BOOST_TEST((comes_back(std::map<std::string, int>{{"a", 1}, {"", 2}})));
  BOOST_TEST((comes_back(std::map<std::int16_t, std::string>{{-1, "a"}, {300, "b"}})));
  BOOST_TEST((comes_back(std::map<std::uint64_t, bool>{})));
  BOOST_TEST((seen_by_others(std::map<std::string, int>{{"a", 1}}) == json{{"a", 1}}));
}

BOOST_AUTO_TEST_CASE(a_map_names_the_key_of_what_is_wrong) {
  BOOST_TEST((refusal_of<std::map<std::string, int>>({{"a", 1}, {"b", "x"}})
              == "value[\"b\"]: expected integer, found text"));
  BOOST_TEST((read_as<std::map<int, bool>>(written(std::map<int, int>{{-7, 1}})).why().text
              == "value[-7]: expected bool, found integer"));
  BOOST_TEST((refusal_of<std::map<int, int>>({{"a", 1}}) == "value: expected integer, found text"));
}

BOOST_AUTO_TEST_CASE(an_unprintable_key_does_not_reach_a_log) {
  BOOST_TEST((refusal_of<std::map<std::string, int>>({{"\x1b[2J\" ~\x7f", "x"}})
              == "value[\"?[2J? ~?\"]: expected integer, found text"));
}

BOOST_AUTO_TEST_CASE(a_key_is_shown_up_to_forty_bytes_and_shortened_behind_them) {
  auto forty = std::string(40, 'k');
  auto what = std::string{"\"]: expected integer, found text"};
  BOOST_TEST((refusal_of<std::map<std::string, int>>({{forty, "x"}}) == "value[\"" + forty + what));
  BOOST_TEST((refusal_of<std::map<std::string, int>>({{forty + "k", "x"}})
              == "value[\"" + forty + "..." + what));
}

BOOST_AUTO_TEST_CASE(a_key_that_stands_twice_is_refused) {
  auto out = msgpack_writer{};
  BOOST_REQUIRE(out.enter_map(2));
  for (auto i = 0; i < 4; ++i)
    out.write_integer(std::uint64_t{1});
  BOOST_TEST((read_as<std::map<int, int>>(out.finish()).why().text
              == "value[1]: expected each key once, found it again"));
}

// -- described structs --------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_struct_is_a_map_from_field_name_to_value) {
  BOOST_TEST(seen_by_others(shop::item{"tea", 2.5}) == (json{{"name", "tea"}, {"price", 2.5}}));
}

BOOST_AUTO_TEST_CASE(structs_lie_in_each_other) {
  auto oak = shop::tree{"oak", {{"left", {}}, {"right", {{"twig", {}}}}}};
  BOOST_TEST(comes_back(oak));
  BOOST_TEST(comes_back(std::map<std::string, std::vector<shop::item>>{{"a", {{"tea", 1.0}}}}));
}

BOOST_AUTO_TEST_CASE(a_nested_error_names_its_whole_path) {
  auto bad = json{{"branches", {{{"name", "a"}}, {{"branches", {{{"name", 3}}}}}}}};
  BOOST_TEST(refusal_of<shop::tree>(bad)
             == "value.branches[1].branches[0].name: expected text, found integer");
}

BOOST_AUTO_TEST_CASE(nesting_ends_at_sixty_four_levels_on_both_sides) {
  // each tree is a map with an array of trees in it
  auto deep = shop::tree{};
  for (auto level = 2; level < 64; level += 2)
    deep = shop::tree{"", {deep}};
  BOOST_TEST(comes_back(deep));

  auto deeper = shop::tree{"", {deep}};
  auto out = msgpack_writer{};
  BOOST_TEST(!field_codec<shop::tree>::write(out, deeper));
  auto text = out.problem().text("tree");
  BOOST_TEST(text.starts_with("tree.branches[0].branches[0]"));
  BOOST_TEST(text.ends_with(": nested deeper than 64 levels"));

  auto foreign = json::object();
  for (auto level = 2; level <= 64; level += 2)
    foreign = json{{"branches", json::array({foreign})}};
  BOOST_TEST(refusal_of<shop::tree>(foreign).ends_with(": nested deeper than 64 levels"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
