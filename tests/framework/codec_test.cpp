#include "ferry/codec/codec.hpp"

#include "support/allocation_meter.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <rapidcheck.h>

namespace shop {
namespace {

enum class state : std::int16_t { open, paid = 300 };

struct line {
  std::string item;
  std::uint32_t pieces = 1;

  friend bool operator==(const line&, const line&) = default;
};
FERRY_DESCRIBE(line, item, pieces)

// One field of every kind.
struct order {
  std::uint64_t id = 0;
  bool urgent = false;
  std::int8_t rank = 0;
  float weight = 0;
  double price = 0;
  shop::state state = state::open;
  std::string customer;
  std::vector<std::byte> scan;
  std::array<std::uint8_t, 4> checksum{};
  std::vector<std::string> notes;
  std::array<int, 2> shelf{};
  std::optional<line> gift;
  std::map<std::string, std::vector<line>> lines;
  std::map<std::int32_t, bool> flags;
  std::chrono::milliseconds patience{};
  std::chrono::system_clock::time_point placed{};

  friend bool operator==(const order&, const order&) = default;
};
FERRY_DESCRIBE_AS("shop.order", order, id, urgent, rank, weight, price, state, customer, scan,
                  checksum, notes, shelf, gift, lines, flags, patience, placed)

struct tree {
  std::vector<tree> branches;
};
FERRY_DESCRIBE(tree, branches)

} // namespace
} // namespace shop

// The same message in several versions of a program.
namespace past {
namespace {
struct visit {
  std::string who = "nobody";
  int room = 1;
};
FERRY_DESCRIBE(visit, who, room)
} // namespace
} // namespace past

namespace present {
namespace {
struct visit {
  std::vector<std::string> notes = {"none"};
  std::string who = "nobody";
  int floor = 2;
};
FERRY_DESCRIBE(visit, notes, who, floor)
} // namespace
} // namespace present

namespace widened {
namespace {
struct visit {
  std::optional<std::string> who;
  std::int64_t room = 1;
};
FERRY_DESCRIBE(visit, who, room)
} // namespace
} // namespace widened

namespace changed {
namespace {
struct visit {
  int who = 0;
};
FERRY_DESCRIBE(visit, who)
} // namespace
} // namespace changed

// A type with a codec of its own.
namespace own {
namespace {
struct note {
  std::string text;
};
} // namespace
} // namespace own

template <>
struct ferry::codec<own::note> {
  static const shared_content& content() {
    static const auto shared = make_content("note", "json");
    return shared;
  }

  static result<payload> encode(const own::note& value) {
    auto text = nlohmann::json{{"text", value.text}}.dump();
    return payload{std::as_bytes(std::span{text})};
  }

  static result<own::note> decode(std::span<const std::byte> data) {
    auto begin = reinterpret_cast<const char*>(data.data());
    auto document = nlohmann::json::parse(begin, begin + data.size(), nullptr, false);
    if (!document.is_object() || !document.contains("text"))
      return error{errc::undecodable, "note: expected an object with a text"};
    return own::note{document["text"]};
  }
};

template <>
struct rc::Arbitrary<shop::line> {
  static Gen<shop::line> arbitrary() {
    return gen::build<shop::line>(gen::set(&shop::line::item), gen::set(&shop::line::pieces));
  }
};

template <>
struct rc::Arbitrary<shop::order> {
  static Gen<shop::order> arbitrary() {
    using shop::order;
    using std::chrono::system_clock;
    auto gift = gen::map(gen::arbitrary<std::vector<shop::line>>(), [](auto lines) {
      auto chosen = std::optional<shop::line>{};
      if (!lines.empty())
        chosen = lines.front();
      return chosen;
    });
    auto scan = gen::container<std::vector<std::byte>>(
      gen::map(gen::arbitrary<std::uint8_t>(), [](auto byte) { return std::byte{byte}; }));
    auto patience = gen::construct<std::chrono::milliseconds>(gen::arbitrary<std::int64_t>());
    auto placed = gen::map(gen::arbitrary<std::int64_t>(), [](std::int64_t ns) {
      return system_clock::time_point{std::chrono::nanoseconds{ns}};
    });
    return gen::build<order>(
      gen::set(&order::id), gen::set(&order::urgent), gen::set(&order::rank),
      gen::set(&order::weight), gen::set(&order::price),
      gen::set(&order::state, gen::element(shop::state::open, shop::state::paid)),
      gen::set(&order::customer), gen::set(&order::scan, scan), gen::set(&order::checksum),
      gen::set(&order::notes), gen::set(&order::shelf), gen::set(&order::gift, gift),
      gen::set(&order::lines), gen::set(&order::flags), gen::set(&order::patience, patience),
      gen::set(&order::placed, placed));
  }
};

