// Who comes to the gate and is no node: it costs little, and the nodes are served.

#include "net_fixture.hpp"

#include "support/tls_client.hpp"

#include <random>
#include <vector>

using namespace ferry;
using namespace ferry::testing;

namespace {

constexpr auto limit = 400ms;

struct hostile_fixture : net_fixture {
  net::gate gate = listen({.tls = broker, .handshake_limit = limit});
  watch::time_point begin = watch::now();
  net::stream_socket visitor = connect_to(gate.port());

  int socket() const {
    return visitor.descriptor();
  }

  static std::string noise(std::size_t size) {
    auto engine = std::mt19937{4242};
    auto text = std::string(size, '\0');
    for (auto& byte : text)
      byte = static_cast<char>(engine());
    return text;
  }

  void a_node_is_served_meanwhile() {
    auto pair = connect(gate);
    write_all(pair.caller(), "ahoy");
    BOOST_TEST(read_exactly(pair.callee(), 4) == "ahoy");
  }

  void the_visitor_is_closed_at_the_limit_and_not_before() {
    (void)read_to_end(socket());
    BOOST_TEST((watch::now() - begin >= limit));
    auto refused = refusals.take();
    BOOST_TEST((refused.why.code == errc::timed_out));
    BOOST_TEST(names(refused.why.text, "did not finish its handshake within 400 ms"));
  }

