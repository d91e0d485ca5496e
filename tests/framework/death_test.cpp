#include "ferry/retry/death.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

namespace {

using namespace ferry;

envelope message_with(header_map headers) {
  auto message = envelope{};
  message.content = std::make_shared<const content_type>(content_type{"order", "msgpack"});
  message.headers = std::make_shared<const header_map>(std::move(headers));
  message.published_at = from_ns(5);
  return message;
}

death sudden() {
  return {"orders", sequence_number{7}, death_cause::rejected, "no such customer", 3, from_ns(11)};
}

death because(std::string reason) {
  auto end = sudden();
  end.reason = std::move(reason);
  return end;
}

std::string told_reason(std::string reason) {
  return death_of(dead_letter({}, because(std::move(reason))))->reason;
}

BOOST_AUTO_TEST_SUITE(death_suite)

BOOST_AUTO_TEST_CASE(a_dead_letter_tells_its_death) {
  BOOST_TEST((death_of(dead_letter({}, sudden())) == sudden()));
}

BOOST_AUTO_TEST_CASE(any_death_is_told_as_it_was) {
  BOOST_TEST(
    rc::check("death_of undoes dead_letter", [](const std::string& queue, std::uint64_t sequence,
                                                const std::string& reason, std::uint32_t deliveries,
                                                std::int64_t at_ns) {
      auto cause =
        *rc::gen::element(death_cause::rejected, death_cause::exhausted, death_cause::undecodable);
      auto end = death{queue, sequence_number{sequence}, cause, reason, deliveries, from_ns(at_ns)};
      RC_ASSERT(death_of(dead_letter({}, end)) == end);
    }));
}

BOOST_AUTO_TEST_CASE(a_dead_letter_is_the_message_as_it_was) {
  auto message = message_with({{"tenant", "alice"}});
  message.body = payload{std::as_bytes(std::span{"tea", 3})};
  auto letter = dead_letter(message, sudden());
  BOOST_TEST(letter.body.bytes().data() == message.body.bytes().data());
  BOOST_TEST(letter.content == message.content);
  BOOST_TEST((letter.published_at == message.published_at));
  BOOST_TEST(letter.headers->at("tenant") == "alice");
}

BOOST_AUTO_TEST_CASE(the_message_itself_is_not_changed) {
  auto message = message_with({{"tenant", "alice"}});
  (void)dead_letter(message, sudden());
  BOOST_TEST(message.headers->size() == 1u);
}

BOOST_AUTO_TEST_CASE(every_added_header_carries_the_prefix_of_deaths) {
  auto letter = dead_letter({}, sudden());
  BOOST_TEST(letter.headers->size() == 6u);
  for (const auto& [name, text] : *letter.headers)
    BOOST_TEST(name.starts_with("ferry-death-"), name);
}

BOOST_AUTO_TEST_CASE(a_second_death_replaces_the_first) {
  auto second = because("again");
  second.queue = "orders.dead";
  second.cause = death_cause::undecodable;
  auto letter = dead_letter(dead_letter({}, sudden()), second);
  BOOST_TEST((death_of(letter) == second));
}

BOOST_AUTO_TEST_CASE(a_living_message_has_no_death) {
  BOOST_TEST(!death_of({}).has_value());
  BOOST_TEST(!death_of(message_with({})).has_value());
  BOOST_TEST(!death_of(message_with({{"tenant", "alice"}})).has_value());
}

BOOST_AUTO_TEST_CASE(headers_that_were_tampered_with_give_defaults) {
  auto told = death_of(message_with({{"ferry-death-queue", "orders"},
                                     {"ferry-death-sequence", "seven"},
                                     {"ferry-death-cause", "boredom"},
                                     {"ferry-death-deliveries", "99999999999"}}));
  BOOST_TEST((told == death{"orders", sequence_number::none, death_cause::rejected, "", 0, {}}));
}

// -- reasons ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_reason_is_kept_up_to_its_limit_and_cut_behind_it) {
  auto longest = std::string(longest_reason, 'x');
  BOOST_TEST(told_reason(longest) == longest);
  BOOST_TEST(told_reason(longest + "x") == longest);
  BOOST_TEST(told_reason("") == "");
}

BOOST_AUTO_TEST_CASE(a_cut_reason_does_not_end_within_a_character) {
  auto fits = std::string(longest_reason - 3, 'x');
  BOOST_TEST(told_reason(fits + "€") == fits + "€"); // three bytes
  BOOST_TEST(told_reason(fits + "x€") == fits + "x");
  BOOST_TEST(told_reason(fits + "xx€") == fits + "xx");
  BOOST_TEST(told_reason(fits + "€€") == fits + "€");
}

BOOST_AUTO_TEST_CASE(each_cause_has_a_name) {
  BOOST_TEST(to_string(death_cause::rejected) == "rejected");
  BOOST_TEST(to_string(death_cause::exhausted) == "exhausted");
  BOOST_TEST(to_string(death_cause::undecodable) == "undecodable");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
