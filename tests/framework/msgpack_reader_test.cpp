#include "ferry/codec/msgpack_reader.hpp"

#include "ferry/codec/msgpack_writer.hpp"

#include <boost/test/unit_test.hpp>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <rapidcheck.h>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace ferry;
using nlohmann::json;

using byte_list = std::vector<std::uint8_t>;

std::span<const std::byte> bytes_of(const byte_list& data) {
  return std::as_bytes(std::span{data});
}

// The reader's words about `data`, after `read` was tried.
template <class Read>
std::string refusal_of(const byte_list& data, Read read) {
  auto in = msgpack_reader{bytes_of(data)};
  return read(in) ? "accepted" : in.problem().text("value");
}

std::string refused_text(const byte_list& data) {
  return refusal_of(data, [](auto& in) { return in.read_text().has_value(); });
}

bool skips(const byte_list& data) {
  auto in = msgpack_reader{bytes_of(data)};
  return in.skip() && in.finish();
}

// Random documents, written by another implementation than ours.
rc::Gen<json> document(int depth) {
  using namespace rc::gen;
  auto scalar =
    oneOf(construct<json>(arbitrary<std::int64_t>()), construct<json>(arbitrary<std::uint64_t>()),
          construct<json>(arbitrary<double>()), construct<json>(arbitrary<bool>()),
          construct<json>(container<std::string>(inRange('a', 'z'))),
          map(arbitrary<byte_list>(), [](byte_list b) { return json::binary(b); }),
          map(just(0), [](int) { return json(nullptr); }));
  if (depth == 0)
    return scalar;
  auto inner = resize(5, container<std::vector<json>>(document(depth - 1)));
  return oneOf(scalar, map(inner, [](std::vector<json> items) { return json(items); }),
               map(inner, [](std::vector<json> items) {
                 auto object = json::object();
                 for (auto& item : items)
                   object[std::to_string(object.size())] = item;
                 return object;
               }));
}

BOOST_AUTO_TEST_SUITE(msgpack_reader_suite)

// -- against another implementation -------------------------------------------

BOOST_AUTO_TEST_CASE(any_document_of_another_writer_is_passed_over_to_its_end) {
  BOOST_TEST(rc::check("skip ends where the value ends",
                       [] { RC_ASSERT(skips(json::to_msgpack(*document(3)))); }));
}

BOOST_AUTO_TEST_CASE(a_document_that_was_cut_is_never_passed_over) {
  BOOST_TEST(rc::check("skip notices a cut", [] {
    auto whole = json::to_msgpack(*document(3));
    auto length = *rc::gen::inRange<std::size_t>(0, whole.size());
    RC_ASSERT(!skips({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)}));
  }));
}

BOOST_AUTO_TEST_CASE(an_integer_is_read_from_the_widest_format_too) {
  auto small = byte_list{0xcf, 0, 0, 0, 0, 0, 0, 0, 5};
  auto signed_small = byte_list{0xd3, 0, 0, 0, 0, 0, 0, 0, 5};
  auto minus_one = byte_list{0xd3, 255, 255, 255, 255, 255, 255, 255, 255};
  BOOST_TEST((msgpack_reader{bytes_of(small)}.read_integer(-128, 127) == 5));
  BOOST_TEST((msgpack_reader{bytes_of(signed_small)}.read_integer(255u) == 5u));
  BOOST_TEST((msgpack_reader{bytes_of(minus_one)}.read_integer(-1, 127) == -1));
}

BOOST_AUTO_TEST_CASE(an_extension_is_passed_over_at_each_width) {
  auto with = [](byte_list head, std::size_t content) {
    head.resize(head.size() + content, 0xff);
    return head;
  };
  BOOST_TEST(skips(with({0xd4}, 1 + 1)));
  BOOST_TEST(skips(with({0xd5}, 1 + 2)));
  BOOST_TEST(skips(with({0xd6}, 1 + 4)));
  BOOST_TEST(skips(with({0xd7}, 1 + 8)));
  BOOST_TEST(skips(with({0xd8}, 1 + 16)));
  BOOST_TEST(skips(with({0xc7, 0}, 1 + 0)));
  BOOST_TEST(skips(with({0xc7, 3}, 1 + 3)));
  BOOST_TEST(skips(with({0xc8, 0, 3}, 1 + 3)));
  BOOST_TEST(skips(with({0xc9, 0, 0, 0, 3}, 1 + 3)));
  BOOST_TEST(!skips(with({0xd8}, 16)));
}

// -- what is found instead ----------------------------------------------------

BOOST_AUTO_TEST_CASE(each_kind_of_value_is_called_by_its_name) {
  BOOST_TEST(refused_text({0xc0}) == "value: expected text, found nil");
  BOOST_TEST(refused_text({0xc3}) == "value: expected text, found bool");
  BOOST_TEST(refused_text({0x07}) == "value: expected text, found integer");
  BOOST_TEST(refused_text({0xff}) == "value: expected text, found integer");
  BOOST_TEST(refused_text({0xca, 0, 0, 0, 0}) == "value: expected text, found float");
  BOOST_TEST(refused_text({0xc4, 0}) == "value: expected text, found bytes");
  BOOST_TEST(refused_text({0x90}) == "value: expected text, found array");
  BOOST_TEST(refused_text({0x80}) == "value: expected text, found map");
  BOOST_TEST(refused_text({0xd4, 0, 0}) == "value: expected text, found extension");
  BOOST_TEST(refused_text({0xc1}) == "value: expected text, found an invalid byte");
  BOOST_TEST(refused_text({})
             == "value: expected text, found data that ends before the value does");
}