namespace {

using namespace ferry;
using nlohmann::json;

using ferry::testing::allocation_meter;

template <class T>
payload encoded(const T& value) {
  return codec<T>::encode(value).value();
}

envelope carrying(payload body, shared_content content) {
  return {std::move(body), std::move(content), nullptr, {}};
}

payload from_others(const json& value) {
  auto data = json::to_msgpack(value);
  return payload{std::as_bytes(std::span{data})};
}

// The sentence that refuses `value`, which another program published.
template <class T>
std::string refusal_of(const json& value) {
  auto back = codec<T>::decode(from_others(value).bytes());
  BOOST_REQUIRE(!back.ok());
  BOOST_TEST((back.why().code == errc::undecodable));
  return back.why().text;
}

shop::order full_order() {
  auto order = shop::order{};
  order.id = 7;
  order.state = shop::state::paid;
  order.customer = "alice";
  order.scan.resize(40);
  order.notes = {"fragile", "ring twice"};
  order.gift = shop::line{"card", 1};
  order.lines = {{"food", {{"tea", 2}, {"salt", 1}}}};
  order.flags = {{-1, true}};
  return order;
}

// Decoding never costs more than this: elements of one byte become objects, and
// nested collections each reserve what the rest could hold.
std::size_t allocation_bound(std::size_t bytes) {
  return 8192 + bytes * sizeof(shop::line) * 4;
}

BOOST_AUTO_TEST_SUITE(codec_suite)

// -- round trips --------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_message_comes_back_as_it_was) {
  auto back = codec<shop::order>::decode(encoded(full_order()).bytes());
  BOOST_TEST((back.value() == full_order()));
}

BOOST_AUTO_TEST_CASE(any_message_comes_back_as_it_was) {
  BOOST_TEST(rc::check("decode undoes encode", [](const shop::order& order) {
    auto back = codec<shop::order>::decode(encoded(order).bytes());
    RC_ASSERT(back.ok());
    RC_ASSERT(*back == order);
  }));
}

BOOST_AUTO_TEST_CASE(a_message_of_three_fields_costs_one_allocation) {
  auto visit = present::visit{{"a", "b"}, std::string(100, 'x'), 3};
  (void)encoded(visit);
  auto meter = allocation_meter{};
  auto body = codec<present::visit>::encode(visit);
  BOOST_TEST(meter.count() == 1u);
  BOOST_TEST(body.ok());
}

BOOST_AUTO_TEST_CASE(what_messagepack_cannot_hold_is_refused_with_its_place) {
  auto tree = shop::tree{};
  for (auto level = 0; level < 33; ++level) {
    auto next = shop::tree{};
    next.branches.push_back(std::move(tree));
    tree = std::move(next);
  }
  auto body = codec<shop::tree>::encode(tree);
  BOOST_REQUIRE(!body.ok());
  BOOST_TEST((body.why().code == errc::invalid_argument));
  BOOST_TEST(body.why().text.starts_with("tree.branches[0].branches[0]"));
  BOOST_TEST(body.why().text.ends_with(": nested deeper than 64 levels"));
}

// -- evolution ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(an_older_message_leaves_new_fields_at_their_default) {
  auto body = encoded(past::visit{"alice", 5});
  auto visit = codec<present::visit>::decode(body.bytes()).value();
  BOOST_TEST(visit.who == "alice");
  BOOST_TEST(visit.floor == 2);
  BOOST_TEST(visit.notes == std::vector<std::string>{"none"});
}

BOOST_AUTO_TEST_CASE(a_newer_message_is_read_without_the_fields_that_are_unknown) {
  auto body = encoded(present::visit{{"a", "b"}, "alice", 5});
  auto visit = codec<past::visit>::decode(body.bytes()).value();
  BOOST_TEST(visit.who == "alice");
  BOOST_TEST(visit.room == 1);
}

BOOST_AUTO_TEST_CASE(fields_may_come_in_any_order) {
  auto body = encoded(past::visit{"alice", 5});
  auto swapped = from_others({{"room", 5}, {"who", "alice"}});
  BOOST_TEST(codec<past::visit>::decode(body.bytes())->room == 5);
  BOOST_TEST(codec<past::visit>::decode(swapped.bytes())->room == 5);
  BOOST_TEST(codec<past::visit>::decode(swapped.bytes())->who == "alice");
}

BOOST_AUTO_TEST_CASE(an_unknown_field_may_hold_anything) {
  auto odd = json{{"who", "alice"}, {"zoo", {nullptr, 1.5, {{"deep", json::binary({1})}}}}};
  BOOST_TEST(codec<past::visit>::decode(from_others(odd).bytes())->who == "alice");
}

