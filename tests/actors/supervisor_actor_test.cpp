#include "ferry/actors/supervisor_actor.hpp"

#include "support/virtual_system.hpp"

#include <boost/test/unit_test.hpp>

using namespace ferry;
using namespace ferry::testing;
using namespace std::chrono_literals;

namespace {

caf::behavior worker(caf::event_based_actor* self, int) {
  return {
    [self](const messages::stop&) {
      self->quit();
      return messages::stopped{};
    },
  };
}

struct supervisor_actor_fixture : virtual_system {
  supervisor_actor_fixture() {
    auto restarts = restart_config{};
    restarts.backoff.jitter = 0.0;
    supervisor = own(actors::spawn_supervisor(
      system(), {clock(), restarts, 1, [this](const std::string& text) { reports.push_back(text); }}));
  }

  std::uint64_t supervise_worker() {
    auto start = [this] {
      lives.push_back(system().spawn(worker, 0));
      return lives.back();
    };
    return request<messages::supervised>(supervisor, messages::supervise{"worker", start})->child;
  }

  ~supervisor_actor_fixture() {
    for (const auto& life : lives)
      caf::anon_send_exit(life, caf::exit_reason::kill);
    deliver_all();
  }

  std::vector<caf::actor> lives; // of the one child, in order
  std::vector<std::string> reports;
  actors::supervisor_actor supervisor;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(supervisor_actor_suite, supervisor_actor_fixture)

BOOST_AUTO_TEST_CASE(a_lost_child_is_started_again_after_the_wait_and_not_before) {
  supervise_worker();
  kill(lives.back());
  advance(200ms - 2ms);
  BOOST_TEST(lives.size() == 1u);
  advance(4ms);
  BOOST_TEST(lives.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_child_that_is_lost_too_often_is_given_up_and_reported) {
  supervise_worker();
  for (auto life = 1u; life <= 4; ++life) {
    BOOST_TEST(lives.size() == life);
    kill(lives.back());
    advance(1s, 10ms);
  }
  BOOST_TEST(lives.size() == 4u);
  BOOST_REQUIRE(reports.size() == 4u);
  BOOST_TEST(reports.back().find("given up") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_report_that_throws_does_not_end_the_supervisor) {
  auto loud = own(actors::spawn_supervisor(
    system(), {clock(), {}, 1, [](const std::string&) { throw std::runtime_error("mine"); }}));
  auto life = system().spawn(worker, 0);
  request<messages::supervised>(loud, messages::supervise{"worker", [&] { return life; }});
  kill(life);
  BOOST_TEST(request<messages::stopped>(loud, messages::stop{}).arrived());
}

BOOST_AUTO_TEST_CASE(a_child_that_cannot_be_started_is_tried_again_and_then_given_up) {
  auto tries = 0;
  auto start = [&]() -> caf::actor {
    ++tries;
    throw std::runtime_error("no thread left");
  };
  request<messages::supervised>(supervisor, messages::supervise{"worker", start});
  advance(5s, 10ms);
  BOOST_TEST(tries == 4);
  BOOST_TEST(reports.back().find("no thread left") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(everyone_who_asked_to_stop_a_child_is_answered) {
  auto child = supervise_worker();
  auto first = request<messages::stopped>(supervisor, messages::stop_child{child});
  auto second = request<messages::stopped>(supervisor, messages::stop_child{child});
  BOOST_TEST(first.arrived());
  BOOST_TEST(second.arrived());
}

BOOST_AUTO_TEST_CASE(a_stopped_child_is_not_started_again) {
  auto child = supervise_worker();
  auto stopped = request<messages::stopped>(supervisor, messages::stop_child{child});
  BOOST_TEST(stopped.arrived());
  advance(1s, 100ms);
  BOOST_TEST(lives.size() == 1u);
}

BOOST_AUTO_TEST_CASE(stopping_a_child_that_is_unknown_is_answered_at_once) {
  BOOST_TEST(request<messages::stopped>(supervisor, messages::stop_child{99}).arrived());
}

BOOST_AUTO_TEST_CASE(stopping_the_supervisor_stops_its_children_first) {
  supervise_worker();
  supervise_worker();
  BOOST_TEST(request<messages::stopped>(supervisor, messages::stop{}).arrived());
  for (const auto& life : lives)
    BOOST_TEST(!request<messages::stopped>(life, messages::stop{}).content().ok());
}

BOOST_AUTO_TEST_CASE(a_child_that_waits_for_its_restart_does_not_hold_up_the_stop) {
  supervise_worker();
  kill(lives.back());
  BOOST_TEST(request<messages::stopped>(supervisor, messages::stop{}).arrived());
}

BOOST_AUTO_TEST_SUITE_END()
