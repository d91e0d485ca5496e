#include "ferry/node_config.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

namespace {

using namespace ferry;
using namespace std::chrono_literals;

/// What is wrong with it; empty: nothing.
template <class Config>
std::string objection_to(const Config& config) {
  auto bad = check(config);
  BOOST_TEST(((bad.code == errc::none) == bad.text.empty()));
  return bad.text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(node_config_suite)

BOOST_AUTO_TEST_CASE(the_defaults_are_in_order) {
  BOOST_TEST(objection_to(link_config{}).empty());
  BOOST_TEST(objection_to(serve_config{}).empty());
  BOOST_TEST(objection_to(connect_config{}).empty());
}

BOOST_AUTO_TEST_CASE(a_beat_lasts_10_ms_or_more) {
  BOOST_TEST(objection_to(link_config{.pulse = {10ms, 10s}}).empty());
  BOOST_TEST(objection_to(link_config{.pulse = {10ms - 1ns, 10s}})
             == "link_config: pulse.beat wants 10 ms or more");
}

BOOST_AUTO_TEST_CASE(the_silence_is_longer_than_two_beats) {
  BOOST_TEST(objection_to(link_config{.pulse = {1s, 2s + 1ns}}).empty());
  BOOST_TEST(objection_to(link_config{.pulse = {1s, 2s}})
             == "link_config: pulse.silence wants more than twice pulse.beat");
}

BOOST_AUTO_TEST_CASE(a_handshake_has_some_time) {
  BOOST_TEST(objection_to(link_config{.handshake = 1ns}).empty());
  BOOST_TEST(objection_to(link_config{.handshake = 0ns})
             == "link_config: handshake wants more than 0");
}

BOOST_AUTO_TEST_CASE(a_part_of_a_letter_fits_what_is_with_the_stream) {
  BOOST_TEST(objection_to(link_config{.in_transport = 65'536}).empty());
  BOOST_TEST(objection_to(link_config{.in_transport = 65'535})
             == "link_config: in_transport wants 64 KiB or more");
}

BOOST_AUTO_TEST_CASE(two_letters_of_2_MiB_or_more_may_be_unfinished) {
  constexpr auto least = std::size_t{2} << 20;
  BOOST_TEST(objection_to(link_config{.letters = {least, 2 * least}}).empty());
  BOOST_TEST(objection_to(link_config{.letters = {least - 1, 2 * least}})
             == "link_config: letters.letter_bytes wants 2 MiB or more");
  BOOST_TEST(objection_to(link_config{.letters = {least, 2 * least - 1}})
             == "link_config: letters.unfinished_bytes wants at least twice letters.letter_bytes");
}

BOOST_AUTO_TEST_CASE(the_link_is_looked_at_on_both_sides) {
  auto link = link_config{.handshake = 0ns};
  BOOST_TEST(objection_to(serve_config{.link = link}) == objection_to(link));
  BOOST_TEST(objection_to(connect_config{.link = link}) == objection_to(link));
}

BOOST_AUTO_TEST_CASE(the_access_is_looked_at) {
  BOOST_TEST(objection_to(serve_config{.access = {.tokens = {{"short", "alice"}}}})
             == "access_config: the token of client \"alice\" wants a name and 16 characters or "
                "more");
}

// A longer introduction is cut off before it is read.
BOOST_AUTO_TEST_CASE(whoever_introduces_himself_uses_words_of_4096_characters_at_most) {
  auto longest = std::string(4096, 'x');
  BOOST_TEST(
    objection_to(connect_config{.token = longest, .cluster = longest, .node = longest}).empty());
  BOOST_TEST(objection_to(serve_config{.cluster = longest, .node = longest}).empty());
  auto longer = longest + "x";
  BOOST_TEST(objection_to(connect_config{.token = longer})
             == "connect_config::token has 4097 characters; at most 4096 are sent");
  BOOST_TEST(objection_to(connect_config{.cluster = longer})
             == "connect_config::cluster has 4097 characters; at most 4096 are sent");
  BOOST_TEST(objection_to(connect_config{.node = longer})
             == "connect_config::node has 4097 characters; at most 4096 are sent");
  BOOST_TEST(objection_to(serve_config{.cluster = longer})
             == "serve_config::cluster has 4097 characters; at most 4096 are sent");
  BOOST_TEST(objection_to(serve_config{.node = longer})
             == "serve_config::node has 4097 characters; at most 4096 are sent");
}

BOOST_AUTO_TEST_SUITE_END()
