#include "ferry/message.hpp"

#include "support/allocation_meter.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>
#include <string_view>

namespace {

using namespace ferry;

payload payload_of(std::string_view text) {
  return payload{std::as_bytes(std::span{text})};
}

std::string text_of(const payload& body) {
  return {reinterpret_cast<const char*>(body.bytes().data()), body.size()};
}

shared_page page_of(std::string_view letters) {
  auto page = message_page{};
  for (auto letter : letters)
    page.push_back({payload_of({&letter, 1}), nullptr, nullptr, {}});
  return std::make_shared<const message_page>(std::move(page));
}

message_run run_of(shared_page page, std::uint64_t first) {
  auto count = page->size();
  return {std::move(page), 0, count, sequence_number{first}, 0};
}

message_run run_on_disk(std::uint64_t first, std::uint64_t count) {
  return {nullptr, 0, count, sequence_number{first}, 0};
}

std::string letters(const message_run& run) {
  auto text = std::string{};
  for (const auto& item : run.envelopes())
    text += text_of(item.body);
  return text;
}

BOOST_AUTO_TEST_SUITE(message_suite)

// -- payload ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_payload_keeps_a_copy_of_its_bytes) {
  auto text = std::string{"tea"};
  auto body = payload_of(text);
  text = "???";
  BOOST_TEST(text_of(body) == "tea");
}

BOOST_AUTO_TEST_CASE(copies_of_a_payload_share_its_bytes) {
  auto body = payload_of("tea");
  auto copy = body;
  BOOST_TEST(copy.bytes().data() == body.bytes().data());
}

BOOST_AUTO_TEST_CASE(a_payload_can_be_empty) {
  BOOST_TEST(payload{}.bytes().empty());
  BOOST_TEST(payload_of("").bytes().empty());
  BOOST_TEST(payload_of("").size() == 0u);
}

// -- payloads of a page ---------------------------------------------------------

const std::byte* end_of(const payload& body) {
  return body.bytes().data() + body.size();
}

message_page page_of_texts(const std::vector<std::string>& texts) {
  auto page = message_page{};
  for (const auto& text : texts)
    page.push_back({payload_of(text), nullptr, nullptr, {}});
  return page;
}

BOOST_AUTO_TEST_CASE(a_single_payload_of_a_page_is_not_copied) {
  auto body = payload_of("tea");
  auto page = message_page{};
  page.push_back({body, nullptr, nullptr, {}});
  BOOST_TEST(page[0].body.bytes().data() == body.bytes().data());
}

BOOST_AUTO_TEST_CASE(small_payloads_of_a_page_lie_side_by_side) {
  auto page = page_of_texts({"four", "tea", "a", "of", "two"});
  // The first is alone; the next blocks hold 4 and 8 bytes, as much as all before them.
  BOOST_TEST(page[2].body.bytes().data() == end_of(page[1].body));
  BOOST_TEST(page[4].body.bytes().data() == end_of(page[3].body));
  BOOST_TEST(text_of(page[1].body) == "tea");
  BOOST_TEST(text_of(page[4].body) == "two");
}

BOOST_AUTO_TEST_CASE(a_page_packs_payloads_up_to_1_KiB) {
  auto page = message_page{};
  page.push_back({payload_of("first"), nullptr, nullptr, {}});
  auto largest = payload_of(std::string(1024, 'x'));
  auto larger = payload_of(std::string(1025, 'x'));
  page.push_back({largest, nullptr, nullptr, {}});
  page.push_back({larger, nullptr, nullptr, {}});
  BOOST_TEST(page[1].body.bytes().data() != largest.bytes().data());
  BOOST_TEST(page[2].body.bytes().data() == larger.bytes().data());
}

BOOST_AUTO_TEST_CASE(a_payload_outlives_its_page) {
  auto page = page_of_texts({"tea", "for", "two"});
  auto kept = page[2].body;
  page = {};
  BOOST_TEST(text_of(kept) == "two");
}

BOOST_AUTO_TEST_CASE(a_page_and_its_copy_grow_apart) {
  auto page = page_of_texts({"four", "tea", "a"}); // with room for more behind it
  auto copy = page;
  page.push_back({payload_of("of"), nullptr, nullptr, {}});
  copy.push_back({payload_of("no"), nullptr, nullptr, {}});
  auto assigned = message_page{};
  assigned = page;
  assigned.push_back({payload_of("my"), nullptr, nullptr, {}});
  page.push_back({payload_of("we"), nullptr, nullptr, {}});
  BOOST_TEST(text_of(page[3].body) == "of");
  BOOST_TEST(text_of(copy[3].body) == "no");
  BOOST_TEST(text_of(page[4].body) == "we");
  BOOST_TEST(text_of(assigned[4].body) == "my");
}

