#include "ferry/broker.hpp"

#include "support/loopback_proxy.hpp"
#include "support/random_run.hpp"
#include "support/temporary_directory.hpp"
#include "support/watched.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace {

using namespace ferry;
using namespace std::chrono_literals;
using ferry::testing::heading;
using ferry::testing::loopback_proxy;

constexpr auto mebibyte = std::size_t{1} << 20;
constexpr auto silence = 500ms;
constexpr auto in_between = 38; // mebibytes: more than sockets and a proxy hold

/// Counts what handlers, callbacks and reports on other threads say.
class tally {
public:
  void add(const std::string& what) {
    said_.change([&](said& all) {
      all.distinct.insert(what);
      all.in_order.push_back(what);
    });
  }

  /// Whether that many different ones come within `limit`.
  [[nodiscard]] bool reaches(std::size_t distinct, duration limit = 30s) {
    return said_.becomes([&](const said& all) { return all.distinct.size() >= distinct; }, limit);
  }

  /// Whether one that contains `text` is said.
  [[nodiscard]] bool says(const std::string& text) {
    return said_.becomes([&](const said& all) { return containing(all, text) > 0; });
  }

  [[nodiscard]] std::vector<std::string> in_order() const {
    return said_.now().in_order;
  }

  [[nodiscard]] std::size_t distinct() const {
    return said_.now().distinct.size();
  }

  [[nodiscard]] std::size_t count(const std::string& text) const {
    return containing(said_.now(), text);
  }

private:
  struct said {
    std::set<std::string> distinct;
    std::vector<std::string> in_order;
  };

  static std::size_t containing(const said& all, const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count_if(
      all.in_order, [&](const auto& line) { return line.find(text) != std::string::npos; }));
  }

  ferry::testing::watched<said> said_;
};

/// A process's worth of CAF.
struct node {
  system_config config;
  caf::actor_system system{config};
};

struct node_link_fixture {
  [[nodiscard]] link_config link_with(duration limit) const {
    auto link = link_config{.letters = letters};
    link.pulse = {limit / 5, limit};
    link.handshake = limit;
    return link;
  }

  broker open() {
    auto config = broker_config{.journal = folder.file("broker.db")};
    config.report = [this](const std::string& text) { server_said.add(text); };
    return broker::open(server.system, config).value();
  }

  broker connect_to(caf::actor_system& system, std::uint16_t port, duration limit = silence) {
    auto config = connect_config{.connect_limit = 10s, .link = link_with(limit)};
    config.reconnect.backoff = {retry_growth::fixed, 5ms, 5ms, 1.0, 0.0};
    config.report = [this](const std::string& text) { client_said.add(text); };
    return connect(system, "127.0.0.1:" + std::to_string(port), config).value();
  }

  static void publish(producer<std::string>& by, int count, int first = 0) {
    for (auto number = first; number < first + count; ++number)
      (void)by.publish(std::to_string(number) + std::string(90, ' '));
  }

  /// Has the line carry a mebibyte at a time until all that `by` published is confirmed
  /// and `count` messages are handled; false where that takes more than is in between.
  bool passes(loopback_proxy& proxy, heading where, producer<std::string>& by, std::size_t count) {
    for (auto step = 0; step < in_between; ++step) {
      proxy.allow(where, mebibyte);
      if (by.wait_all(200ms).ok() && handled.reaches(count, 200ms))
        return true;
    }
    return false;
  }

  std::size_t links_made() {
    return client_said.count("connected to broker");
  }

  ferry::testing::temporary_directory folder;
  letter_limits letters;
  tally server_said;
  tally client_said;
  tally handled;
  node server;
  node client;
};

