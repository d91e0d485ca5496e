// Groups of children. What the supervisor does for queues and handlers is in
// supervisor_signals_test.cpp.

#include "ferry/actors/supervisor_actor.hpp"

#include "support/supervision_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace ferry;
using namespace ferry::testing;
using namespace std::chrono_literals;

namespace {

// Without a word about `stop`: what is not understood is not printed either.
caf::behavior unaware(caf::event_based_actor* self, int) {
  compat::ignore_the_unknown(self);
  return {[](const messages::proceed&) {}};
}

// Answers, and goes on.
caf::behavior hesitant(caf::event_based_actor*, int) {
  return {[](const messages::stop&) { return messages::stopped{}; }};
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(supervisor_actor_suite, supervision_fixture)

// -- restarts -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_lost_child_is_started_again_after_the_wait_and_not_before) {
  add(open(), "a");
  kill(last("a"));
  advance(200ms - 2ms);
  BOOST_TEST(started == "a");
  advance(4ms);
  BOOST_TEST(started == "a a");
}

BOOST_AUTO_TEST_CASE(a_lost_child_takes_those_after_it_down_from_the_last_to_the_first) {
  auto group = open(exact(supervision_strategy::rest_for_one));
  for (const auto* name : {"a", "b", "c"})
    add(group, name);
  kill(last("b"));
  BOOST_TEST(running(group) == "a");
  advance(202ms);
  BOOST_TEST(started == "a b c b c");
  BOOST_TEST(running(group) == "a b c");
}

BOOST_AUTO_TEST_CASE(children_that_need_each_other_are_all_started_again) {
  auto group = open(exact(supervision_strategy::one_for_all));
  for (const auto* name : {"a", "b", "c"})
    add(group, name);
  kill(last("b"));
  BOOST_TEST(running(group) == "");
  advance(202ms);
  BOOST_TEST(started == "a b c a b c");
}

BOOST_AUTO_TEST_CASE(a_transient_child_that_ends_normally_is_gone_and_one_that_is_lost_comes_back) {
  auto group = open();
  add(group, "a", child_kind::transient);
  add(group, "b", child_kind::transient);
  tell(last("a"), messages::proceed{});
  kill(last("b"));
  advance(1s, 10ms);
  BOOST_TEST(started == "a b b");
  BOOST_TEST(running(group) == "b");
}

BOOST_AUTO_TEST_CASE(a_child_that_ends_by_user_shutdown_has_ended_normally) {
  auto group = open();
  add(group, "a", child_kind::transient);
  caf::anon_send_exit(last("a"), caf::exit_reason::user_shutdown);
  advance(1s, 10ms);
  BOOST_TEST(started == "a");
}

BOOST_AUTO_TEST_CASE(a_temporary_child_that_is_lost_is_reported_and_not_started_again) {
  auto group = open();
  add(group, "a", child_kind::temporary);
  kill(last("a"));
  advance(1s, 10ms);
  BOOST_TEST(started == "a");
  BOOST_REQUIRE(reports.size() == 1u);
  BOOST_TEST(reports.front().find("not started again") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_child_that_cannot_be_started_is_tried_again_and_then_given_up) {
  auto tries = 0;
  auto start = [&]() -> caf::actor {
    ++tries;
    throw std::runtime_error("no thread left");
  };
  request<messages::supervised>(supervisor, messages::supervise{open(), "a", start, {}, {}});
  advance(5s, 10ms);
  BOOST_TEST(tries == 4);
  BOOST_TEST(reports.back().find("no thread left") != std::string::npos);
}

// -- escalation ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_group_whose_child_is_lost_too_often_is_given_up_and_reported) {
  auto group = open();
  add(group, "bystander");
  add(group, "a");
  for (auto life = 1; life <= 4; ++life) {
    kill(last("a"));
    advance(1s, 10ms);
  }
  BOOST_TEST(running(group) == "over");
  BOOST_TEST(lives["a"].size() == 4u);
  BOOST_REQUIRE(reports.size() == 4u);
  for (const auto* part : {"\"crew\"", "\"a\"", "given up", "3 restarts within 5000 ms"})
    BOOST_TEST(reports.back().find(part) != std::string::npos, reports.back());
  BOOST_REQUIRE(escalations.size() == 1u);
  BOOST_TEST(escalations.front().starts_with("a: "));
}

BOOST_AUTO_TEST_CASE(a_group_that_is_given_up_ends_nobody_else_and_takes_no_more_children) {
  auto config = exact();
  config.restarts.intensity = 0;
  auto doomed = open(config);
  auto other = open();
  add(doomed, "a");
  add(other, "b");
  kill(last("a"));
  BOOST_TEST(running(other) == "b");
  BOOST_TEST((add(doomed, "c").failure() == errc::closed));
  BOOST_TEST(stop_group(doomed).content().ok());
}

BOOST_AUTO_TEST_CASE(a_report_that_throws_does_not_end_the_supervisor) {
  auto loud = own(actors::spawn_supervisor(
    system(), {clock(), 1, [](const std::string&) { throw std::runtime_error("mine"); }}));
  auto group = request<messages::group_opened>(loud, messages::open_group{"crew", {}, {}})->group;
  auto life = system().spawn(obedient, 0);
  request<messages::supervised>(loud,
                                messages::supervise{group, "a", [&] { return life; }, {}, {}});
  kill(life);
  BOOST_TEST(request<messages::stopped>(loud, messages::stop{}).arrived());
}

// -- stopping -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(everyone_who_asked_to_stop_a_child_is_answered) {
  auto group = open();
  add(group, "a", child_kind::permanent, busy);
  auto first = stop_child(group, "a");
  auto second = stop_child(group, "a");
  BOOST_TEST(!first.arrived());
  kill(last("a"));
  BOOST_TEST(first.content().ok());
  BOOST_TEST(second.content().ok());
}