BOOST_AUTO_TEST_CASE(a_field_that_became_wider_is_read_on_both_sides_while_it_fits) {
  auto body = encoded(widened::visit{"alice", std::int64_t{1} << 31});
  BOOST_TEST(codec<widened::visit>::decode(encoded(past::visit{"alice", 5}).bytes())->room == 5);
  BOOST_TEST(codec<past::visit>::decode(body.bytes()).why().text
             == "visit.room: expected integer from -2147483648 to 2147483647, found 2147483648");
}

BOOST_AUTO_TEST_CASE(a_field_that_became_optional_is_read_on_both_sides_while_it_is_there) {
  auto there = encoded(widened::visit{"alice", 5});
  auto absent = encoded(widened::visit{std::nullopt, 5});
  BOOST_TEST((codec<widened::visit>::decode(encoded(past::visit{}).bytes())->who == "nobody"));
  BOOST_TEST(codec<past::visit>::decode(there.bytes())->who == "alice");
  BOOST_TEST(codec<past::visit>::decode(absent.bytes()).why().text
             == "visit.who: expected text, found nil");
}

BOOST_AUTO_TEST_CASE(a_field_that_changed_its_type_is_refused) {
  auto body = encoded(past::visit{"alice", 5});
  BOOST_TEST(codec<changed::visit>::decode(body.bytes()).why().text
             == "visit.who: expected integer, found text");
}

// -- refusals -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_refusal_names_type_path_and_what_was_found) {
  BOOST_TEST(refusal_of<shop::order>({{"notes", {"a", "b", 3}}})
             == "shop.order.notes[2]: expected text, found integer");
  BOOST_TEST(refusal_of<shop::order>({{"lines", {{"food", {{{"pieces", -1}}}}}}})
             == "shop.order.lines[\"food\"][0].pieces: "
                "expected integer from 0 to 4294967295, found -1");
  BOOST_TEST(refusal_of<shop::order>({{"gift", {{"item", nullptr}}}})
             == "shop.order.gift.item: expected text, found nil");
  BOOST_TEST(refusal_of<shop::order>({{"checksum", json::binary({1})}})
             == "shop.order.checksum: expected 4 bytes, found 1");
}

BOOST_AUTO_TEST_CASE(a_message_that_is_no_map_is_refused) {
  BOOST_TEST(refusal_of<shop::order>({1, 2}) == "shop.order: expected map, found array");
}

BOOST_AUTO_TEST_CASE(an_empty_payload_is_refused) {
  BOOST_TEST(codec<shop::order>::decode({}).why().text
             == "shop.order: expected map, found data that ends before the value does");
}

BOOST_AUTO_TEST_CASE(a_field_name_that_is_no_text_is_refused) {
  auto body = encoded(past::visit{});
  auto data = std::vector(body.bytes().begin(), body.bytes().end());
  data[1] = std::byte{7}; // where the first name begins
  BOOST_TEST(codec<past::visit>::decode(data).why().text == "visit: expected text, found integer");
}

BOOST_AUTO_TEST_CASE(a_field_that_stands_twice_is_refused) {
  auto out = msgpack_writer{};
  BOOST_REQUIRE(out.enter_map(2));
  for (auto i = 0; i < 2; ++i) {
    BOOST_REQUIRE(out.write_text("who"));
    BOOST_REQUIRE(out.write_text("alice"));
  }
  BOOST_TEST(codec<past::visit>::decode(out.finish().bytes()).why().text
             == "visit.who: expected each field once, found it again");
}

BOOST_AUTO_TEST_CASE(bytes_behind_the_message_are_refused) {
  auto body = encoded(past::visit{});
  auto data = std::vector(body.bytes().begin(), body.bytes().end());
  data.resize(data.size() + 3);
  BOOST_TEST(codec<past::visit>::decode(data).why().text
             == "visit: expected the end, found 3 more bytes");
}

// -- hostile input ------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_message_cut_anywhere_is_refused) {
  auto body = encoded(full_order());
  for (auto length = std::size_t{0}; length < body.size(); ++length) {
    // a copy of its own, so that a sanitizer sees the first byte read behind it
    auto cut =
      std::vector(body.bytes().begin(), body.bytes().begin() + static_cast<std::ptrdiff_t>(length));
    BOOST_TEST(!codec<shop::order>::decode(cut).ok(), "cut to " << length << " bytes");
  }
}

BOOST_AUTO_TEST_CASE(a_broken_message_never_costs_more_than_its_size_allows) {
  BOOST_TEST(rc::check("a few wrong bytes", [] {
    static const auto body = encoded(full_order());
    auto data = std::vector(body.bytes().begin(), body.bytes().end());
    for (auto i = *rc::gen::inRange(1, 5); i > 0; --i)
      data[*rc::gen::inRange<std::size_t>(0, data.size())] =
        std::byte{*rc::gen::arbitrary<std::uint8_t>()};
    auto meter = allocation_meter{};
    (void)codec<shop::order>::decode(data);
    RC_ASSERT(meter.bytes() <= allocation_bound(data.size()));
  }));
}

