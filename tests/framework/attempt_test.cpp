#include "ferry/retry/attempt.hpp"

#include "ferry/retry/shortened.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

namespace {

using namespace ferry;

using history = std::vector<attempt>;

attempt first() {
  return {1, from_ns(11), duration{7}, "alice", "no such customer"};
}

attempt second() {
  return {2, from_ns(-30), duration{0}, "bob", ""};
}

envelope message_with(header_map headers) {
  auto message = envelope{};
  message.headers = std::make_shared<const header_map>(std::move(headers));
  return message;
}

// What a message whose history is `lines` tells.
history told(std::string lines) {
  return attempts_of(message_with({{attempts_header, std::move(lines)}}));
}

std::string told_reason(std::string reason) {
  auto item = first();
  item.reason = std::move(reason);
  return told(to_line(item)).at(0).reason;
}

BOOST_AUTO_TEST_SUITE(attempt_suite)

// -- lines --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_line_holds_five_fields_and_its_end) {
  BOOST_TEST(to_line(first()) == "1\t11\t7\talice\tno such customer\n");
}

BOOST_AUTO_TEST_CASE(separators_within_texts_are_escaped) {
  auto item = attempt{1, from_ns(11), duration{7}, "a\tb", std::string{"c\nd\\e\0f", 7}};
  BOOST_TEST(to_line(item) == "1\t11\t7\ta\\tb\tc\\nd\\\\e\\0f\n");
}

BOOST_AUTO_TEST_CASE(a_backslash_before_a_letter_is_not_taken_for_an_escape) {
  for (const auto* reason : {"\\t", "\\n", "\\0", "\\\\t", "\\", "C:\\temp\\new\\\t"})
    BOOST_TEST(told_reason(reason) == reason);
}

BOOST_AUTO_TEST_CASE(any_attempts_come_back_as_they_were_and_in_their_order) {
  BOOST_TEST(rc::check("attempts_of undoes to_line", [] {
    auto text = rc::gen::container<std::string>(rc::gen::oneOf(
      rc::gen::element('\t', '\n', '\\', '\0', 't', 'n', '0'), rc::gen::arbitrary<char>()));
    auto lines = std::string{};
    auto items = history{};
    for (auto count = *rc::gen::inRange(0, 4); count > 0; --count) {
      auto reason = shortened(*text, longest_attempt_reason);
      items.push_back({*rc::gen::arbitrary<std::uint32_t>(),
                       from_ns(*rc::gen::arbitrary<std::int64_t>()),
                       duration{*rc::gen::arbitrary<std::int64_t>()}, *text, reason});
      lines += to_line(items.back());
    }
    RC_ASSERT(told(lines) == items);
  }));
}

BOOST_AUTO_TEST_CASE(a_last_line_without_its_end_is_read) {
  BOOST_TEST((told("1\t11\t7\talice\tno such customer") == history{first()}));
}

BOOST_AUTO_TEST_CASE(lines_that_cannot_be_read_are_left_out) {
  for (const auto* line : {"", "x", "1\t11\t7", "1\t11\t7\talice", "1\t11\t7\talice\ta\tb",
                           "x\t11\t7\talice\tno", "1\tx\t7\talice\tno", "1\t11\tx\talice\tno",
                           "\t11\t7\talice\tno", "1 \t11\t7\talice\tno", "-1\t11\t7\talice\tno",
                           "4294967296\t11\t7\talice\tno",
                           "1\t9223372036854775808\t7\talice\tno"}) {
    auto lines = to_line(first()) + line + "\n" + to_line(second());
    BOOST_TEST((told(lines) == history{first(), second()}), line);
  }
}

// -- messages -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_message_that_never_failed_has_no_history) {
  BOOST_TEST(attempts_of({}).empty());
  BOOST_TEST(attempts_of(message_with({})).empty());
  BOOST_TEST(attempts_of(message_with({{"tenant", "alice"}})).empty());
}

BOOST_AUTO_TEST_CASE(added_attempts_follow_the_earlier_ones) {
  auto once = with_attempts({}, to_line(first()));
  auto twice = with_attempts(once, to_line(second()) + to_line(first()));
  BOOST_TEST((attempts_of(twice) == history{first(), second(), first()}));
  BOOST_TEST((attempts_of(once) == history{first()}));
}

BOOST_AUTO_TEST_CASE(a_message_with_a_history_is_otherwise_as_it_was) {
  auto message = message_with({{"tenant", "alice"}});
  message.body = payload{std::as_bytes(std::span{"tea", 3})};
  message.content = std::make_shared<const content_type>(content_type{"order", "msgpack"});
  message.published_at = from_ns(5);
  auto told = with_attempts(message, to_line(first()));
  BOOST_TEST(told.body.bytes().data() == message.body.bytes().data());
  BOOST_TEST(told.content == message.content);
  BOOST_TEST((told.published_at == message.published_at));
  BOOST_TEST(told.headers->at("tenant") == "alice");
}

BOOST_AUTO_TEST_CASE(no_lines_leave_a_message_as_it_is) {
  auto message = message_with({{"tenant", "alice"}});
  BOOST_TEST(with_attempts(message, "").headers == message.headers);
  BOOST_TEST(!with_attempts({}, "").headers);
}

// -- reasons ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_reason_is_kept_up_to_its_limit_and_cut_behind_it) {
  auto longest = std::string(longest_attempt_reason, 'x');
  BOOST_TEST(told_reason(longest) == longest);
  BOOST_TEST(told_reason(longest + "x") == longest);
}

BOOST_AUTO_TEST_CASE(escapes_do_not_count_towards_the_limit) {
  auto longest = std::string(longest_attempt_reason, '\n');
  BOOST_TEST(told_reason(longest) == longest);
  BOOST_TEST(told_reason(longest + "\n") == longest);
}

BOOST_AUTO_TEST_CASE(a_cut_text_does_not_end_within_a_character) {
  BOOST_TEST(shortened("xx€", 5) == "xx€"); // three bytes
  BOOST_TEST(shortened("xx€", 4) == "xx");
  BOOST_TEST(shortened("xx€", 3) == "xx");
  BOOST_TEST(shortened("xx€", 2) == "xx");
  BOOST_TEST(shortened("€", 0) == "");
  BOOST_TEST(shortened("", 0) == "");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
