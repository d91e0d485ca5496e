// What a connection between two nodes costs by itself: bytes through a gate's stream
// over loopback, without and with TLS. No queue, no actor, no disk.

#include "scenarios.hpp"

#include "ferry/net/dialing.hpp"
#include "ferry/net/gate.hpp"

#include "support/certificate_authority.hpp"
#include "support/temporary_directory.hpp"

#include <algorithm>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sys/socket.h>

namespace ferry::benchmarks {

namespace {

using namespace std::chrono_literals;

enum class security { none, tls };

/// Two ends of a connection, each on a net_thread of its own as in two processes.
class connected_pair {
public:
  explicit connected_pair(security kind) {
    auto arrived = std::promise<net::peer_stream>{};
    auto made = std::promise<result<net::peer_stream>>{};
    auto server = net::gate_config{};
    auto client = net::dial_config{};
    if (kind == security::tls) {
      server.tls = authority_.issue("server");
      client.tls = authority_.issue("client");
    }
    gate_ = net::listen(server_thread_, server,
                        [&](net::peer_stream stream) { arrived.set_value(std::move(stream)); }, {})
              .value();
    client.target = "127.0.0.1:" + std::to_string(gate_->port());
    auto dialing = net::dial(client_thread_, client, [&](result<net::peer_stream> outcome) {
      made.set_value(std::move(outcome));
    });
    near_ = made.get_future().get().value();
    far_ = arrived.get_future().get();
    let_block(near());
    let_block(far());
  }

  [[nodiscard]] int near() const {
    return near_.socket.descriptor();
  }

  [[nodiscard]] int far() const {
    return far_.socket.descriptor();
  }

private:
  static void let_block(int socket) {
    ::fcntl(socket, F_SETFL, ::fcntl(socket, F_GETFL) & ~O_NONBLOCK);
  }

  testing::temporary_directory folder_;
  testing::certificate_authority authority_{folder_, "benchmark"};
  net::net_thread server_thread_;
  net::net_thread client_thread_;
  std::optional<net::gate> gate_;
  net::peer_stream near_;
  net::peer_stream far_;
};

void send_all(int socket, const std::string& bytes) {
  for (auto sent = std::size_t{0}; sent < bytes.size();) {
    auto count = ::send(socket, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count <= 0)
      throw wrong_run("the connection took no more bytes");
    sent += static_cast<std::size_t>(count);
  }
}

/// Receives until the end; `false` where anything but the repeated `block` came.
bool receives_only(int socket, const std::string& block, std::uint64_t blocks) {
  auto expected = block.size() * blocks;
  auto buffer = std::string(block.size(), '\0');
  auto received = std::uint64_t{0};
  for (;;) {
    auto at = received % block.size();
    auto count = ::recv(socket, buffer.data(), buffer.size() - at, 0);
    if (count <= 0)
      return received == expected;
    if (block.compare(at, static_cast<std::size_t>(count), buffer, 0,
                      static_cast<std::size_t>(count))
        != 0)
      return false;
    received += static_cast<std::uint64_t>(count);
  }
}

outcome stream_blocks(const settings& given, security kind) {
  auto pair = connected_pair{kind};
  auto block = std::string(given.payload_bytes, '\0');
  std::ranges::generate(block, [next = 0]() mutable { return static_cast<char>(next++ % 251); });

  auto begin = steady::now();
  auto reader = std::async(std::launch::async, receives_only, pair.far(), block, given.messages);
  for (auto i = std::uint64_t{0}; i < given.messages; ++i)
    send_all(pair.near(), block);
  ::shutdown(pair.near(), SHUT_WR);
  auto right = reader.get();
  auto elapsed = steady::now() - begin;
  if (!right)
    throw wrong_run("other bytes arrived than were sent");
  auto mebibytes = static_cast<double>(given.messages * block.size()) / (1 << 20);
  auto seconds = std::chrono::duration<double>(elapsed).count();
  return {
    .messages = given.messages, .elapsed = elapsed, .others = {{"mib_per_s", mebibytes / seconds}}};
}

/// Sends every byte back until the stream ends.
void echo(int socket) {
  auto byte = std::string(1, '\0');
  while (::recv(socket, byte.data(), 1, 0) == 1)
    send_all(socket, byte);
}

outcome echo_bytes(const settings& given, security kind) {
  auto pair = connected_pair{kind};
  auto other_end = std::jthread{echo, pair.far()};
  auto latencies = std::vector<std::chrono::nanoseconds>{};
  auto answer = '\0';

  auto begin = steady::now();
  for (auto i = std::uint64_t{0}; i < given.messages; ++i) {
    auto question = static_cast<char>(i % 251);
    auto before = steady::now();
    send_all(pair.near(), {question});
    if (::recv(pair.near(), &answer, 1, 0) != 1 || answer != question)
      throw wrong_run("another byte came back than was sent");
    latencies.push_back(steady::now() - before);
  }
  auto elapsed = steady::now() - begin;
  ::shutdown(pair.near(), SHUT_WR); // ends the echo
  return {.messages = given.messages, .elapsed = elapsed, .latencies = std::move(latencies)};
}

} // namespace

outcome stream_plain(const settings& given) {
  return stream_blocks(given, security::none);
}

outcome stream_tls(const settings& given) {
  return stream_blocks(given, security::tls);
}

outcome echo_plain(const settings& given) {
  return echo_bytes(given, security::none);
}

outcome echo_tls(const settings& given) {
  return echo_bytes(given, security::tls);
}

} // namespace ferry::benchmarks