BOOST_AUTO_TEST_CASE(random_bytes_never_cost_more_than_their_size_allows) {
  BOOST_TEST(rc::check("any bytes", [](const std::vector<std::uint8_t>& data) {
    auto meter = allocation_meter{};
    (void)codec<shop::order>::decode(std::as_bytes(std::span{data}));
    RC_ASSERT(meter.bytes() <= allocation_bound(data.size()));
  }));
}

BOOST_AUTO_TEST_CASE(forty_bytes_cannot_claim_gigabytes) {
  struct claim {
    const char* field;
    std::uint8_t first_byte;
  };
  for (auto [field, first_byte] :
       {claim{"customer", 0xdb}, claim{"scan", 0xc6}, claim{"notes", 0xdd}, claim{"lines", 0xdf},
        claim{"flags", 0xdf}, claim{"unknown", 0xdd}}) {
    auto out = msgpack_writer{};
    BOOST_REQUIRE(out.enter_map(1) && out.write_text(field));
    auto body = out.finish();
    auto data = std::vector(body.bytes().begin(), body.bytes().end());
    data.push_back(std::byte{first_byte});
    data.resize(40, std::byte{0xff});
    auto meter = allocation_meter{};
    auto back = codec<shop::order>::decode(data);
    BOOST_TEST(meter.bytes() < 4096u, field);
    BOOST_TEST(!back.ok(), field);
  }
}

// -- content types ------------------------------------------------------------

BOOST_AUTO_TEST_CASE(all_messages_of_a_type_share_one_content_type) {
  BOOST_TEST(codec<shop::order>::content()->type == "shop.order");
  BOOST_TEST(codec<shop::order>::content()->format == "msgpack");
  BOOST_TEST(codec<shop::order>::content() == codec<shop::order>::content());
}

BOOST_AUTO_TEST_CASE(an_envelope_of_the_same_type_is_decoded) {
  auto carrier = carrying(encoded(past::visit{"alice", 5}), codec<past::visit>::content());
  BOOST_TEST(decode_as<past::visit>(carrier)->who == "alice");
  carrier.content = make_content("visit", "msgpack"); // as read from a file
  BOOST_TEST(decode_as<past::visit>(carrier)->who == "alice");
}

BOOST_AUTO_TEST_CASE(an_envelope_of_another_type_or_format_is_refused) {
  auto carrier = carrying(encoded(past::visit{}), make_content("stay", "msgpack"));
  BOOST_TEST((decode_as<past::visit>(carrier).why().code == errc::undecodable));
  BOOST_TEST(decode_as<past::visit>(carrier).why().text
             == "expected \"visit\" as msgpack, found \"stay\" as msgpack; "
                "consume the type that was published");
  carrier.content = make_content("visit", "json");
  BOOST_TEST(decode_as<past::visit>(carrier).why().text
             == "expected \"visit\" as msgpack, found \"visit\" as json; "
                "consume the type that was published");
}

BOOST_AUTO_TEST_CASE(an_envelope_without_content_type_holds_raw_bytes) {
  auto carrier = carrying(encoded(past::visit{}), nullptr);
  BOOST_TEST(decode_as<std::string>(carrier)->size() == carrier.body.size());
  BOOST_TEST(decode_as<past::visit>(carrier).why().text
             == "expected \"visit\" as msgpack, found bytes as raw; "
                "consume the type that was published");
}

BOOST_AUTO_TEST_CASE(text_and_bytes_travel_as_they_are) {
  auto body = encoded(std::string{"tea"});
  BOOST_TEST(body.size() == 3u);
  BOOST_TEST(codec<std::string>::decode(body.bytes()).value() == "tea");
  BOOST_TEST(codec<std::string>::decode({}).value().empty());
  auto bytes = std::vector{std::byte{1}, std::byte{2}};
  BOOST_TEST((codec<std::vector<std::byte>>::decode(encoded(bytes).bytes()).value() == bytes));
  BOOST_TEST((*codec<std::string>::content() == content_type{"", "raw"}));
}

BOOST_AUTO_TEST_CASE(raw_bytes_are_not_taken_for_another_format) {
  auto carrier = carrying(encoded(past::visit{}), codec<past::visit>::content());
  BOOST_TEST(decode_as<std::string>(carrier).why().text
             == "expected bytes as raw, found \"visit\" as msgpack; "
                "consume the type that was published");
}

BOOST_AUTO_TEST_CASE(a_type_can_bring_a_codec_of_its_own) {
  auto carrier = carrying(encoded(own::note{"tea"}), codec<own::note>::content());
  BOOST_TEST(decode_as<own::note>(carrier)->text == "tea");
  carrier.body = encoded(std::string{"{}"});
  BOOST_TEST((decode_as<own::note>(carrier).why().code == errc::undecodable));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
