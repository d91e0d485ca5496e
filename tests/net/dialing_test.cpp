#include "ferry/net/dialing.hpp"

#include "net_fixture.hpp"

#include <vector>

using namespace ferry;
using namespace ferry::testing;

BOOST_FIXTURE_TEST_SUITE(dialing_suite, net_fixture)

BOOST_AUTO_TEST_CASE(a_name_is_looked_up) {
  auto gate = listen();
  auto made = call({.target = "localhost:" + std::to_string(gate.port())});
  BOOST_REQUIRE(made.ok());
  BOOST_TEST(made->address == at(gate.port()));
}

BOOST_AUTO_TEST_CASE(an_unknown_name_is_told_with_the_target) {
  auto target = std::string(64, 'x') + ":4242"; // longer than any name, so nobody is asked
  auto failed = call({.target = target});
  BOOST_REQUIRE(!failed);
  BOOST_TEST((failed.why().code == errc::network_failed));
  BOOST_TEST(names(failed.why().text, "node at " + target + " "));
  BOOST_TEST(names(failed.why().text, "is unknown"));
}

BOOST_AUTO_TEST_CASE(a_port_where_nobody_listens_is_told) {
  auto port = listen().port(); // closed again
  auto failed = call({.target = at(port)});
  BOOST_REQUIRE(!failed);
  BOOST_TEST((failed.why().code == errc::network_failed));
  BOOST_TEST(names(failed.why().text, "node at " + at(port) + " cannot be reached: " + at(port)
                                        + ": Connection refused"));
}

BOOST_AUTO_TEST_CASE(a_target_without_a_port_is_no_target) {
  for (const auto* target :
       {"", "mq", "mq:", ":4242", "mq:0", "mq:65536", "mq:4242x", "::1:4242"}) {
    auto failed = call({.target = target});
    BOOST_REQUIRE(!failed);
    BOOST_TEST((failed.why().code == errc::invalid_argument));
    BOOST_TEST(
      names(failed.why().text, "target \"" + std::string{target} + "\" is not an address"));
  }
}

BOOST_AUTO_TEST_CASE(no_time_at_all_is_out_of_range) {
  auto failed = call({.target = "127.0.0.1:4242", .limit = 0s});
  BOOST_REQUIRE(!failed);
  BOOST_TEST((failed.why().code == errc::invalid_argument));
}

BOOST_AUTO_TEST_CASE(files_that_are_not_in_order_call_nobody) {
  alice.certificate = folder.file("nowhere.pem");
  auto failed = call({.target = "127.0.0.1:1", .tls = alice});
  BOOST_REQUIRE(!failed);
  BOOST_TEST((failed.why().code == errc::not_trusted));
  BOOST_TEST(names(failed.why().text, "nowhere.pem"));
}

BOOST_AUTO_TEST_CASE(a_silent_peer_is_given_up_at_the_limit_and_not_before) {
  auto silent = silent_port{};
  auto begin = watch::now();
  auto failed = call({.target = at(silent.port()), .tls = alice, .limit = 200ms});
  BOOST_TEST((watch::now() - begin >= 200ms));
  BOOST_REQUIRE(!failed);
  BOOST_TEST((failed.why().code == errc::timed_out));
  BOOST_TEST(names(failed.why().text, "timed out after 200 ms during the handshake"));
}

BOOST_AUTO_TEST_CASE(a_peer_that_takes_no_connection_is_given_up_at_the_limit) {
  auto crowded = silent_port{0};
  auto waiting = std::vector<net::stream_socket>{};
  do
    waiting.push_back(connect_to(crowded.port()));
  while (is_ready(waiting.back().descriptor(), POLLOUT, 50ms)); // until the queue is full
  auto failed = call({.target = at(crowded.port()), .limit = 200ms});
  BOOST_REQUIRE(!failed);
  BOOST_TEST((failed.why().code == errc::timed_out));
  BOOST_TEST(names(failed.why().text, "during connecting"));
}