BOOST_AUTO_TEST_CASE(a_stopped_child_is_not_started_again) {
  auto group = open();
  add(group, "a");
  BOOST_TEST(stop_child(group, "a").arrived());
  advance(1s, 100ms);
  BOOST_TEST(started == "a");
}

BOOST_AUTO_TEST_CASE(stopping_a_child_or_a_group_that_is_unknown_is_answered_at_once) {
  BOOST_TEST(stop_child(open(), "nobody").arrived());
  BOOST_TEST(stop_child(99, "nobody").arrived());
  BOOST_TEST(stop_group(99).arrived());
}

BOOST_AUTO_TEST_CASE(a_child_that_does_not_know_stop_is_ended_by_an_exit_message) {
  auto group = open();
  add(group, "a", child_kind::permanent, unaware);
  BOOST_TEST(stop_group(group).arrived());
}

BOOST_AUTO_TEST_CASE(a_child_that_answers_and_goes_on_is_ended_by_an_exit_message) {
  auto group = open();
  add(group, "a", child_kind::permanent, hesitant);
  BOOST_TEST(stop_group(group).arrived());
}

BOOST_AUTO_TEST_CASE(a_group_that_is_stopped_in_time_is_answered_without_an_error) {
  auto group = open();
  add(group, "a");
  BOOST_TEST(stop_group(group, 0s).content().ok());
  BOOST_TEST(running(group) == "over");
}

BOOST_AUTO_TEST_CASE(who_does_not_end_within_the_limit_is_cut_off_and_not_before) {
  auto group = open(exact(supervision_strategy::rest_for_one));
  add(group, "a");
  add(group, "b", child_kind::permanent, busy);
  auto stopped = stop_group(group, 5s);
  advance(5s - 2ms, 10ms);
  BOOST_TEST(!stopped.arrived());
  BOOST_TEST(running(group) == "a b");
  advance(4ms);
  BOOST_TEST((stopped.failure() == errc::timed_out));
  BOOST_TEST(stopped.content().why().text.find("\"crew\"") != std::string::npos);
  BOOST_TEST(running(group) == "over");
}

BOOST_AUTO_TEST_CASE(the_limit_of_one_child_leaves_the_others_alone) {
  auto group = open();
  add(group, "a");
  add(group, "b", child_kind::permanent, busy);
  auto stopped = stop_child(group, "b", 1s);
  advance(1s + 2ms, 10ms);
  BOOST_TEST((stopped.failure() == errc::timed_out));
  BOOST_TEST(running(group) == "a");
}

BOOST_AUTO_TEST_CASE(the_earliest_of_several_limits_counts) {
  auto group = open();
  add(group, "a", child_kind::permanent, busy);
  auto patient = stop_group(group);
  auto hasty = stop_group(group, 1s);
  auto late = stop_group(group, 1h);
  advance(1s + 2ms, 10ms);
  for (const auto& answer : {patient, hasty, late})
    BOOST_TEST((answer.failure() == errc::timed_out));
}

BOOST_AUTO_TEST_CASE(stopping_the_supervisor_stops_all_groups_first) {
  add(open(), "a");
  add(open(), "b");
  BOOST_TEST(request<messages::stopped>(supervisor, messages::stop{}).arrived());
  for (const auto* name : {"a", "b"})
    BOOST_TEST(!request<messages::stopped>(last(name), messages::stop{}).content().ok());
}

BOOST_AUTO_TEST_CASE(a_child_that_waits_for_its_restart_does_not_hold_up_the_stop) {
  add(open(), "a");
  kill(last("a"));
  BOOST_TEST(request<messages::stopped>(supervisor, messages::stop{}).arrived());
}

BOOST_AUTO_TEST_CASE(no_group_is_opened_while_the_supervisor_stops) {
  add(open(), "a", child_kind::permanent, busy);
  auto stopped = request<messages::stopped>(supervisor, messages::stop{});
  auto opened = request<messages::group_opened>(supervisor, messages::open_group{"late", {}, {}});
  BOOST_TEST((opened.failure() == errc::closed));
  kill(last("a"));
  BOOST_TEST(stopped.arrived());
}

BOOST_AUTO_TEST_SUITE_END()
