#include "ferry/net/gate.hpp"

#include "net_fixture.hpp"

#include <sys/stat.h>

using namespace ferry;
using namespace ferry::testing;

BOOST_FIXTURE_TEST_SUITE(gate_suite, net_fixture)

// -- plain connections --------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_connection_on_loopback_arrives_without_a_name) {
  auto gate = listen();
  auto near = call({.target = at(gate.port())}).value();
  auto far = arrivals.take();
  BOOST_TEST(far.peer_name == "");
  BOOST_TEST(far.address.starts_with("127.0.0.1:"));
  BOOST_TEST(near.address == at(gate.port()));
  write_all(near.socket.descriptor(), "ahoy");
  BOOST_TEST(read_exactly(far.socket.descriptor(), 4) == "ahoy");
}

BOOST_AUTO_TEST_CASE(what_is_handed_over_is_the_socket_without_delay_blocking_or_heirs) {
  auto gate = listen();
  auto near = call({.target = at(gate.port())}).value();
  auto far = arrivals.take();
  for (auto socket : {near.socket.descriptor(), far.socket.descriptor()}) {
    auto no_delay = 0;
    auto size = socklen_t{sizeof no_delay};
    BOOST_TEST(::getsockopt(socket, IPPROTO_TCP, 1 /* TCP_NODELAY */, &no_delay, &size) == 0);
    BOOST_TEST(no_delay != 0);
    BOOST_TEST((::fcntl(socket, F_GETFL) & O_NONBLOCK) != 0);
    BOOST_TEST((::fcntl(socket, F_GETFD) & FD_CLOEXEC) != 0);
  }
}

BOOST_AUTO_TEST_CASE(streams_without_tls_outlive_their_gate) {
  auto near = net::peer_stream{};
  auto far = net::peer_stream{};
  {
    auto gate = listen();
    near = call({.target = at(gate.port())}).value();
    far = arrivals.take();
  }
  write_all(near.socket.descriptor(), "still here");
  BOOST_TEST(read_exactly(far.socket.descriptor(), 10) == "still here");
}

// -- where it listens ---------------------------------------------------------

BOOST_AUTO_TEST_CASE(without_tls_only_loopback_is_listened_on) {
  for (const auto* address : {"0.0.0.0", "::", "192.0.2.1"}) {
    auto refused = try_to_listen({.address = address});
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.why().code == errc::invalid_argument));
    BOOST_TEST(names(refused.why().text, "can be reached by other machines"));
  }
  for (const auto* address : {"127.0.0.1", "127.8.8.8", "localhost"})
    BOOST_TEST(try_to_listen({.address = address}).ok());
}

BOOST_AUTO_TEST_CASE(all_addresses_are_listened_on_where_insecure_says_so) {
  auto gate = listen({.address = "0.0.0.0", .insecure = true});
  BOOST_TEST(call({.target = at(gate.port())}).ok());
}

BOOST_AUTO_TEST_CASE(all_addresses_are_listened_on_with_tls) {
  auto gate = listen({.address = "0.0.0.0", .tls = broker});
  BOOST_TEST(call_as(alice, gate).ok());
}

BOOST_AUTO_TEST_CASE(a_name_is_no_address_to_listen_on) {
  auto refused = try_to_listen({.address = "mq.example"});
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.why().code == errc::invalid_argument));
  BOOST_TEST(names(refused.why().text, "\"mq.example\" is not an IP address"));
}

BOOST_AUTO_TEST_CASE(a_port_in_use_is_told) {
  auto gate = listen();
  auto refused = try_to_listen({.port = gate.port()});
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.why().code == errc::network_failed));
  BOOST_TEST(names(refused.why().text, at(gate.port()) + " (Address already in use)"));
}

BOOST_AUTO_TEST_CASE(files_that_are_not_in_order_open_no_port) {
  broker.key = alice.key;
  auto refused = try_to_listen({.tls = broker});
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.why().code == errc::not_trusted));
  BOOST_TEST(names(refused.why().text, "does not belong to the certificate file"));
}

BOOST_AUTO_TEST_CASE(limits_of_nothing_are_out_of_range) {
  BOOST_TEST(names(try_to_listen({.handshake_limit = 0s}).why().text, "link_config::handshake"));
  BOOST_TEST(names(try_to_listen({.max_handshakes = 0}).why().text, "max_handshakes"));
  BOOST_TEST(names(try_to_listen({.max_connections = 0}).why().text, "serve_config::max_connections"));
}

// -- limits -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(connections_are_counted_while_their_slot_is_held) {
  auto gate = listen({.max_connections = 2});
  auto callers = std::array{connect_to(gate.port()), connect_to(gate.port())};
  auto first = arrivals.take();
  auto second = arrivals.take();

  auto third = connect_to(gate.port());
  auto refused = refusals.take();
  BOOST_TEST((refused.why.code == errc::network_failed));
  BOOST_TEST(names(refused.why.text, "as many connections as allowed were open (2)"));
  BOOST_TEST(read_to_end(third.descriptor()) == "");

  second = {};
  auto fourth = connect_to(gate.port());
  BOOST_TEST(arrivals.take().socket.is_open());
}

BOOST_AUTO_TEST_CASE(connections_with_tls_are_counted_until_they_have_ended) {
  auto gate = listen({.tls = broker, .max_connections = 1});
  auto pair = connect(gate);
  BOOST_TEST(!call_as(alice, gate).ok());
  BOOST_TEST(names(refusals.take().why.text, "as many connections as allowed were open (1)"));

  pair.far = {};
  BOOST_TEST(read_to_end(pair.caller()) == "");
  pair.near = {};
  auto again = call_as(alice, gate);
  while (!again) // the ends part a moment after the sockets are closed
    again = call_as(alice, gate);
  BOOST_TEST(arrivals.take().peer_name == "alice");
}

// -- ending -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_closed_gate_answers_nobody) {
  auto gate = listen();
  gate.close();
  gate.close();
  BOOST_TEST((call({.target = at(gate.port())}).why().code == errc::network_failed));
}

BOOST_AUTO_TEST_CASE(a_closed_gate_ends_its_connections_with_tls) {
  auto gate = listen({.tls = broker});
  auto pair = connect(gate);
  gate.close();
  BOOST_TEST(read_to_end(pair.callee()) == "");
  BOOST_TEST(read_to_end(pair.caller()) == "");
}

BOOST_AUTO_TEST_CASE(a_closed_gate_ends_handshakes) {
  auto gate = listen({.tls = broker});
  auto silent = connect_to(gate.port());
  require_ready(silent.descriptor(), POLLOUT);
  gate.close();
  BOOST_TEST(read_to_end(silent.descriptor()) == "");
}

BOOST_AUTO_TEST_CASE(two_gates_share_a_thread) {
  auto plain = listen();
  auto secured = listen({.tls = broker});
  BOOST_TEST(call({.target = at(plain.port())}).ok());
  BOOST_TEST(arrivals.take().peer_name == "");
  plain.close();
  BOOST_TEST(call_as(alice, secured).ok());
  BOOST_TEST(arrivals.take().peer_name == "alice");
}

BOOST_AUTO_TEST_SUITE_END()