BOOST_AUTO_TEST_CASE(a_page_that_was_moved_can_grow_again) {
  auto page = page_of_texts({"four", "tea", "a"});
  auto moved = std::move(page);
  page = {};
  page.push_back({payload_of("of"), nullptr, nullptr, {}});
  page.push_back({payload_of("we"), nullptr, nullptr, {}});
  auto packer = payload_packer{};
  (void)packer.pack(payload_of("four"));
  (void)packer.pack(payload_of("a"));
  auto taken = std::move(packer);
  auto after = packer.pack(payload_of("b")); // NOLINT: that it may be used is the point
  BOOST_TEST(text_of(moved[2].body) == "a");
  BOOST_TEST(text_of(page[1].body) == "we");
  BOOST_TEST(text_of(after) == "b");
  BOOST_TEST(text_of(taken.pack(payload_of("c"))) == "c");
}

BOOST_AUTO_TEST_CASE(empty_payloads_are_packed_too) {
  auto page = page_of_texts({"", "", "tea", ""});
  BOOST_TEST(page[1].body.size() == 0u);
  BOOST_TEST(page[3].body.size() == 0u);
  BOOST_TEST(text_of(page[2].body) == "tea");
}

BOOST_AUTO_TEST_CASE(payloads_of_any_sizes_come_back_from_a_page) {
  auto holds = rc::check([](const std::vector<std::string>& texts) {
    auto page = page_of_texts(texts);
    for (auto at = std::size_t{0}; at < texts.size(); ++at)
      RC_ASSERT(text_of(page[at].body) == texts[at]);
  });
  BOOST_TEST(holds);
}

// -- pages --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_page_knows_the_payload_of_every_stretch) {
  auto page = message_page{{payload_of("1"), nullptr, nullptr, {}},
                           {payload_of("22"), nullptr, nullptr, {}},
                           {payload_of("333"), nullptr, nullptr, {}}};
  BOOST_TEST(page.payload_bytes(0, 3) == 6u);
  BOOST_TEST(page.payload_bytes(1, 1) == 2u);
  BOOST_TEST(page.payload_bytes(3, 0) == 0u);
}

BOOST_AUTO_TEST_CASE(a_page_knows_how_many_of_its_messages_fit) {
  auto page = message_page{{payload_of("1"), nullptr, nullptr, {}},
                           {payload_of("22"), nullptr, nullptr, {}},
                           {payload_of("333"), nullptr, nullptr, {}}};
  BOOST_TEST(page.fitting(1, 1) == 0u);
  BOOST_TEST(page.fitting(1, 2) == 1u);
  BOOST_TEST(page.fitting(1, 4) == 1u);
  BOOST_TEST(page.fitting(1, 5) == 2u);
  BOOST_TEST(page.fitting(1, 1000) == 2u);
}

BOOST_AUTO_TEST_CASE(a_page_that_handed_its_messages_over_is_empty) {
  auto page = message_page{{payload_of("1"), nullptr, nullptr, {}}};
  BOOST_TEST(page.release().size() == 1u);
  BOOST_TEST(page.empty());
  page.push_back({payload_of("22"), nullptr, nullptr, {}});
  BOOST_TEST(page.payload_bytes(0, 1) == 2u);
}

void check_estimate(std::size_t payload_bytes, const std::shared_ptr<const header_map>& headers) {
  auto text = std::string(payload_bytes, 'x');
  auto meter = testing::allocation_meter{};
  auto page = message_page{};
  page.reserve(1000);
  for (auto i = 0; i < 1000; ++i)
    page.push_back({payload_of(text), nullptr,
                    headers ? std::make_shared<const header_map>(*headers) : nullptr, {}});
  auto held = meter.held_bytes();
  BOOST_TEST(page.memory_bytes(0, 1000) >= held);
  BOOST_TEST(page.memory_bytes(0, 1000) <= held * 3 / 2);
}

BOOST_AUTO_TEST_CASE(the_memory_of_a_page_is_estimated_and_not_too_low) {
  check_estimate(0, nullptr);
  check_estimate(1, nullptr);
  check_estimate(100, nullptr);
  check_estimate(1024, nullptr);
  check_estimate(10'000, nullptr);
}

BOOST_AUTO_TEST_CASE(headers_count_as_memory_and_not_as_payload) {
  check_estimate(100, std::make_shared<const header_map>(header_map{{"ferry-id", "order-17"}}));
  check_estimate(100, std::make_shared<const header_map>(
                        header_map{{"a header with a long name", std::string(500, 'x')}}));
}

// -- runs ---------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_run_of_one_begins_and_ends_with_the_same_number) {
  BOOST_TEST((run_on_disk(7, 1).last() == sequence_number{7}));
  BOOST_TEST((run_on_disk(7, 3).last() == sequence_number{9}));
}

