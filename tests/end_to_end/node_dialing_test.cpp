// Programs that know several addresses of their broker, over real sockets.

#include "ferry/broker.hpp"

#include "support/sockets.hpp"
#include "support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>

#include <optional>
#include <string>

namespace {

using namespace ferry;
using namespace ferry::testing;
using namespace std::chrono_literals;

struct node_dialing_fixture {
  broker open() {
    return broker::open(server, {.journal = folder.file("broker.db")}).value();
  }

  static std::string at(std::uint16_t port) {
    return "127.0.0.1:" + std::to_string(port);
  }

  /// A port at which nobody listens.
  static std::uint16_t free_port() {
    return silent_port{}.port();
  }

  temporary_directory folder;
  system_config settings;
  caf::actor_system server{settings};
  caf::actor_system program{settings};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(node_dialing_suite, node_dialing_fixture)

BOOST_AUTO_TEST_CASE(a_program_finds_its_broker_behind_a_dead_address_and_follows_it_there) {
  auto here = std::optional{open()};
  auto dead = free_port();
  auto alive = here->serve().value();
  auto there = broker::connect(program, {at(dead), at(alive)}).value();
  there.declare("parcels").value();
  auto producer = there.producer<std::string>("parcels").value();
  producer.publish("tea").wait(20s).value();
  here.reset();
  auto receipt = producer.publish("milk");
  here.emplace(open());
  BOOST_REQUIRE(here->serve({.port = dead}).ok());
  BOOST_TEST(receipt.wait(20s).ok());
  BOOST_TEST(here->figures("parcels").value().published == 1u); // in this life of the broker
  BOOST_TEST(here->figures("parcels").value().ready == 2u);
}

BOOST_AUTO_TEST_CASE(an_address_where_nobody_says_a_word_holds_up_no_other_one) {
  auto here = open();
  auto silent = silent_port{};
  auto config = connect_config{.link = {.handshake = 100ms}};
  auto there = broker::connect(program, {at(silent.port()), at(here.serve().value())}, config);
  BOOST_REQUIRE(there.ok());
  BOOST_TEST(there->declare("parcels").ok());
}

BOOST_AUTO_TEST_CASE(a_broker_that_refuses_keeps_nobody_from_the_one_at_the_next_address) {
  auto here = open();
  auto others = broker::open(server, {.journal = folder.file("others.db")}).value();
  auto their_port = others.serve({.cluster = "others"}).value();
  auto there = broker::connect(program, {at(their_port), at(here.serve().value())});
  BOOST_REQUIRE(there.ok());
  BOOST_TEST(there->declare("parcels").ok());
}

BOOST_AUTO_TEST_CASE(a_refusal_is_the_answer_once_nobody_else_is_there) {
  auto others = broker::open(server, {.journal = folder.file("others.db")}).value();
  auto their_port = others.serve({.cluster = "others"}).value();
  auto refused = broker::connect(program, {at(their_port), at(free_port())});
  BOOST_REQUIRE(!refused.ok());
  BOOST_TEST((refused.why().code == errc::wrong_peer));
}

BOOST_AUTO_TEST_CASE(a_program_that_gives_up_to_connect_says_how_long_it_tried) {
  auto config = connect_config{.reconnect = {.give_up_after = 100ms}};
  auto refused = broker::connect(program, {at(free_port())}, config);
  BOOST_REQUIRE(!refused.ok());
  BOOST_TEST((refused.why().code == errc::closed));
  BOOST_TEST(refused.why().text.find("reconnect_config::give_up_after") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
