#include "support/loopback_proxy.hpp"
#include "support/node_observer.hpp"
#include "support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

using namespace ferry::testing;
using namespace std::chrono_literals;

namespace {

constexpr auto mebibyte = std::size_t{1} << 20;

std::size_t growth(std::size_t before, std::size_t after) {
  return after - std::min(before, after);
}

/// A broker and its clients, whose links stay however silent they are.
struct node_memory_fixture {
  node_memory_fixture() {
    port = nodes.start("broker", patient({"broker", "0", folder.file("broker.db"), "--max-messages",
                                          "0", "--resident-bytes", "1048576"}));
  }

  static std::vector<std::string> patient(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--silence", "600000"});
    return arguments;
  }

  void publish(const std::string& name, const std::string& first, const std::string& count) {
    nodes.start(name, patient({"producer", address(), first, "--count", count, "--payload",
                               std::to_string(mebibyte), "--window-bytes", "4194304"}));
    nodes.listen_until("all is published", [&] { return nodes.done.contains(name); });
  }

  [[nodiscard]] std::string address() const {
    return "127.0.0.1:" + std::to_string(port);
  }

  temporary_directory folder;
  std::uint64_t port = 0;
  node_observer nodes{NODE_CHILD};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(node_memory_suite, node_memory_fixture)

// The consumer's prefetch is 8 MiB; what else grows is SQLite's cache and the queue's
// RAM, 16 MiB and 1 MiB, and what publishing itself takes.
BOOST_AUTO_TEST_CASE(a_stopped_consumer_costs_its_broker_no_more_than_its_credit) {
  publish("warm up", "1", "32");
  nodes.start("alice", patient({"consumer", address(), "--handlers", "1", "--prefetch", "256"}));
  nodes.listen_until("the queue is drained", [&] { return nodes.handled.size() == 32; });
  nodes.send("alice", SIGSTOP);
  auto before = nodes.resident_bytes("broker", "VmRSS");
  publish("bulk", "1000", "256");
  auto after = nodes.resident_bytes("broker", "VmRSS");
  BOOST_TEST_MESSAGE(
    "broker: " << before / mebibyte << " MiB before, " << after / mebibyte << " MiB after, "
               << nodes.resident_bytes("broker", "VmHWM") / mebibyte << " MiB at its peak");
  BOOST_TEST(growth(before, after) < 64 * mebibyte);
  nodes.send("alice", SIGCONT);
  nodes.listen_until("all is handled", [&] { return nodes.handled.size() == 32 + 256; });
}

// Its window is 16 MiB: that much payload it holds, and once more as bytes for the link.
BOOST_AUTO_TEST_CASE(a_stopped_broker_costs_its_producer_no_more_than_its_window) {
  nodes.start("alice",
              patient({"producer", address(), "1", "--count", "512", "--payload",
                       std::to_string(mebibyte), "--window-bytes", std::to_string(16 * mebibyte)}));
  nodes.listen_until("it works", [&] { return nodes.confirmed.size() >= 32; });
  auto before = nodes.resident_bytes("alice", "VmRSS");
  nodes.send("broker", SIGSTOP);
  nodes.listen_for(1000ms);
  auto after = nodes.resident_bytes("alice", "VmRSS");
  BOOST_TEST_MESSAGE("producer: " << before / mebibyte << " MiB before, " << after / mebibyte
                                  << " MiB while its broker is stopped");
  BOOST_TEST(growth(before, after) < 64 * mebibyte);
  BOOST_TEST(after < 128 * mebibyte);
  nodes.send("broker", SIGCONT);
  nodes.listen_until("all is confirmed", [&] { return nodes.done.contains("alice"); });
  nodes.listen_until("all receipts are told", [&] { return nodes.confirmed.size() == 512u; });
}

// -- a line that stalls -------------------------------------------------------------
//
// Neither side is stopped, and none hears of it: the wire carries nothing.

BOOST_AUTO_TEST_CASE(a_stalled_line_costs_the_broker_no_more_than_the_consumers_credit) {
  auto line = loopback_proxy{static_cast<std::uint16_t>(port)};
  publish("warm up", "1", "32");
  nodes.start("alice", patient({"consumer", "127.0.0.1:" + std::to_string(line.port()),
                                "--handlers", "1", "--prefetch", "256"}));
  nodes.listen_until("the queue is drained", [&] { return nodes.handled.size() == 32; });
  line.stall();
  auto before = nodes.resident_bytes("broker", "VmRSS");
  publish("bulk", "1000", "256");
  auto after = nodes.resident_bytes("broker", "VmRSS");
  BOOST_TEST_MESSAGE("broker: " << before / mebibyte << " MiB before, " << after / mebibyte
                                << " MiB while its consumer's line stalls");
  BOOST_TEST(growth(before, after) < 64 * mebibyte);
  BOOST_TEST(nodes.handled.size() < 64u);
  line.go_on();
  nodes.listen_until("all is handled", [&] { return nodes.handled.size() == 32 + 256; });
}

BOOST_AUTO_TEST_CASE(a_stalled_line_costs_the_producer_no_more_than_its_window) {
  auto line = loopback_proxy{static_cast<std::uint16_t>(port)};
  nodes.start("alice", patient({"producer", "127.0.0.1:" + std::to_string(line.port()), "1",
                                "--count", "512", "--payload", std::to_string(mebibyte),
                                "--window-bytes", std::to_string(16 * mebibyte)}));
  nodes.listen_until("it works", [&] { return nodes.confirmed.size() >= 32; });
  auto before = nodes.resident_bytes("alice", "VmRSS");
  line.stall();
  nodes.listen_for(1000ms);
  auto after = nodes.resident_bytes("alice", "VmRSS");
  BOOST_TEST_MESSAGE("producer: " << before / mebibyte << " MiB before, " << after / mebibyte
                                  << " MiB while its line stalls");
  BOOST_TEST(growth(before, after) < 64 * mebibyte);
  BOOST_TEST(after < 128 * mebibyte);
  BOOST_TEST(nodes.confirmed.size() < 512u);
  line.go_on();
  nodes.listen_until("all receipts are told", [&] { return nodes.confirmed.size() == 512u; });
}

BOOST_AUTO_TEST_SUITE_END()