BOOST_AUTO_TEST_CASE(a_run_on_disk_has_no_envelopes) {
  auto run = run_on_disk(1, 1'000'000'000'000);
  BOOST_TEST(!run.is_resident());
  BOOST_TEST(run.envelopes().empty());
  BOOST_TEST(resident_bytes(run) == 0u);
}

BOOST_AUTO_TEST_CASE(only_the_payloads_of_the_run_are_counted) {
  auto page = std::make_shared<const message_page>(message_page{
    {payload_of("1"), nullptr, nullptr, {}},
    {payload_of("22"), nullptr, nullptr, {}},
    {payload_of("333"), nullptr, nullptr, {}},
  });
  BOOST_TEST(resident_bytes(message_run{page, 0, 3, sequence_number{1}, 0}) == 6u);
  BOOST_TEST(resident_bytes(message_run{page, 1, 1, sequence_number{2}, 0}) == 2u);
}

BOOST_AUTO_TEST_CASE(a_split_divides_numbers_and_envelopes_alike) {
  auto rest = run_of(page_of("abcd"), 7);
  rest.deliveries = 2;
  auto front = split_front(rest, 1);
  BOOST_TEST(letters(front) == "a");
  BOOST_TEST((front.first == sequence_number{7}));
  BOOST_TEST(front.deliveries == 2u);
  BOOST_TEST(letters(rest) == "bcd");
  BOOST_TEST((rest.first == sequence_number{8}));
  BOOST_TEST(rest.deliveries == 2u);
}

BOOST_AUTO_TEST_CASE(a_split_of_everything_leaves_an_empty_run) {
  auto rest = run_of(page_of("ab"), 7);
  auto front = split_front(rest, 2);
  BOOST_TEST(letters(front) == "ab");
  BOOST_TEST(rest.count == 0u);
  BOOST_TEST(letters(rest) == "");
  BOOST_TEST(resident_bytes(rest) == 0u);
}

BOOST_AUTO_TEST_CASE(a_split_on_disk_may_lie_beyond_any_page) {
  auto rest = run_on_disk(1, std::uint64_t{1} << 39);
  auto front = split_front(rest, std::uint64_t{1} << 38);
  BOOST_TEST(front.count == std::uint64_t{1} << 38);
  BOOST_TEST((rest.first == sequence_number{(std::uint64_t{1} << 38) + 1}));
  BOOST_TEST(rest.offset == 0u);
}

// -- neighbours ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(both_halves_of_a_split_continue_each_other) {
  BOOST_TEST(rc::check("a split can be undone", [] {
    auto length = *rc::gen::inRange<std::size_t>(2, 50);
    auto first = *rc::gen::inRange<std::uint64_t>(1, 1000);
    auto cut = *rc::gen::inRange<std::uint64_t>(1, length);
    auto rest = *rc::gen::arbitrary<bool>() ? run_of(page_of(std::string(length, 'x')), first)
                                            : run_on_disk(first, length);
    auto front = split_front(rest, cut);
    RC_ASSERT(continues(front, rest));
    RC_ASSERT(!continues(rest, front));
    RC_ASSERT(front.count + rest.count == length);
  }));
}

BOOST_AUTO_TEST_CASE(a_gap_or_an_overlap_of_numbers_does_not_continue) {
  auto run = run_on_disk(1, 3);
  BOOST_TEST(continues(run, run_on_disk(4, 1)));
  BOOST_TEST(!continues(run, run_on_disk(3, 1)));
  BOOST_TEST(!continues(run, run_on_disk(5, 1)));
}

BOOST_AUTO_TEST_CASE(another_page_or_place_in_it_does_not_continue) {
  auto page = page_of("abcd");
  auto run = message_run{page, 0, 2, sequence_number{1}, 0};
  BOOST_TEST(continues(run, message_run{page, 2, 1, sequence_number{3}, 0}));
  BOOST_TEST(!continues(run, message_run{page, 3, 1, sequence_number{3}, 0}));
  BOOST_TEST(!continues(run, message_run{page_of("abcd"), 2, 1, sequence_number{3}, 0}));
  BOOST_TEST(!continues(run, run_on_disk(3, 1)));
}

BOOST_AUTO_TEST_CASE(another_history_does_not_continue) {
  auto next = run_on_disk(4, 1);
  next.deliveries = 1;
  BOOST_TEST(!continues(run_on_disk(1, 3), next));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