BOOST_AUTO_TEST_CASE(each_reading_function_says_what_it_expected) {
  auto nil = byte_list{0xc0};
  auto said = [&](auto read) { return refusal_of(nil, read); };
  BOOST_TEST(said([](auto& in) { return in.read_bool(); }) == "value: expected bool, found nil");
  BOOST_TEST(said([](auto& in) { return in.read_integer(9u); })
             == "value: expected integer, found nil");
  BOOST_TEST(said([](auto& in) { return in.read_integer(0, 9); })
             == "value: expected integer, found nil");
  BOOST_TEST(said([](auto& in) { return in.read_float(); }) == "value: expected float, found nil");
  BOOST_TEST(said([](auto& in) { return in.read_bytes(); }) == "value: expected bytes, found nil");
  BOOST_TEST(said([](auto& in) { return in.enter_array(); }) == "value: expected array, found nil");
  BOOST_TEST(said([](auto& in) { return in.enter_map(); }) == "value: expected map, found nil");
  BOOST_TEST(said([](auto& in) { return in.finish(); })
             == "value: expected the end, found 1 more bytes");
  BOOST_TEST(refusal_of({0xc1}, [](auto& in) { return in.skip(); })
             == "value: expected a value, found an invalid byte");
}

// -- lengths ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_length_is_believed_only_if_as_many_bytes_are_left) {
  BOOST_TEST(refused_text({0xa2, 'a', 'b'}) == "accepted");
  BOOST_TEST(refused_text({0xa2, 'a'})
             == "value: expected text, found data that ends before the value does");
  BOOST_TEST(refused_text({0xdb, 255, 255, 255, 255, 'a'})
             == "value: expected text, found data that ends before the value does");
}

BOOST_AUTO_TEST_CASE(a_number_is_read_only_if_all_its_bytes_are_left) {
  // the bytes behind the end are there, so that reading them would succeed
  auto beyond = byte_list(20, 1);
  for (auto [first_byte, width] : std::initializer_list<std::pair<std::uint8_t, std::size_t>>{
         {0xca, 4}, {0xcb, 8}, {0xcc, 1}, {0xcd, 2}, {0xce, 4}, {0xcf, 8}, {0xd3, 8}}) {
    beyond[0] = first_byte;
    auto whole = msgpack_reader{bytes_of(beyond).first(1 + width)};
    auto cut = msgpack_reader{bytes_of(beyond).first(width)};
    BOOST_TEST(whole.read_float().has_value(), "format " << int{first_byte});
    BOOST_TEST(!cut.read_float().has_value(), "format " << int{first_byte});
  }
}

BOOST_AUTO_TEST_CASE(an_element_takes_one_byte_and_a_pair_two) {
  auto enters_array = [](auto& in) { return in.enter_array(); };
  auto enters_map = [](auto& in) { return in.enter_map(); };
  auto cut = "found data that ends before the value does";
  BOOST_TEST(refusal_of({0x92, 1, 2}, enters_array) == "accepted");
  BOOST_TEST(refusal_of({0x92, 1}, enters_array).ends_with(cut));
  BOOST_TEST(refusal_of({0x81, 1, 2}, enters_map) == "accepted");
  BOOST_TEST(refusal_of({0x81, 1}, enters_map).ends_with(cut));
  BOOST_TEST(refusal_of({0xdf, 255, 255, 255, 255, 1, 2}, enters_map).ends_with(cut));
}

// -- nesting ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(sixty_four_levels_are_entered_and_the_next_is_not) {
  auto in_each_other = byte_list(deepest_nesting + 1, 0x91);
  in_each_other.push_back(0xc0);
  auto in = msgpack_reader{bytes_of(in_each_other)};
  for (auto level = std::size_t{0}; level < deepest_nesting; ++level)
    BOOST_TEST((in.enter_array() == 1u));
  BOOST_TEST(!in.enter_array());
  BOOST_TEST(in.problem().text("value") == "value: nested deeper than 64 levels");
}

BOOST_AUTO_TEST_CASE(a_level_that_was_left_does_not_count) {
  auto beside_each_other = byte_list(deepest_nesting + 1, 0x90);
  auto in = msgpack_reader{bytes_of(beside_each_other)};
  for (auto i = std::size_t{0}; i <= deepest_nesting; ++i) {
    BOOST_TEST((in.enter_array() == 0u));
    in.leave();
  }
}

BOOST_AUTO_TEST_CASE(a_value_is_passed_over_at_any_depth) {
  auto deep = byte_list(1'000'000, 0x91);
  BOOST_TEST(!skips(deep));
  deep.push_back(0xc0);
  BOOST_TEST(skips(deep));
}

BOOST_AUTO_TEST_CASE(a_nil_is_taken_only_where_one_is) {
  auto data = byte_list{0xc0, 0x07};
  auto in = msgpack_reader{bytes_of(data)};
  BOOST_TEST(in.take_nil());
  BOOST_TEST(!in.take_nil());
  BOOST_TEST((in.read_integer(9u) == 7u));
  BOOST_TEST(!in.take_nil());
  BOOST_TEST(in.finish());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
