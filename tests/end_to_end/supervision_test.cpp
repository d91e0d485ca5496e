// Groups and drains through the facade, in real time.

#include "ferry/actors/protocol.hpp"
#include "ferry/broker.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/all.hpp>

#include <future>
#include <map>
#include <mutex>
#include <stop_token>

namespace {

using namespace ferry;
using namespace std::chrono_literals;

struct order {
  std::uint64_t id = 0;
};
FERRY_DESCRIBE(order, id)

caf::behavior obedient(caf::event_based_actor* self, int) {
  return {
    [self](const messages::stop&) {
      self->quit();
      return messages::stopped{};
    },
  };
}

struct supervision_fixture {
  supervision_fixture() {
    auto in_memory = queue_config{};
    in_memory.durability = durability::memory;
    host.declare("orders", in_memory).value();
  }

  void publish(std::uint64_t id) {
    (void)host.producer<order>("orders").value().publish({id}).wait().value();
  }

  system_config config;
  caf::actor_system system{config};
  std::mutex mutex;
  std::vector<std::string> reports;
  broker host = broker::open(system, {.close_limit = 5s,
                                      .report = [this](const std::string& text) {
                                        auto held = std::lock_guard{mutex};
                                        reports.push_back(text);
                                      }})
                  .value();
};

errc code_of(const auto& outcome) {
  return outcome.ok() ? errc::none : outcome.why().code;
}

} // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(ferry::errc)

BOOST_FIXTURE_TEST_SUITE(supervision_suite, supervision_fixture)

// -- draining -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_handler_that_outlasts_the_limit_loses_its_message_to_the_next_consumer) {
  publish(1);
  auto begun = std::promise<void>{};
  auto may_return = std::promise<void>{};
  auto slow = host.consume<order>("orders", [&](const order&) {
    begun.set_value();
    may_return.get_future().wait();
  }).value();
  begun.get_future().wait();
  BOOST_TEST(code_of(slow.stop(50ms)) == errc::timed_out);
  auto attempt = std::promise<std::uint32_t>{};
  auto next = host.consume<order>("orders", [&](const order&, delivery& d) {
    attempt.set_value(d.attempt());
  }).value();
  BOOST_TEST(attempt.get_future().get() == 2u);
  next.stop();
  may_return.set_value();
  BOOST_TEST(host.close().ok());
}

BOOST_AUTO_TEST_CASE(only_what_a_handler_had_begun_counts_when_the_limit_has_passed) {
  publish(1);
  publish(2);
  auto begun = std::promise<void>{};
  auto may_return = std::promise<void>{};
  auto slow = host.consume<order>("orders", [&](const order&) {
    begun.set_value();
    may_return.get_future().wait();
  }).value();
  begun.get_future().wait();
  BOOST_TEST(code_of(slow.stop(50ms)) == errc::timed_out);
  auto attempts = std::map<std::uint64_t, std::uint32_t>{};
  auto both = std::promise<void>{};
  auto next = host.consume<order>("orders", [&](const order& o, delivery& d) {
    attempts[o.id] = d.attempt();
    if (attempts.size() == 2)
      both.set_value();
  }).value();
  both.get_future().wait();
  next.stop();
  may_return.set_value();
  BOOST_TEST(attempts[1] == 2u);
  BOOST_TEST(attempts[2] == 1u);
}

BOOST_AUTO_TEST_CASE(a_handler_is_asked_to_stop_when_the_limit_has_passed) {
  publish(1);
  auto begun = std::promise<void>{};
  auto asked = std::promise<bool>{};
  auto slow = host.consume<order>("orders", [&](const order&, delivery& d) {
    auto stop = std::promise<void>{};
    auto callback = std::stop_callback{d.stop_token(), [&] { stop.set_value(); }};
    begun.set_value();
    asked.set_value(stop.get_future().wait_for(20s) == std::future_status::ready);
  }).value();
  begun.get_future().wait();
  BOOST_TEST(code_of(slow.stop(50ms)) == errc::timed_out);
  BOOST_TEST(asked.get_future().get());
}

BOOST_AUTO_TEST_CASE(a_stop_within_the_limit_settles_what_was_handled) {
  publish(1);
  auto begun = std::promise<void>{};
  auto consumer = host.consume<order>("orders", [&](const order&) { begun.set_value(); }).value();
  begun.get_future().wait();
  BOOST_TEST(consumer.stop(30s).ok());
  BOOST_TEST(consumer.stop(0s).ok());
  BOOST_TEST(host.figures("orders")->acknowledged == 1u);
}

BOOST_AUTO_TEST_CASE(a_negative_limit_is_refused) {
  auto consumer = host.consume<order>("orders", [](const order&) {}).value();
  BOOST_TEST(code_of(consumer.stop(-1ns)) == errc::invalid_argument);
  BOOST_TEST(consumer.stop(duration::max()).ok());
}

// -- groups -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_lost_child_is_started_again_and_ends_with_the_broker) {
  auto group = host.supervise("crew").value();
  auto second_life = std::promise<void>{};
  auto lives = std::vector<caf::actor>{};
  group.add({"a", [&] {
    lives.push_back(system.spawn(obedient, 0));
    if (lives.size() == 2)
      second_life.set_value();
    else
      caf::anon_send_exit(lives.back(), caf::exit_reason::kill);
    return lives.back();
  }}).value();
  second_life.get_future().wait();
  BOOST_TEST(group.is_running());
  BOOST_TEST(host.close().ok());
  BOOST_TEST(!group.is_running());
  BOOST_TEST(group.stop().ok());
}

BOOST_AUTO_TEST_CASE(a_group_that_gives_up_tells_why_and_the_broker_goes_on) {
  auto hasty = supervision_config{};
  hasty.restarts.intensity = 0;
  auto heard = std::promise<escalation>{};
  auto group = host.supervise("crew", hasty, [&](const escalation& e) { heard.set_value(e); })
                 .value();
  group.add({"a", []() -> caf::actor { throw std::runtime_error("no boat"); }}).value();
  auto why = heard.get_future().get();
  BOOST_TEST(why.group == "crew");
  BOOST_TEST(why.child == "a");
  BOOST_TEST(why.reason == "no boat");
  BOOST_TEST(code_of(group.add({"b", [&] { return system.spawn(obedient, 0); }})) == errc::closed);
  BOOST_TEST(host.figures("orders").ok());
  auto held = std::lock_guard{mutex};
  BOOST_REQUIRE(reports.size() == 1u);
  BOOST_TEST(reports.front().find("\"crew\" is given up") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_supervised_is_refused_with_a_reason) {
  auto bad = supervision_config{};
  bad.restarts.period = 0s;
  BOOST_TEST(code_of(host.supervise("crew", bad)) == errc::invalid_argument);
  BOOST_TEST(code_of(host.supervise("")) == errc::invalid_argument);
  auto group = host.supervise("crew").value();
  BOOST_TEST(code_of(group.add({"a", {}})) == errc::invalid_argument);
  BOOST_TEST(code_of(group.stop_child("a", -1s)) == errc::invalid_argument);
  (void)host.close();
  BOOST_TEST(code_of(host.supervise("late")) == errc::closed);
}

BOOST_AUTO_TEST_SUITE_END()