// It may be full, or end just now: nobody has refused anybody.
BOOST_AUTO_TEST_CASE(a_peer_that_closes_in_the_handshake_is_not_one_that_trusts_nobody) {
  auto silent = silent_port{};
  auto outcome = inbox<result<net::peer_stream>>{};
  auto dialing = net::dial(thread, {.target = at(silent.port()), .tls = alice},
                           [&](result<net::peer_stream> made) { outcome.put(std::move(made)); });
  {
    auto accepted = silent.accept();
    (void)read_some(accepted.descriptor()); // its ClientHello
  }
  auto failed = outcome.take();
  BOOST_REQUIRE(!failed);
  BOOST_TEST((failed.why().code == errc::network_failed));
  BOOST_TEST(names(failed.why().text,
                   "node at " + at(silent.port()) + " closed the connection in the TLS handshake"));
  BOOST_TEST(names(failed.why().text, "does it serve with TLS?"));
}

BOOST_AUTO_TEST_CASE(a_peer_without_tls_is_told) {
  auto silent = silent_port{};
  auto outcome = inbox<result<net::peer_stream>>{};
  auto dialing = net::dial(thread, {.target = at(silent.port()), .tls = alice},
                           [&](result<net::peer_stream> made) { outcome.put(std::move(made)); });
  auto accepted = silent.accept();
  write_all(accepted.descriptor(), "220 mail.example ESMTP\r\n");
  BOOST_TEST(names(outcome.take().why().text, "does not speak TLS"));
}

BOOST_AUTO_TEST_CASE(a_cancelled_call_ends_at_once_and_once) {
  auto silent = silent_port{};
  auto outcome = inbox<result<net::peer_stream>>{};
  auto dialing = net::dial(thread, {.target = at(silent.port()), .tls = alice},
                           [&](result<net::peer_stream> made) { outcome.put(std::move(made)); });
  dialing.cancel();
  dialing.cancel();
  BOOST_TEST((outcome.take().why().code == errc::closed));
  thread = net::net_thread{};
  BOOST_TEST(outcome.size() == 0u);
}

BOOST_AUTO_TEST_CASE(a_call_is_cancelled_with_its_object) {
  auto silent = silent_port{};
  auto outcome = inbox<result<net::peer_stream>>{};
  (void)net::dial(thread, {.target = at(silent.port()), .tls = alice},
                  [&](result<net::peer_stream> made) { outcome.put(std::move(made)); });
  BOOST_TEST((outcome.take().why().code == errc::closed));
}

BOOST_AUTO_TEST_CASE(cancelling_a_call_that_has_ended_does_nothing) {
  auto gate = listen();
  auto outcome = inbox<result<net::peer_stream>>{};
  auto dialing = net::dial(thread, {.target = at(gate.port())},
                           [&](result<net::peer_stream> made) { outcome.put(std::move(made)); });
  auto near = outcome.take().value();
  dialing.cancel();
  auto far = arrivals.take();
  write_all(far.socket.descriptor(), "ahoy");
  BOOST_TEST(read_exactly(near.socket.descriptor(), 4) == "ahoy");
}

BOOST_AUTO_TEST_CASE(a_thread_that_ends_gives_up_its_calls) {
  auto silent = silent_port{};
  auto outcome = inbox<result<net::peer_stream>>{};
  auto passing = std::optional{net::net_thread{}};
  auto dialing = net::dial(*passing, {.target = at(silent.port()), .tls = alice},
                           [&](result<net::peer_stream> made) { outcome.put(std::move(made)); });
  passing.reset();
  BOOST_TEST((outcome.take().why().code == errc::closed));
}

BOOST_AUTO_TEST_CASE(a_call_from_the_handler_of_a_thread_that_ends_is_given_up_too) {
  auto silent = silent_port{};
  auto outcome = inbox<result<net::peer_stream>>{};
  auto passing = std::optional{net::net_thread{}};
  auto again = net::dialing{};
  auto dialing = net::dial(
    *passing, {.target = at(silent.port()), .tls = alice},
    [&, &own = *passing](result<net::peer_stream> made) {
      outcome.put(std::move(made));
      again = net::dial(own, {.target = at(silent.port())},
                        [&](result<net::peer_stream> second) { outcome.put(std::move(second)); });
    });
  passing.reset();
  BOOST_TEST((outcome.take().why().code == errc::closed));
  BOOST_TEST((outcome.take().why().code == errc::closed));
}

BOOST_AUTO_TEST_SUITE_END()
