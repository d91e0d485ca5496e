#include "ferry/nodes/letters.hpp"

#include "support/builders.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

namespace {

using namespace ferry;
using namespace ferry::actors;
using namespace ferry::testing;

/// As how many of `Messages` the bytes of `item` can be read.
template <class... Messages>
std::size_t readings(const ferry::letter& item, message_list<Messages...>) {
  return (std::size_t{message_from<Messages>(item).has_value()} + ...);
}

ferry::letter delivery_letter() {
  auto given = delivered_run{};
  given.first_tag = delivery_tag{7};
  given.run = run_of(3, 5);
  return to_letter(2, question_id{9},
                   messages::far_delivery{at(5s), {consumer_id{4}, {given, given}}});
}

} // namespace

BOOST_AUTO_TEST_SUITE(letters_suite)

BOOST_AUTO_TEST_CASE(a_letter_says_whom_it_is_for_what_it_holds_and_which_question_it_belongs_to) {
  auto item = delivery_letter();
  BOOST_TEST(number_of(item.lane) == 2u);
  auto head = head_of(item);
  BOOST_REQUIRE(head.has_value());
  BOOST_TEST((head->kind == kind_of<messages::far_delivery>));
  BOOST_TEST((head->question == question_id{9}));
  auto read = message_from<messages::far_delivery>(item);
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST((read->sent == at(5s)));
  BOOST_TEST(read->what.runs.size() == 2u);
  BOOST_TEST(read->what.runs.front().run.count == 5u);
}

BOOST_AUTO_TEST_CASE(a_letter_can_be_given_its_question_later) {
  auto item = to_letter(2, question_id::none, messages::find{"a"});
  set_question(item, question_id{0x1234567890});
  BOOST_TEST((item.bytes == to_letter(2, question_id{0x1234567890}, messages::find{"a"}).bytes));
}

BOOST_AUTO_TEST_CASE(talk_and_pages_of_one_queue_have_lanes_of_their_own) {
  for (auto number : {broker_number, queue_number{1}, queue_number{1000}}) {
    BOOST_TEST((lane_of(number, lane_use::talk) != lane_of(number, lane_use::pages)));
    BOOST_TEST((lane_of(number, lane_use::talk) != lane_id::none));
    BOOST_TEST(number_of(lane_of(number, lane_use::talk)) == number);
    BOOST_TEST(number_of(lane_of(number, lane_use::pages)) == number);
  }
}

// Nodes of one protocol version rely on it.
BOOST_AUTO_TEST_CASE(kinds_keep_their_numbers) {
  BOOST_TEST(static_cast<int>(kind_of<error>) == 0);
  BOOST_TEST(static_cast<int>(kind_of<messages::publish>) == 10);
  BOOST_TEST(static_cast<int>(kind_of<messages::far_delivery>) == 16);
  BOOST_TEST(static_cast<int>(kind_of<messages::far_journal>) == 30);
}

BOOST_AUTO_TEST_CASE(a_letter_that_is_too_short_has_no_head) {
  BOOST_TEST(!head_of({lane_id{1}, std::vector<char>(letter_head_bytes - 1)}).has_value());
  BOOST_TEST(head_of({lane_id{1}, std::vector<char>(letter_head_bytes)}).has_value());
}

BOOST_AUTO_TEST_CASE(a_letter_that_is_cut_off_or_goes_on_is_not_read) {
  auto item = delivery_letter();
  item.bytes.push_back(0);
  BOOST_TEST(!message_from<messages::far_delivery>(item).has_value());
  item.bytes.resize(item.bytes.size() - 2);
  BOOST_TEST(!message_from<messages::far_delivery>(item).has_value());
}

BOOST_AUTO_TEST_CASE(texts_for_people_come_out_printable) {
  auto through = [](const auto& message) {
    using type = std::decay_t<decltype(message)>;
    return message_from<type>(to_letter(1, question_id{1}, message)).value();
  };
  auto forged = error{errc::queue_full, "no\n12:00 all is \"well\""};
  auto shown = error{errc::queue_full, "no\\x0a12:00 all is \"well\""};
  BOOST_TEST((through(forged) == shown));
  auto outcome = publish_outcome{session_id{1}, {}, {}, {{publish_number{1}, forged}}, {}, forged};
  auto receipt = through(messages::receipt{outcome});
  BOOST_TEST((receipt.outcome.refused.front().why == shown));
  BOOST_TEST((receipt.outcome.held == shown));
  BOOST_TEST((through(messages::far_journal{{}, {}, forged}).failure == shown));
}

BOOST_AUTO_TEST_CASE(a_queue_of_a_name_that_none_can_have_is_not_read) {
  auto is_read = [](const std::string& name) {
    auto queue = to_letter(1, question_id{1}, messages::far_queue{name, {}, 1});
    auto names = to_letter(1, question_id{1}, messages::queue_names{{"orders", name}});
    auto readable = message_from<messages::far_queue>(queue).has_value();
    auto config = queue_config{.dead_letter_queue = name};
    auto letters = to_letter(1, question_id{1}, messages::far_queue{"a", config, 1});
    BOOST_TEST(message_from<messages::far_queue>(letters).has_value() == readable);
    BOOST_TEST(message_from<messages::queue_names>(names).has_value() == readable);
    return readable;
  };
  BOOST_TEST(is_read(std::string(200, 'a')));
  BOOST_TEST(!is_read(std::string(201, 'a')));
  BOOST_TEST(!is_read("orders\n"));
}

BOOST_AUTO_TEST_CASE(whatever_bytes_arrive_reading_them_ends) {
  BOOST_TEST(rc::check("any bytes are read as any message, or not", [] {
    auto item = ferry::letter{lane_id{1}, std::vector<char>(letter_head_bytes)};
    auto bytes = *rc::gen::arbitrary<std::vector<char>>();
    item.bytes.insert(item.bytes.end(), bytes.begin(), bytes.end());
    RC_ASSERT(readings(item, travelling{}) <= 31u); // it came to an end
  }));
}

BOOST_AUTO_TEST_CASE(a_letter_with_some_bytes_changed_is_read_or_not) {
  BOOST_TEST(rc::check("changed bytes are read as any message, or not", [] {
    auto item = delivery_letter();
    auto changes = *rc::gen::container<std::vector<std::pair<std::size_t, char>>>(rc::gen::pair(
      rc::gen::inRange(letter_head_bytes, item.bytes.size()), rc::gen::arbitrary<char>()));
    for (const auto& [place, byte] : changes)
      item.bytes[place] = byte;
    RC_ASSERT(readings(item, travelling{}) <= 31u); // it came to an end
  }));
}

BOOST_AUTO_TEST_SUITE_END()
