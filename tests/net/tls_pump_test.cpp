#include "net_fixture.hpp"

#include <algorithm>
#include <numeric>

using namespace ferry;
using namespace ferry::testing;

namespace {

struct tls_pump_fixture : net_fixture {
  net::gate gate = listen({.tls = broker});
  stream_pair pair = connect(gate);

  static std::string letters(std::size_t size) {
    auto text = std::string(size, '\0');
    for (auto i = std::size_t{0}; i < size; ++i)
      text[i] = static_cast<char>(i * 31 + i / 251);
    return text;
  }

  /// Writes from the front of `bytes` until nothing is taken for 300 ms.
  static std::size_t write_until_held(int socket, std::string_view bytes) {
    auto written = std::size_t{0};
    while (written < bytes.size() && is_ready(socket, POLLOUT, 300ms))
      written += write_some(socket, bytes.substr(written));
    return written;
  }

  /// Writes `bytes` to `from` while it reads at `to`; what was read.
  static std::string carry(std::string_view bytes, int from, int to, std::size_t expected) {
    auto read = std::string{};
    auto block = std::string(1 << 20, '\0');
    while (read.size() < expected) {
      pollfd both[] = {{bytes.empty() ? -1 : from, POLLOUT, 0}, {to, POLLIN, 0}};
      if (::poll(both, 2, static_cast<int>(patience.count())) == 0)
        throw std::runtime_error("nothing moved in time");
      if (both[0].revents != 0)
        bytes.remove_prefix(write_some(from, bytes));
      if (both[1].revents == 0)
        continue;
      auto count = ::recv(to, block.data(), block.size(), 0);
      if (count == 0)
        break;
      read.append(block, 0, static_cast<std::size_t>(std::max<ssize_t>(0, count)));
    }
    return read;
  }
};

constexpr auto much = std::size_t{64} << 20;
constexpr auto kernel_buffers = std::size_t{24} << 20; // more than two sockets and two pairs have

} // namespace

BOOST_FIXTURE_TEST_SUITE(tls_pump_suite, tls_pump_fixture)

// -- back-pressure ------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_writer_is_held_while_nobody_reads_and_nothing_is_lost) {
  auto bytes = letters(much);
  for (auto [from, to] :
       {std::pair{pair.caller(), pair.callee()}, std::pair{pair.callee(), pair.caller()}}) {
    auto before = write_until_held(from, bytes);
    BOOST_TEST(before < kernel_buffers);
    auto read = carry(std::string_view{bytes}.substr(before), from, to, much);
    BOOST_TEST((read == bytes)); // too much to print
  }
}

BOOST_AUTO_TEST_CASE(a_held_direction_does_not_hold_the_other) {
  (void)write_until_held(pair.caller(), letters(much));
  auto bytes = letters(8 << 20);
  BOOST_TEST((carry(bytes, pair.callee(), pair.caller(), bytes.size()) == bytes));
}

BOOST_AUTO_TEST_CASE(a_held_connection_does_not_hold_another) {
  (void)write_until_held(pair.caller(), letters(much));
  auto other = connect(gate);
  auto bytes = letters(8 << 20);
  BOOST_TEST((carry(bytes, other.caller(), other.callee(), bytes.size()) == bytes));
}

BOOST_AUTO_TEST_CASE(a_held_connection_costs_no_processor_time) {
  (void)write_until_held(pair.caller(), letters(much));
  auto before = processor_time();
  BOOST_TEST(!is_ready(pair.caller(), POLLOUT, 500ms));
  BOOST_TEST((processor_time() - before).count() < 20'000);
}

BOOST_AUTO_TEST_CASE(an_idle_connection_costs_no_processor_time) {
  auto before = processor_time();
  BOOST_TEST(!is_ready(pair.caller(), POLLIN, 500ms));
  BOOST_TEST((processor_time() - before).count() < 10'000);
}

// -- ends ---------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(each_direction_ends_by_itself) {
  write_all(pair.caller(), "question");
  ::shutdown(pair.caller(), SHUT_WR);
  BOOST_TEST(read_to_end(pair.callee()) == "question");
  write_all(pair.callee(), "answer");
  BOOST_TEST(read_exactly(pair.caller(), 6) == "answer");
  ::shutdown(pair.callee(), SHUT_WR);
  BOOST_TEST(read_to_end(pair.caller()) == "");
}

BOOST_AUTO_TEST_CASE(a_half_closed_connection_costs_no_processor_time) {
  ::shutdown(pair.caller(), SHUT_WR);
  BOOST_TEST(read_to_end(pair.callee()) == "");
  auto before = processor_time();
  BOOST_TEST(!is_ready(pair.caller(), POLLIN, 500ms));
  BOOST_TEST((processor_time() - before).count() < 10'000);
}

BOOST_AUTO_TEST_CASE(what_was_written_before_closing_arrives) {
  auto bytes = letters(100'000);
  write_all(pair.caller(), bytes);
  pair.near = {};
  BOOST_TEST((read_to_end(pair.callee()) == bytes));
}

BOOST_AUTO_TEST_CASE(what_was_written_before_closing_arrives_though_more_came_that_nobody_read) {
  write_all(pair.callee(), letters(100'000));
  auto bytes = letters(100'000);
  write_all(pair.caller(), bytes);
  pair.near = {};
  BOOST_TEST((read_to_end(pair.callee()) == bytes));
}

BOOST_AUTO_TEST_CASE(a_closed_end_is_an_end_on_the_other_side) {
  pair.far = {};
  BOOST_TEST(read_to_end(pair.caller()) == "");
}

BOOST_AUTO_TEST_CASE(a_lost_connection_ends_both_directions) {
  auto caller_thread = std::optional{net::net_thread{}};
  auto outcome = inbox<result<net::peer_stream>>{};
  auto dialing = net::dial(*caller_thread, {.target = at(gate.port()), .tls = alice},
                           [&](result<net::peer_stream> made) { outcome.put(std::move(made)); });
  auto near = outcome.take().value();
  auto far = arrivals.take();
  caller_thread.reset(); // cuts it: nobody says goodbye
  BOOST_TEST(read_to_end(near.socket.descriptor()) == "");
  BOOST_TEST(read_to_end(far.socket.descriptor()) == "");
  write_all(far.socket.descriptor(), "anybody there?"); // and no signal
}

BOOST_AUTO_TEST_SUITE_END()
