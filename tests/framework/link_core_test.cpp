#include "ferry/link/link_core.hpp"

#include "support/frames.hpp"
#include "support/printing.hpp"
#include "support/virtual_link.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace ferry::testing {
namespace {

std::string text_of(const ferry::letter& item) {
  return {item.bytes.begin(), item.bytes.end()};
}

std::string said(const link_word& word) {
  return framed(0, text_of(to_letter(word)));
}

std::string first_bytes(const hello& who) {
  return std::string{link_preamble} + said(who);
}

/// A client alice and a server bob that have just begun.
struct link_core_fixture : virtual_link {
  link_core_fixture() {
    start();
  }

  /// Bytes of the test arrive at `side` now, before everything that is under way.
  void receive(virtual_end& side, std::string_view bytes) {
    other(side).wire.under_way.push_front({now, std::string{bytes}});
    pass(0s);
  }

  /// Only what the test writes reaches the sides.
  void part() {
    for (auto* side : both()) {
      side->wire.under_way.clear();
      side->wire.backlog.clear();
      side->wire.take_at = never;
      side->wire.delay = 365 * 24h;
    }
  }

  static std::string joined(const virtual_end& side, std::uint32_t lane) {
    auto text = std::string{};
    if (auto found = side.arrived.find(lane_id{lane}); found != side.arrived.end())
      for (const auto& bytes : found->second)
        text += (text.empty() ? "" : " ") + std::string{bytes.begin(), bytes.end()};
    return text;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(link_core_suite, link_core_fixture)

// -- opening ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(both_sides_are_open_once_they_have_introduced_themselves) {
  BOOST_TEST(!client.core.is_open());
  pass(10ms);
  BOOST_REQUIRE((client.peer && server.peer));
  BOOST_TEST(client.peer->node == "bob");
  BOOST_TEST(server.peer->node == "alice");
  BOOST_TEST((client.core.is_open() && server.core.is_open()));
}

BOOST_AUTO_TEST_CASE(a_server_says_nothing_before_it_was_spoken_to) {
  BOOST_TEST(server.most_with_stream == 0u);
}

BOOST_AUTO_TEST_CASE(a_server_asks_who_may_enter_and_shows_the_token) {
  auto who = hello_of("carol", 3);
  who.token = "secret";
  part();
  lets_in = false;
  receive(server, first_bytes(who));
  BOOST_REQUIRE(server.who_knocked.has_value());
  BOOST_TEST(server.who_knocked->token == "secret");
  BOOST_TEST(!server.core.is_open());
  let_in();
  BOOST_TEST(server.core.is_open());
}

BOOST_AUTO_TEST_CASE(names_are_printable_on_both_sides_whatever_the_peers_wrote) {
  auto link = virtual_link{{},
                           hello_of("al\nice", 1),
                           {},
                           hello_of("b\x1b"
                                    "ob",
                                    2)};
  link.open();
  BOOST_REQUIRE((link.client.peer && link.server.peer));
  BOOST_TEST(link.client.peer->node == "b\\x1bob");
  BOOST_TEST(link.server.peer->node == "al\\x0aice");
}

BOOST_AUTO_TEST_CASE(a_server_does_not_tell_its_own_token) {
  auto bob = hello_of("bob", 2);
  bob.token = "secret";
  auto link = virtual_link{{}, hello_of("alice", 1), {}, bob};
  link.open();
  BOOST_REQUIRE(link.client.peer.has_value());
  BOOST_TEST(link.client.peer->token == "");
}

BOOST_AUTO_TEST_CASE(the_first_words_may_come_byte_by_byte) {
  part();
  for (auto byte : first_bytes(hello_of("carol", 3))) {
    BOOST_TEST(!server.core.is_open());
    receive(server, {&byte, 1});
  }
  BOOST_TEST(server.core.is_open());
}

BOOST_AUTO_TEST_CASE(a_client_that_is_turned_away_hears_why) {
  lets_in = false;
  pass(10ms);
  turn_away({errc::not_permitted, "the token of node \"alice\" is not known here"});
  pass(10ms);
  BOOST_TEST((client.why
              == error{errc::not_permitted, "the token of node \"alice\" is not "
                                            "known here"}));
  BOOST_TEST((server.why == client.why));
}

BOOST_AUTO_TEST_CASE(a_refusal_is_one_whatever_its_code) {
  part();
  receive(client, std::string{link_preamble} + said(turned_away{0, "no"}));
  BOOST_TEST((client.why == error{errc::wrong_peer, "no"}));
}

BOOST_AUTO_TEST_CASE(who_does_not_suit_is_refused_with_the_same_words_on_both_sides) {
  auto stranger = hello_of("carol", 3);
  stranger.cluster = "ships";
  auto link = virtual_link{{}, stranger, {}, hello_of("bob", 2)};
  link.open();
  BOOST_REQUIRE((link.client.why && link.server.why));
  BOOST_TEST((link.client.why == link.server.why));
  BOOST_TEST(link.server.why->text
             == "node \"carol\" belongs to cluster \"ships\", node \"bob\" to \"docks\"; "
                "give serve_config and connect_config the same cluster");
  BOOST_TEST(!link.server.who_knocked.has_value());
}

BOOST_AUTO_TEST_CASE(a_client_looks_as_well) {
  auto bob = hello_of("bob", 2);
  bob.protocol = 2;
  part();
  receive(client, first_bytes(bob));
  BOOST_REQUIRE(client.why.has_value());
  BOOST_TEST(client.why->code == errc::wrong_peer);
  BOOST_TEST(client.why->text
             == "node \"bob\" speaks protocol 2, node \"alice\" 1; run the same version of "
                "ferry on both");
}

// -- strangers ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_browser_is_recognised_at_its_first_byte_and_gets_no_answer) {
  part();
  receive(server, "G");
  BOOST_REQUIRE(server.why.has_value());
  BOOST_TEST(server.why->code == errc::wrong_peer);
  BOOST_TEST(server.why->text == "the peer is no ferry node; is this the right port?");
  BOOST_TEST(server.most_with_stream == 0u);
}

BOOST_AUTO_TEST_CASE(another_framing_is_refused_at_the_byte_that_differs_and_not_before) {
  part();
  receive(server, "ferry/");
  BOOST_TEST(!server.why.has_value());
  receive(server, "2");
  BOOST_REQUIRE(server.why.has_value());
  BOOST_TEST(server.why->code == errc::wrong_peer);
  BOOST_TEST(server.why->text
             == "the peer is a ferry node of another framing; run the same version of ferry on "
                "both");
}

BOOST_AUTO_TEST_CASE(a_node_of_another_framing_is_shown_this_ones_and_a_stranger_is_not) {
  part();
  receive(server, "ferry/2\n");
  BOOST_TEST(server.most_with_stream == link_preamble.size());
  auto link = virtual_link{};
  link.start();
  link.client.wire.under_way = {{link.now, "ferri/2\n"}};
  link.pass(0s);
  BOOST_TEST(link.server.why.has_value());
  BOOST_TEST(link.server.most_with_stream == 0u);
}

// Which is what a port with TLS looks like to whoever comes without.
BOOST_AUTO_TEST_CASE(a_client_that_is_cut_off_before_the_first_word_speaks_of_tls) {
  cut_wire();
  BOOST_TEST((client.why
              == error{errc::disconnected, "the cable was cut before the broker said a word; "
                                           "either both sides use TLS or neither"}));
  BOOST_TEST((server.why == error{errc::disconnected, "the cable was cut"}));
}

BOOST_AUTO_TEST_CASE(a_client_tells_a_broker_of_another_framing_from_a_stranger) {
  part();
  receive(client, "ferry/2\n");
  BOOST_REQUIRE(client.why.has_value());
  BOOST_TEST(client.why->code == errc::wrong_peer);
  BOOST_TEST(client.why->text.find("another framing") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_client_refuses_an_answer_of_http) {
  part();
  receive(client, "HTTP/1.1 400 Bad Request\r\n");
  BOOST_REQUIRE(client.why.has_value());
  BOOST_TEST(client.why->code == errc::wrong_peer);
}

BOOST_AUTO_TEST_CASE(letters_before_the_introduction_are_refused) {
  part();
  receive(server, std::string{link_preamble} + framed(1, "a") + said(hello_of("carol", 3)));
  BOOST_REQUIRE(server.why.has_value());
  BOOST_TEST(server.why->text == "the peer sent letters before it was let in");
  BOOST_TEST(server.arrived.empty());
  BOOST_TEST(!server.who_knocked.has_value());
}

BOOST_AUTO_TEST_CASE(letters_before_one_was_let_in_are_refused) {
  part();
  lets_in = false;
  receive(server, first_bytes(hello_of("carol", 3)) + framed(1, "a"));
  BOOST_REQUIRE(server.why.has_value());
  BOOST_TEST(server.why->code == errc::wrong_peer);
  BOOST_TEST(server.why->text == "the peer sent letters before it was let in");
}

BOOST_AUTO_TEST_CASE(letters_after_one_was_let_in_arrive) {
  part();
  receive(server, first_bytes(hello_of("carol", 3)));
  receive(server, framed(1, "a"));
  BOOST_TEST(!server.why.has_value());
  BOOST_TEST(joined(server, 1) == "a");
}

BOOST_AUTO_TEST_CASE(who_introduces_itself_twice_is_refused) {
  part();
  receive(server, first_bytes(hello_of("carol", 3)) + said(hello_of("carol", 3)));
  BOOST_REQUIRE(server.why.has_value());
  BOOST_TEST(server.why->code == errc::wrong_peer);
  BOOST_TEST(server.why->text == "the peer introduced itself twice");
}

BOOST_AUTO_TEST_CASE(who_does_not_introduce_itself_is_cut_at_the_handshake_limit_and_not_before) {
  part();
  pass(5s - 1ns);
  BOOST_TEST(!server.why.has_value());
  pass(1ns);
  for (auto* side : both()) {
    BOOST_REQUIRE(side->why.has_value());
    BOOST_TEST(side->why->code == errc::timed_out);
    BOOST_TEST(side->why->text == "the peer did not introduce itself in time; is it a ferry node?");
  }
}

BOOST_AUTO_TEST_CASE(a_drip_of_bytes_does_not_prolong_the_handshake) {
  part();
  auto bytes = first_bytes(hello_of("carol", 3));
  for (auto second = 0; second < 4; ++second) {
    receive(server, bytes.substr(static_cast<std::size_t>(second), 1));
    pass(1s);
  }
  BOOST_TEST(!server.why.has_value());
  pass(1s);
  BOOST_REQUIRE(server.why.has_value());
  BOOST_TEST(server.why->code == errc::timed_out);
}

BOOST_AUTO_TEST_CASE(who_is_not_let_in_in_time_is_cut_as_well) {
  lets_in = false;
  pass(5s);
  BOOST_REQUIRE(server.why.has_value());
  BOOST_TEST(server.why->code == errc::timed_out);
}

BOOST_AUTO_TEST_CASE(an_introduction_may_be_as_long_as_a_stranger_is_allowed_and_not_longer) {
  part();
  auto length = static_cast<std::uint32_t>(stranger_limits.letter_bytes);
  receive(server, std::string{link_preamble} + frame({length - 64, lane_id::none, true}));
  BOOST_TEST(!server.why.has_value());
  receive(client, std::string{link_preamble} + frame({length + 1, lane_id::none, true}));
  BOOST_REQUIRE(client.why.has_value());
  BOOST_TEST(client.why->code == errc::too_large);
}

// The limits of strangers were those of the whole piece in which the hello arrived.
BOOST_AUTO_TEST_CASE(long_letters_right_behind_the_first_words_arrive) {
  part();
  auto text = std::string(60'000, 'x');
  receive(client, first_bytes(hello_of("bob", 2)) + framed(1, text));
  BOOST_TEST(!client.why.has_value());
  BOOST_TEST(joined(client, 1) == text);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_refused) {
  part();
  receive(server, std::string{link_preamble} + framed(0, "\x01garbage"));
  BOOST_REQUIRE(server.why.has_value());
  BOOST_TEST(server.why->code == errc::undecodable);
}

// -- letters ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(letters_travel_both_ways_in_the_order_of_their_lane) {
  pass(10ms);
  send(client, 1, "a");
  send(client, 1, "b");
  send(server, 1, "x");
  pass(10ms);
  BOOST_TEST(joined(server, 1) == "a b");
  BOOST_TEST(joined(client, 1) == "x");
}

BOOST_AUTO_TEST_CASE(each_side_tells_what_it_takes) {
  auto link = virtual_link{{.letters = {5000, 12'000}},
                           hello_of("alice", 1),
                           {.letters = {7000, 15'000}},
                           hello_of("bob", 2)};
  link.open();
  BOOST_REQUIRE((link.client.peer && link.server.peer));
  BOOST_TEST(limits_of(*link.server.peer).letter_bytes == 5000u);
  BOOST_TEST(limits_of(*link.server.peer).unfinished_bytes == 12'000u);
  BOOST_TEST(limits_of(*link.client.peer).letter_bytes == 7000u);
  BOOST_TEST(limits_of(*link.client.peer).unfinished_bytes == 15'000u);
}

BOOST_AUTO_TEST_CASE(
  the_longest_letter_that_the_peer_takes_arrives_and_one_of_a_byte_more_does_not) {
  constexpr auto narrow = letter_limits{200'000, 400'000};
  for (auto more : {std::size_t{0}, std::size_t{1}})
    for (auto is_client : {true, false}) {
      auto wide = link_config{};
      auto link =
        virtual_link{is_client ? wide : link_config{.letters = narrow}, hello_of("alice", 1),
                     is_client ? link_config{.letters = narrow} : wide, hello_of("bob", 2)};
      link.open();
      auto& sender = is_client ? link.client : link.server;
      link.send(sender, 1, std::string(longest_letter(narrow) + more, 'x'));
      link.pass(100ms);
      BOOST_TEST(link.other(sender).why.has_value() == (more > 0));
      BOOST_TEST(link.other(sender).arrived.size() == 1 - more);
    }
}

BOOST_AUTO_TEST_CASE(long_letters_of_many_lanes_are_begun_as_the_peer_takes_them) {
  constexpr auto narrow = letter_limits{200'000, 400'000};
  auto link = virtual_link{{}, hello_of("alice", 1), {.letters = narrow}, hello_of("bob", 2)};
  link.open();
  for (auto lane : {1u, 2u, 3u, 4u, 5u})
    link.send(link.client, lane, std::string(150'000, 'x'));
  link.pass(1s);
  BOOST_TEST(!link.server.why.has_value());
  BOOST_TEST(link.server.arrived.size() == 5u);
}

BOOST_AUTO_TEST_CASE(a_letter_before_the_link_is_open_is_dropped) {
  send(client, 1, "early");
  pass(10ms);
  send(client, 1, "late");
  pass(10ms);
  BOOST_TEST(joined(server, 1) == "late");
}

BOOST_AUTO_TEST_CASE(a_stalled_stream_holds_a_part_more_than_its_limit_and_the_rest_waits) {
  pass(10ms);
  stall(client);
  for (auto i = 0; i < 100; ++i)
    send(client, 1, std::string(100'000, 'x'));
  auto limit = client.config.in_transport;
  BOOST_TEST(client.most_with_stream >= limit);
  BOOST_TEST(client.most_with_stream < limit + outgoing_lanes::part_bytes);
  BOOST_TEST(client.core.waiting_weight() > 9'000'000u);
  stall(client, false);
  pass(100ms);
  BOOST_TEST(server.arrived[lane_id{1}].size() == 100u);
  BOOST_TEST(client.core.waiting_weight() == 0u);
}

BOOST_AUTO_TEST_CASE(more_taken_than_was_written_is_as_good_as_all) {
  pass(10ms);
  auto out = link_effect_list{};
  client.core.written(now, 1 << 30, out);
  client.core.send(now, {lane_id{1}, {'a'}}, out);
  BOOST_TEST(only<link_effects::write>(out).bytes.size() == frame_header_bytes + 1);
}

// -- the pulse ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(an_idle_link_lives_for_ever) {
  pass(24h);
  BOOST_TEST((client.core.is_open() && server.core.is_open()));
}

BOOST_AUTO_TEST_CASE(an_idle_link_wakes_about_once_per_beat) {
  pass(10ms);
  auto before = client.wishes;
  pass(100 * client.config.pulse.beat);
  BOOST_TEST(client.wishes - before >= 99u);
  BOOST_TEST(client.wishes - before <= 101u);
}

BOOST_AUTO_TEST_CASE(a_busy_link_does_not_wake_more_often_than_an_idle_one) {
  pass(10ms);
  auto before = client.wishes;
  for (auto i = 0; i < 20'000; ++i) {
    send(client, 1, "a");
    pass(1ms);
  }
  BOOST_TEST(client.wishes - before <= 11u);
}

BOOST_AUTO_TEST_CASE(a_silent_peer_is_cut_exactly_at_the_limit_and_not_before) {
  pass(10ms);
  send(client, 1, "last");
  pass(1ms);
  silence(client);
  pass(10s - 1ns);
  BOOST_TEST(!server.why.has_value());
  pass(1ns);
  BOOST_REQUIRE(server.why.has_value());
  BOOST_TEST((*server.why == error{errc::disconnected, "node \"alice\" was silent for 10000 ms"}));
}

BOOST_AUTO_TEST_CASE(a_stranger_that_falls_silent_is_called_the_peer) {
  auto config = link_config{};
  config.pulse.silence = 4s + 1ns;
  auto link = virtual_link{config};
  link.silence(link.client);
  link.start();
  link.pass(4s + 1ns);
  BOOST_REQUIRE(link.server.why.has_value());
  BOOST_TEST(link.server.why->text == "the peer was silent for 4000 ms");
}

// As when the machine stood still: the timer is late, and so is what arrived meanwhile.
BOOST_AUTO_TEST_CASE(a_side_that_stood_still_hears_the_peer_before_it_judges_it) {
  pass(10ms);
  stand_still(12s);
  BOOST_TEST((client.core.is_open() && server.core.is_open()));
  pass(24h);
  BOOST_TEST((client.core.is_open() && server.core.is_open()));
}

BOOST_AUTO_TEST_CASE(a_peer_that_is_gone_is_cut_soon_after_a_side_stood_still) {
  pass(10ms);
  silence(client);
  stand_still(12s);
  pass(500ms - 1ns);
  BOOST_TEST(!server.why.has_value());
  pass(1ns);
  BOOST_REQUIRE(server.why.has_value());
  BOOST_TEST(server.why->text == "node \"alice\" was silent for 10000 ms");
}

BOOST_AUTO_TEST_CASE(any_byte_of_the_peer_is_a_sign_of_life) {
  pass(10ms);
  part();
  for (auto i = 0; i < 8; ++i) {
    pass(9s);
    receive(server, framed(1, "a").substr(static_cast<std::size_t>(i), 1));
  }
  BOOST_TEST(!server.why.has_value());
}

BOOST_AUTO_TEST_CASE(a_side_beats_as_often_as_an_impatient_peer_needs_it) {
  auto patient = link_config{};
  auto impatient = link_config{};
  impatient.pulse = {100ms, 300ms};
  auto link = virtual_link{patient, hello_of("alice", 1, patient.pulse), impatient,
                           hello_of("bob", 2, impatient.pulse)};
  link.open();
  link.pass(10min);
  BOOST_TEST((link.client.core.is_open() && link.server.core.is_open()));
}

BOOST_AUTO_TEST_CASE(no_beats_pile_up_behind_a_stalled_stream) {
  pass(10ms);
  stall(client);
  send(client, 1, "a");
  auto before = client.most_with_stream;
  pass(9s);
  BOOST_TEST(client.most_with_stream == before);
  BOOST_TEST(client.core.waiting_weight() == 0u);
}

// -- the end ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_link_that_is_closed_tells_the_peer_why) {
  pass(10ms);
  close(server, {errc::closed, "the broker stops"});
  pass(10ms);
  BOOST_TEST((server.why == error{errc::closed, "the broker stops"}));
  BOOST_TEST((client.why == error{errc::disconnected, "the broker stops"}));
}

// The words of the link were read first, and what came with a farewell was lost.
BOOST_AUTO_TEST_CASE(letters_before_a_farewell_arrive_however_the_stream_is_cut) {
  pass(10ms);
  part();
  receive(client, framed(1, "a") + said(farewell{5, "bye"}));
  BOOST_TEST(joined(client, 1) == "a");
  BOOST_TEST((client.why == error{errc::disconnected, "bye"}));
}

BOOST_AUTO_TEST_CASE(letters_after_a_farewell_do_not_arrive) {
  pass(10ms);
  part();
  receive(client, said(farewell{5, "bye"}) + framed(1, "a"));
  BOOST_TEST(joined(client, 1) == "");
}

BOOST_AUTO_TEST_CASE(letters_before_garbage_arrive_however_the_stream_is_cut) {
  pass(10ms);
  part();
  receive(client, framed(1, "a") + "123456789");
  BOOST_TEST(joined(client, 1) == "a");
  BOOST_REQUIRE(client.why.has_value());
  BOOST_TEST(client.why->code == errc::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_stream_that_breaks_ends_the_link_with_what_is_known_of_it) {
  pass(10ms);
  cut_wire();
  BOOST_TEST((client.why == error{errc::disconnected, "the cable was cut"}));
}

BOOST_AUTO_TEST_CASE(after_the_cut_nothing_is_wanted_any_more) {
  pass(10ms);
  cut_wire();
  for (auto* side : both())
    misuse(*side);
  pass(1h);
  BOOST_TEST(faults.empty());
  BOOST_TEST(client.core.is_over());
}

BOOST_AUTO_TEST_CASE(a_word_of_a_later_version_is_skipped) {
  pass(10ms);
  part();
  receive(client, framed(0, "\x7fwhatever") + framed(1, "a"));
  BOOST_TEST(joined(client, 1) == "a");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
