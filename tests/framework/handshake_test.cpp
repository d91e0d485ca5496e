#include "ferry/link/handshake.hpp"

#include "ferry/codec/codec.hpp"
#include "support/printing.hpp"
#include "support/virtual_link.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <variant>

namespace ferry::testing {

/// What a hello may look like one day.
struct later_hello {
  std::vector<std::string> dialects = {"a", "b"};
  std::uint32_t protocol = 9;
  std::string encoding = "caf-1.0";
  std::string cluster = "docks";
  std::string node = "carol";
  incarnation_id incarnation = {3, 4};
  incarnation_id region = {5, 6};
  std::string token = "secret";
  std::int64_t silence_ns = 7;
};

FERRY_DESCRIBE(later_hello, dialects, protocol, encoding, cluster, node, incarnation, region, token,
               silence_ns)

/// What one may have looked like.
struct earlier_hello {
  std::uint32_t protocol = 0;
  std::string node = "carol";
};

FERRY_DESCRIBE(earlier_hello, protocol, node)

namespace {

template <class Word>
ferry::letter as_hello(const Word& word) {
  auto item = ferry::letter{lane_id::none, {1}};
  auto body = *codec<Word>::encode(word);
  auto* begin = reinterpret_cast<const char*>(body.bytes().data());
  item.bytes.insert(item.bytes.end(), begin, begin + body.bytes().size());
  return item;
}

template <class Word>
Word through_the_wire(const Word& word) {
  auto back = word_from(to_letter(word));
  BOOST_REQUIRE(back.ok());
  return std::get<Word>(*back);
}

struct handshake_fixture {
  hello mine = hello_of("bob", 2);
  hello theirs = hello_of("alice", 1);
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(handshake_suite, handshake_fixture)

// -- words --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_hello_comes_back_with_everything_in_it) {
  theirs.token = "secret";
  theirs.silence_ns = -1;
  theirs.letter_bytes = 5;
  theirs.unfinished_bytes = 12;
  auto back = through_the_wire(theirs);
  BOOST_TEST(back.protocol == theirs.protocol);
  BOOST_TEST(back.encoding == theirs.encoding);
  BOOST_TEST(back.cluster == theirs.cluster);
  BOOST_TEST(back.node == theirs.node);
  BOOST_TEST((back.incarnation == theirs.incarnation));
  BOOST_TEST(back.token == "secret");
  BOOST_TEST(back.silence_ns == -1);
  BOOST_TEST(limits_of(back).letter_bytes == 5u);
  BOOST_TEST(limits_of(back).unfinished_bytes == 12u);
}

BOOST_AUTO_TEST_CASE(refusals_and_farewells_come_back_with_code_and_text) {
  auto refusal = through_the_wire(turned_away{17, "no"});
  BOOST_TEST((refusal.code == 17 && refusal.text == "no"));
  auto last = through_the_wire(farewell{5, "bye"});
  BOOST_TEST((last.code == 5 && last.text == "bye"));
}

BOOST_AUTO_TEST_CASE(a_node_cannot_forge_a_line_by_its_name) {
  theirs.node = "a\" is gone\nnode \"b\x1b[0m";
  BOOST_TEST(through_the_wire(theirs).node == "a\\x22 is gone\\x0anode \\x22b\\x1b[0m");
}

BOOST_AUTO_TEST_CASE(a_name_of_128_printable_bytes_is_kept_and_one_of_129_is_cut) {
  theirs.node = std::string(128, 'a');
  BOOST_TEST(through_the_wire(theirs).node == std::string(128, 'a'));
  theirs.node += 'b';
  BOOST_TEST(through_the_wire(theirs).node == std::string(128, 'a'));
}

BOOST_AUTO_TEST_CASE(token_and_cluster_are_taken_as_they_are) {
  theirs.token = "a\nb";
  theirs.cluster = "c\nd";
  auto back = through_the_wire(theirs);
  BOOST_TEST(back.token == "a\nb");
  BOOST_TEST(back.cluster == "c\nd");
  BOOST_TEST(objection(mine, back).text.find("\"c\\x0ad\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_a_peer_says_last_is_printable_and_at_most_2048_bytes) {
  BOOST_TEST(through_the_wire(turned_away{17, "no\nway"}).text == "no\\x0away");
  BOOST_TEST(through_the_wire(farewell{5, "bye\r"}).text == "bye\\x0d");
  BOOST_TEST(through_the_wire(farewell{5, std::string(2048, 'a')}).text.size() == 2048u);
  BOOST_TEST(through_the_wire(farewell{5, std::string(2049, 'a')}).text.size() == 2048u);
}

BOOST_AUTO_TEST_CASE(words_travel_on_the_links_own_lane_and_begin_with_frozen_numbers) {
  auto first = [](const link_word& word) {
    auto item = to_letter(word);
    BOOST_TEST((item.lane == lane_id::none));
    return static_cast<int>(item.bytes.front());
  };
  BOOST_TEST(first(hello{}) == 1);
  BOOST_TEST(first(turned_away{}) == 2);
  BOOST_TEST(first(heartbeat{}) == 3);
  BOOST_TEST(first(farewell{}) == 4);
}

BOOST_AUTO_TEST_CASE(a_heartbeat_is_one_byte) {
  BOOST_TEST(to_letter(heartbeat{}).bytes.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_hello_of_a_later_version_with_unknown_fields_is_understood) {
  auto word = word_from(as_hello(later_hello{}));
  BOOST_REQUIRE(word.ok());
  const auto& who = std::get<hello>(*word);
  BOOST_TEST(who.protocol == 9u);
  BOOST_TEST(who.node == "carol");
  BOOST_TEST((who.incarnation == incarnation_id{3, 4}));
  BOOST_TEST(who.silence_ns == 7);
}

BOOST_AUTO_TEST_CASE(a_hello_of_a_later_version_is_refused_for_its_protocol) {
  auto word = word_from(as_hello(later_hello{}));
  BOOST_REQUIRE(word.ok());
  BOOST_TEST(objection(mine, std::get<hello>(*word)).text
             == "node \"carol\" speaks protocol 9, node \"bob\" 1; run the same version of "
                "ferry on both");
}

BOOST_AUTO_TEST_CASE(a_hello_of_an_earlier_version_that_says_less_is_understood) {
  auto word = word_from(as_hello(earlier_hello{}));
  BOOST_REQUIRE(word.ok());
  const auto& who = std::get<hello>(*word);
  BOOST_TEST(who.node == "carol");
  BOOST_TEST(limits_of(who).letter_bytes == letter_limits{}.letter_bytes);
  BOOST_TEST(limits_of(who).unfinished_bytes == letter_limits{}.unfinished_bytes);
}

BOOST_AUTO_TEST_CASE(a_word_of_a_later_version_is_taken_for_a_heartbeat) {
  for (auto kind : {0, 5, 127, 255}) {
    auto word = word_from({lane_id::none, {static_cast<char>(kind), 'x'}});
    BOOST_REQUIRE(word.ok());
    BOOST_TEST(std::holds_alternative<heartbeat>(*word));
  }
}

BOOST_AUTO_TEST_CASE(an_empty_word_and_one_that_is_cut_off_cannot_be_read) {
  auto empty = word_from({});
  BOOST_REQUIRE(!empty.ok());
  BOOST_TEST(empty.why().code == errc::undecodable);
  for (const auto& word : {link_word{mine}, link_word{turned_away{}}, link_word{farewell{}}}) {
    auto whole = to_letter(word);
    for (auto size = std::size_t{1}; size < whole.bytes.size(); ++size) {
      auto part = whole;
      part.bytes.resize(size);
      BOOST_TEST(!word_from(part).ok());
    }
  }
}

// -- objections ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(two_lives_of_one_cluster_protocol_and_encoding_can_work_together) {
  BOOST_TEST(objection(mine, theirs).code == errc::none);
}

BOOST_AUTO_TEST_CASE(two_lives_of_one_name_can_work_together) {
  theirs.node = mine.node;
  BOOST_TEST(objection(mine, theirs).code == errc::none);
}

BOOST_AUTO_TEST_CASE(a_node_of_another_cluster_is_refused) {
  theirs.cluster = "ships";
  BOOST_TEST((objection(mine, theirs)
              == error{errc::wrong_peer,
                       "node \"alice\" belongs to cluster \"ships\", node \"bob\" to \"docks\"; "
                       "give serve_config and connect_config the same cluster"}));
}

BOOST_AUTO_TEST_CASE(a_node_of_another_protocol_is_refused_be_it_later_or_earlier) {
  for (auto protocol : {protocol_version - 1, protocol_version + 1}) {
    theirs.protocol = protocol;
    BOOST_TEST(
      (objection(mine, theirs)
       == error{errc::wrong_peer, "node \"alice\" speaks protocol " + std::to_string(protocol)
                                    + ", node \"bob\" 1; run the same version of ferry on "
                                      "both"}));
  }
}

BOOST_AUTO_TEST_CASE(a_node_of_another_encoding_is_refused) {
  mine.encoding = "caf-0.17";
  theirs.encoding = "caf-1.0";
  BOOST_TEST(
    (objection(mine, theirs)
     == error{errc::wrong_peer, "node \"alice\" writes letters as \"caf-1.0\", node \"bob\" as "
                                "\"caf-0.17\"; build both with the same series of CAF"}));
}

BOOST_AUTO_TEST_CASE(a_node_that_dialed_itself_is_refused) {
  theirs.incarnation = mine.incarnation;
  BOOST_TEST(
    (objection(mine, theirs) == error{errc::wrong_peer, "node \"alice\" is this node itself"}));
}

BOOST_AUTO_TEST_CASE(half_an_incarnation_in_common_is_no_self) {
  theirs.incarnation = {mine.incarnation.high, mine.incarnation.low + 1};
  BOOST_TEST(objection(mine, theirs).code == errc::none);
  theirs.incarnation = {mine.incarnation.high + 1, mine.incarnation.low};
  BOOST_TEST(objection(mine, theirs).code == errc::none);
}

BOOST_AUTO_TEST_CASE(another_cluster_is_named_before_another_protocol) {
  theirs.cluster = "ships";
  theirs.protocol = 9;
  BOOST_TEST(objection(mine, theirs).text.find("cluster") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(names_are_cut_to_128_bytes_in_texts) {
  theirs.node = std::string(128, 'a');
  theirs.cluster = std::string(129, 'b');
  auto text = objection(mine, theirs).text;
  BOOST_TEST(text.find("\"" + std::string(128, 'a') + "\"") != std::string::npos);
  BOOST_TEST(text.find("\"" + std::string(128, 'b') + "\"") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
