// A gate on loopback, somebody who calls, and what both were told.

#pragma once

#include "ferry/net/dialing.hpp"
#include "ferry/net/gate.hpp"

#include "support/certificate_authority.hpp"
#include "support/inbox.hpp"
#include "support/sockets.hpp"
#include "support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <utility>

namespace ferry::testing {

using namespace std::chrono_literals;
using watch = std::chrono::steady_clock;

/// Both ends of one connection.
struct stream_pair {
  net::peer_stream near; // who called
  net::peer_stream far;  // as it came out of the gate

  [[nodiscard]] int caller() const {
    return near.socket.descriptor();
  }

  [[nodiscard]] int callee() const {
    return far.socket.descriptor();
  }
};

struct net_fixture {
  temporary_directory folder;
  certificate_authority cluster{folder, "cluster"};
  net::tls_files alice = cluster.issue("alice");
  net::tls_files broker = cluster.issue("broker", {.alternative_names = "DNS:mq.example,DNS:mq"});
  inbox<net::peer_stream> arrivals;
  inbox<net::refusal> refusals;
  net::net_thread thread; // ends before what its handlers write to

  result<net::gate> try_to_listen(const net::gate_config& config) {
    return net::listen(
      thread, config, [this](net::peer_stream stream) { arrivals.put(std::move(stream)); },
      [this](const net::refusal& who) { refusals.put(who); });
  }

  net::gate listen(const net::gate_config& config = {}) {
    return try_to_listen(config).value();
  }

  [[nodiscard]] static std::string at(std::uint16_t port) {
    return "127.0.0.1:" + std::to_string(port);
  }

  /// Calls and waits for what becomes of it.
  result<net::peer_stream> call(net::dial_config config) {
    auto outcome = inbox<result<net::peer_stream>>{};
    auto dialing = net::dial(thread, std::move(config),
                             [&](result<net::peer_stream> made) { outcome.put(std::move(made)); });
    return outcome.take();
  }

  result<net::peer_stream> call_as(const net::tls_files& files, const net::gate& gate) {
    return call({.target = at(gate.port()), .tls = files});
  }

  /// A connection with TLS from alice to the broker.
  stream_pair connect(const net::gate& gate) {
    auto near = call_as(alice, gate).value();
    return {std::move(near), arrivals.take()};
  }

  static bool names(const std::string& text, const std::string& part) {
    auto found = text.find(part) != std::string::npos;
    if (!found)
      BOOST_TEST_MESSAGE("\"" + text + "\" does not say \"" + part + "\"");
    return found;
  }
};

} // namespace ferry::testing
