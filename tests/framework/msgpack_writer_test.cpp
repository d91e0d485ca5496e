#include "ferry/codec/msgpack_writer.hpp"

#include "support/allocation_meter.hpp"

#include <boost/test/unit_test.hpp>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

namespace {

using namespace ferry;
using namespace std::string_view_literals;
using nlohmann::json;

using ferry::testing::allocation_meter;

constexpr auto longest = std::size_t{std::numeric_limits<std::uint32_t>::max()};

json seen_by_others(const msgpack_writer& out) {
  auto data = out.finish();
  auto begin = reinterpret_cast<const std::uint8_t*>(data.bytes().data());
  return json::from_msgpack(begin, begin + data.size());
}

bool write_text(std::size_t length) {
  auto out = msgpack_writer{};
  return out.write_text(std::string(length, 'x')) && out.finish().size() > length;
}

BOOST_AUTO_TEST_SUITE(msgpack_writer_suite)

BOOST_AUTO_TEST_CASE(each_kind_of_value_is_understood_by_others) {
  auto out = msgpack_writer{};
  BOOST_REQUIRE(out.enter_array(8));
  out.write_nil();
  out.write_bool(true);
  out.write_integer(std::int64_t{-7});
  out.write_integer(std::numeric_limits<std::uint64_t>::max());
  out.write_float(0.5f);
  out.write_float(0.1);
  BOOST_REQUIRE(out.write_text("tea"));
  BOOST_REQUIRE(out.write_bytes(std::as_bytes(std::span{"ab"sv})));
  out.leave();
  BOOST_TEST(seen_by_others(out)
             == (json{nullptr, true, -7, std::numeric_limits<std::uint64_t>::max(), 0.5, 0.1, "tea",
                      json::binary({'a', 'b'})}));
}

BOOST_AUTO_TEST_CASE(a_map_is_keys_and_values_in_turn) {
  auto out = msgpack_writer{};
  BOOST_REQUIRE(out.enter_map(1));
  BOOST_REQUIRE(out.write_text("id"));
  out.write_integer(std::uint64_t{7});
  out.leave();
  BOOST_TEST(seen_by_others(out) == (json{{"id", 7}}));
}

BOOST_AUTO_TEST_CASE(nothing_written_is_an_empty_payload) {
  BOOST_TEST(msgpack_writer{}.finish().size() == 0u);
}

BOOST_AUTO_TEST_CASE(a_collection_has_less_than_two_to_the_thirty_two_elements) {
  auto out = msgpack_writer{};
  BOOST_TEST(out.enter_array(longest));
  BOOST_TEST(out.enter_map(longest));
  BOOST_TEST(!out.enter_array(longest + 1));
  BOOST_TEST(out.problem().text("order")
             == "order: holds 4294967296 elements, MessagePack allows 4294967295");
}

BOOST_AUTO_TEST_CASE(sixty_four_levels_are_entered_and_the_next_is_not) {
  auto out = msgpack_writer{};
  for (auto level = std::size_t{0}; level < deepest_nesting; ++level)
    BOOST_TEST(out.enter_array(1));
  BOOST_TEST(!out.enter_map(1));
  BOOST_TEST(out.problem().text("order") == "order: nested deeper than 64 levels");
  out.leave();
  BOOST_TEST(out.enter_map(1));
}

BOOST_AUTO_TEST_CASE(a_writer_inside_a_writer_keeps_to_itself) {
  auto outer = msgpack_writer{};
  outer.write_integer(std::uint64_t{1});
  {
    auto inner = msgpack_writer{};
    inner.write_integer(std::uint64_t{2});
    BOOST_TEST(seen_by_others(inner) == 2);
  }
  BOOST_TEST(seen_by_others(outer) == 1);
}

BOOST_AUTO_TEST_CASE(only_the_payload_is_allocated_once_the_buffer_has_grown) {
  BOOST_REQUIRE(write_text(100'000));
  auto text = std::string(100'000, 'x');
  auto meter = allocation_meter{};
  auto out = msgpack_writer{};
  auto written = out.write_text(text);
  auto before_finish = meter.count();
  auto data = out.finish();
  BOOST_TEST(written);
  BOOST_TEST(before_finish == 0u);
  BOOST_TEST(meter.count() == 1u);
}

BOOST_AUTO_TEST_CASE(a_buffer_above_one_mebibyte_is_not_kept) {
  auto text = std::string(2 << 20, 'x');
  for (auto again = 0; again < 2; ++again) {
    auto out = msgpack_writer{};
    auto meter = allocation_meter{};
    BOOST_REQUIRE(out.write_text(text));
    BOOST_TEST(meter.bytes() > text.size());
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