std::mt19937 randomness() {
  auto seed = testing::seed_of_this_run();
  BOOST_TEST_MESSAGE("FERRY_SEED=" << seed);
  return std::mt19937{seed};
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(node_link_suite, node_link_fixture)

BOOST_AUTO_TEST_CASE(a_line_that_is_cut_at_any_byte_loses_and_doubles_nothing) {
  auto here = open();
  auto proxy = loopback_proxy{here.serve({.link = link_with(10s)}).value()};
  auto there = connect_to(client.system, proxy.port(), 10s);
  // what lies in a prefetch counts as delivered with each cut; none is to become a dead letter
  there.declare("work", {.max_deliveries = 1000}).value();
  auto config = consumer_config{.prefetch_messages = 64};
  auto consumer = there.consume<std::string>(
    "work", [&](const std::string& text) { handled.add(text); }, config);
  auto producer = there.producer<std::string>("work").value();
  auto random = randomness();
  auto cuts = 0;
  proxy.cut_after([&]() -> std::size_t {
    return ++cuts > 40 ? loopback_proxy::no_limit
                       : std::uniform_int_distribution<std::size_t>{1, 60'000}(random);
  });
  proxy.cut();
  publish(producer, 20'000);
  BOOST_TEST(producer.wait_all(60s).ok());
  BOOST_TEST(handled.reaches(20'000));
  consumer.value().stop();
  auto figures = here.figures("work").value();
  BOOST_TEST(figures.published == 20'000u);
  BOOST_TEST(figures.ready == 0u);
  BOOST_TEST(proxy.connections() > 10u);
  BOOST_TEST(handled.in_order().size() - 20'000 <= proxy.connections() * 64);
}

BOOST_AUTO_TEST_CASE(a_line_that_stalls_is_cut_by_both_sides_and_made_again) {
  auto here = open();
  auto proxy = loopback_proxy{here.serve({.link = link_with(silence)}).value()};
  auto there = connect_to(client.system, proxy.port());
  there.declare("work").value();
  auto producer = there.producer<std::string>("work").value();
  proxy.stall();
  publish(producer, 100);
  BOOST_TEST(producer.wait_all(30s).ok());
  BOOST_TEST(client_said.says("was silent for 500 ms"));
  BOOST_TEST(server_said.says("was silent for 500 ms"));
  BOOST_TEST(links_made() == 2u);
  BOOST_TEST(here.figures("work").value().published == 100u);
}

BOOST_AUTO_TEST_CASE(a_late_line_is_no_slow_one) {
  auto here = open();
  auto proxy = loopback_proxy{here.serve({.link = link_with(2s)}).value()};
  auto there = connect_to(client.system, proxy.port(), 2s);
  there.declare("work").value();
  proxy.delay(50ms);
  auto config = consumer_config{.prefetch_messages = 8192};
  auto consumer = there.consume<std::string>(
    "work", [&](const std::string& text) { handled.add(text); }, config);
  auto producer = there.producer<std::string>("work").value();
  auto start = std::chrono::steady_clock::now();
  publish(producer, 100'000);
  BOOST_TEST(producer.wait_all(30s).ok());
  BOOST_TEST(handled.reaches(100'000));
  auto took = std::chrono::steady_clock::now() - start;
  BOOST_TEST_MESSAGE("100,000 messages took "
                     << std::chrono::duration_cast<std::chrono::milliseconds>(took).count()
                     << " ms");
  BOOST_TEST((took < 10s));
  consumer.value().stop();
  BOOST_TEST(handled.in_order().size() == 100'000u);
  BOOST_TEST(links_made() == 1u);
}

BOOST_AUTO_TEST_CASE(a_consumer_behind_a_stalled_line_stops_no_other_one) {
  auto here = open();
  auto port = here.serve({.link = link_with(60s)}).value();
  auto proxy = loopback_proxy{port};
  here.declare("work").value();
  auto stuck = connect_to(client.system, proxy.port(), 60s);
  auto config = consumer_config{.prefetch_messages = 100};
  auto nothing = stuck
                   .consume<std::string>(
                     "work", [](const std::string&) {}, config)
                   .value();
  auto another = node{};
  auto there = connect_to(another.system, port, 60s);
  auto consumer = there.consume<std::string>(
    "work", [&](const std::string& text) { handled.add(text); }, config);
  proxy.stall();
  auto producer = there.producer<std::string>("work").value();
  publish(producer, 5000);
  BOOST_TEST(producer.wait_all(30s).ok());
  BOOST_TEST(handled.reaches(4900));
  proxy.go_on();
  nothing.stop();
  consumer.value().stop();
}

// -- large messages -----------------------------------------------------------------

// What the line carries is counted and not timed: each way the large one is under way
// when the small ones set out, and has a third of its bytes to go when they are there.
BOOST_AUTO_TEST_CASE(small_messages_pass_a_large_one_that_is_under_way) {
  auto here = open();
  auto proxy = loopback_proxy{here.serve({.link = link_with(30s)}).value()};
  auto there = connect_to(client.system, proxy.port(), 30s);
  there.declare("large", {.max_payload_bytes = 64 * mebibyte}).value();
  there.declare("small").value();
  auto large = there.producer<std::string>("large").value();
  auto small = there.producer<std::string>("small").value();
  auto note_small = [&](const std::string& text) { handled.add("small " + text); };
  auto note_large = [&](const std::string&) { handled.add("large"); };
  auto first = there.consume<std::string>("small", note_small).value();
  auto second = there.consume<std::string>("large", note_large).value();
  auto publish_small = [&](int from) {
    for (auto number = from; number < from + 20; ++number)
      (void)small.publish(std::to_string(number));
  };
  proxy.allow(heading::there, 2 * mebibyte);
  proxy.allow(heading::back, 2 * mebibyte);
  auto receipt = large.publish(std::string(60 * mebibyte, 'x'));
  BOOST_TEST(proxy.has_used_up(heading::there));
  publish_small(0);
  BOOST_TEST(passes(proxy, heading::there, small, 20));
  BOOST_TEST(!receipt.poll().has_value());
  proxy.allow(heading::there, loopback_proxy::no_limit);
  BOOST_TEST(proxy.has_used_up(heading::back));
  publish_small(20);
  BOOST_TEST(passes(proxy, heading::back, small, 40));
  BOOST_TEST(handled.count("large") == 0u);
  proxy.allow(heading::back, loopback_proxy::no_limit);
  BOOST_TEST(receipt.wait(60s).ok());
  BOOST_TEST(handled.reaches(41));
  first.stop();
  second.stop();
  BOOST_TEST(links_made() == 1u);
}

BOOST_AUTO_TEST_CASE(large_messages_of_many_queues_at_once_do_not_end_their_link) {
  letters = {80 * mebibyte, 160 * mebibyte};
  auto here = open();
  auto proxy = loopback_proxy{here.serve({.link = link_with(2s)}).value()};
  auto there = connect_to(client.system, proxy.port(), 2s);
  auto producers = std::vector<producer<std::string>>{};
  for (const auto* name : {"a", "b", "c", "d"}) {
    there.declare(name, {.max_payload_bytes = 64 * mebibyte}).value();
    producers.push_back(there.producer<std::string>(name).value());
  }
  auto text = std::string(60 * mebibyte, 'x');
  for (auto& each : producers)
    (void)each.publish(text);
  for (auto& each : producers)
    BOOST_TEST(each.wait_all(60s).ok());
  BOOST_TEST(links_made() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