  std::string refused_because() {
    return refusals.take().why.text;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(hostile_visitors_suite, hostile_fixture)

BOOST_AUTO_TEST_CASE(who_keeps_silent_is_closed_at_the_limit) {
  a_node_is_served_meanwhile();
  the_visitor_is_closed_at_the_limit_and_not_before();
}

BOOST_AUTO_TEST_CASE(who_sends_a_byte_now_and_then_is_closed_at_the_limit) {
  auto hello = tls_client{}.hello();
  auto sent = std::size_t{0};
  while (!is_ready(socket(), POLLIN, 100ms))
    sent += write_some(socket(), std::string_view{hello}.substr(sent, 1));
  BOOST_TEST(sent > 1u);
  the_visitor_is_closed_at_the_limit_and_not_before();
  a_node_is_served_meanwhile();
}

BOOST_AUTO_TEST_CASE(who_sends_half_a_hello_is_closed_at_the_limit) {
  auto hello = tls_client{}.hello();
  write_all(socket(), hello.substr(0, hello.size() / 2));
  a_node_is_served_meanwhile();
  the_visitor_is_closed_at_the_limit_and_not_before();
}

BOOST_AUTO_TEST_CASE(who_stops_in_the_middle_of_a_handshake_is_closed_at_the_limit) {
  auto client = tls_client{{.files = alice}};
  write_all(socket(), client.hello());
  auto rest = std::string{};
  while (rest.empty())
    rest = client.answer(read_some(socket()));
  write_all(socket(), rest.substr(0, rest.size() / 2));
  a_node_is_served_meanwhile();
  the_visitor_is_closed_at_the_limit_and_not_before();
}

BOOST_AUTO_TEST_CASE(who_leaves_in_the_middle_of_a_handshake_is_forgotten_at_once) {
  write_all(socket(), tls_client{}.hello());
  (void)read_some(socket());
  visitor = {};
  auto why = refusals.take().why;
  BOOST_TEST((why.code == errc::network_failed));
  BOOST_TEST((names(why.text, "closed the connection") || names(why.text, "lost the connection")));
  a_node_is_served_meanwhile();
}

BOOST_AUTO_TEST_CASE(a_hello_that_is_cut_off_is_refused_at_once) {
  auto hello = tls_client{}.hello();
  write_all(socket(), hello.substr(0, hello.size() - 1));
  ::shutdown(socket(), SHUT_WR);
  BOOST_TEST(refused_because() == "closed the connection in the TLS handshake");
  a_node_is_served_meanwhile();
}

BOOST_AUTO_TEST_CASE(a_megabyte_of_noise_is_refused_at_once) {
  write_all(socket(), noise(1 << 20));
  (void)read_to_end(socket());
  BOOST_TEST((refusals.take().why.code == errc::not_trusted));
  a_node_is_served_meanwhile();
}

BOOST_AUTO_TEST_CASE(noise_that_looks_like_a_record_is_refused) {
  write_all(socket(), std::string{"\x16\x03\x01\x40\x00", 5} + noise(1 << 20));
  (void)read_to_end(socket());
  BOOST_TEST((refusals.take().why.code == errc::not_trusted));
  a_node_is_served_meanwhile();
}

BOOST_AUTO_TEST_CASE(noise_in_the_middle_of_a_handshake_is_refused) {
  write_all(socket(), tls_client{}.hello());
  (void)read_some(socket());
  write_all(socket(), noise(1 << 20));
  (void)read_to_end(socket());
  BOOST_TEST((refusals.take().why.code == errc::not_trusted));
  a_node_is_served_meanwhile();
}

BOOST_AUTO_TEST_CASE(a_browser_is_refused_at_once) {
  write_all(socket(), "GET / HTTP/1.1\r\nHost: mq.example\r\n\r\n");
  BOOST_TEST(refused_because() == "speaks HTTP instead of TLS");
  a_node_is_served_meanwhile();
}

BOOST_AUTO_TEST_CASE(the_oldest_handshake_gives_way_after_its_grace_and_not_before) {
  auto narrow = listen({.tls = broker, .handshake_limit = 4s, .max_handshakes = 1});
  auto first_came = watch::now();
  auto first = connect_to(narrow.port());
  require_ready(first.descriptor(), POLLOUT);
  auto second = connect_to(narrow.port());
  (void)read_to_end(first.descriptor());
  BOOST_TEST((watch::now() - first_came >= 200ms));
  BOOST_TEST((watch::now() - first_came < 4s));
  BOOST_TEST(names(refused_because(), "gave way to others"));
}

BOOST_AUTO_TEST_CASE(a_handshake_that_nobody_waits_behind_has_its_whole_limit) {
  auto narrow = listen({.tls = broker, .handshake_limit = 300ms, .max_handshakes = 1});
  auto came = watch::now();
  auto only = connect_to(narrow.port());
  (void)read_to_end(only.descriptor());
  BOOST_TEST((watch::now() - came >= 300ms));
  BOOST_TEST(names(refused_because(), "did not finish its handshake within 300 ms"));
}

BOOST_AUTO_TEST_CASE(a_node_gets_in_though_more_keep_silent_than_may_shake_hands) {
  auto wide = listen({.tls = broker, .handshake_limit = 2s});
  auto silent = std::vector<net::stream_socket>{};
  for (auto i = 0; i < 200; ++i)
    silent.push_back(connect_to(wide.port()));
  BOOST_TEST(call_as(alice, wide).ok());
  BOOST_TEST(arrivals.take().peer_name == "alice");
}

BOOST_AUTO_TEST_CASE(two_hundred_silent_visitors_cost_hardly_any_processor_time) {
  auto wide = listen({.tls = broker, .handshake_limit = 1s, .max_handshakes = 256});
  auto silent = std::vector<net::stream_socket>{};
  for (auto i = 0; i < 200; ++i)
    silent.push_back(connect_to(wide.port()));
  for (const auto& each : silent)
    require_ready(each.descriptor(), POLLOUT);
  a_node_is_served_meanwhile();
  auto before = processor_time();
  BOOST_TEST(!is_ready(silent.front().descriptor(), POLLIN, 700ms));
  auto used = processor_time() - before;
  BOOST_TEST_MESSAGE("200 silent visitors for 0.7 s: " << used.count() << " us");
  BOOST_TEST(used.count() < 20'000);
  for (const auto& each : silent)
    BOOST_TEST(read_to_end(each.descriptor()) == "");
}

BOOST_AUTO_TEST_CASE(without_descriptors_the_gate_waits_and_does_not_spin) {
  auto before = rlimit{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  auto waiting = std::vector<net::stream_socket>{};
  waiting.push_back(connect_to(gate.port()));
  auto lowest = ::fcntl(socket(), F_DUPFD_CLOEXEC, 0); // the first that is free
  ::close(lowest);
  auto none = before;
  none.rlim_cur = static_cast<rlim_t>(lowest);
  ::setrlimit(RLIMIT_NOFILE, &none);
  auto idle = processor_time();
  auto closed = is_ready(socket(), POLLIN, limit / 2);
  auto used = processor_time() - idle;
  ::setrlimit(RLIMIT_NOFILE, &before);
  BOOST_TEST(!closed);
  BOOST_TEST(used.count() < 20'000);
  a_node_is_served_meanwhile();
}

BOOST_AUTO_TEST_SUITE_END()
