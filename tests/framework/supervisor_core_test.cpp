#include "ferry/supervision/supervisor_core.hpp"

#include "support/printing.hpp"
#include "support/supervised_group.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::testing {
namespace {

using enum supervision_strategy;

/// Three children that run.
supervised_group three(supervision_config config) {
  auto group = supervised_group{std::move(config)};
  for (const auto* name : {"a", "b", "c"})
    (void)group.add(name);
  (void)group.asked();
  return group;
}

supervised_group three(supervision_strategy strategy) {
  return three(exact(strategy));
}

} // namespace

BOOST_AUTO_TEST_SUITE(supervisor_core_suite)

// -- adding -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_child_is_started_when_it_is_added) {
  auto group = supervised_group{exact(one_for_one)};
  (void)group.add("a");
  BOOST_TEST(group.asked() == "start a");
}

BOOST_AUTO_TEST_CASE(a_name_is_given_once_and_is_free_again_when_its_child_is_gone) {
  auto group = three(one_for_one);
  BOOST_TEST((group.add("a").why().code == errc::invalid_argument));
  BOOST_TEST((group.add("").why().code == errc::invalid_argument));
  group.stop_child("a");
  BOOST_TEST((group.add("a").why().code == errc::invalid_argument));
  group.finish("a");
  BOOST_TEST(group.add("a").ok());
}

BOOST_AUTO_TEST_CASE(a_child_that_is_added_while_an_earlier_one_is_down_waits_for_it) {
  auto group = three(rest_for_one);
  group.lose("c");
  (void)group.add("d");
  BOOST_TEST(group.asked() == "lost c");
  group.pass(200ms);
  BOOST_TEST(group.asked() == "start c, start d");
}

BOOST_AUTO_TEST_CASE(children_that_know_nothing_of_each_other_do_not_wait_for_each_other) {
  auto group = three(one_for_one);
  group.lose("c");
  (void)group.add("d");
  BOOST_TEST(group.asked() == "lost c, start d");
}

// -- strategies ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(one_for_one_starts_the_lost_child_alone) {
  auto group = three(one_for_one);
  group.lose("b");
  group.pass(200ms);
  BOOST_TEST(group.asked() == "lost b, start b");
}

BOOST_AUTO_TEST_CASE(one_for_all_stops_the_others_from_the_last_to_the_first_and_starts_all) {
  auto group = three(one_for_all);
  group.lose("b");
  BOOST_TEST(group.asked() == "lost b, stop c");
  group.finish("c");
  BOOST_TEST(group.asked() == "stop a");
  group.finish("a");
  BOOST_TEST(group.asked() == "");
  group.pass(200ms);
  BOOST_TEST(group.asked() == "start a, start b, start c");
}

BOOST_AUTO_TEST_CASE(rest_for_one_leaves_earlier_children_alone) {
  auto group = three(rest_for_one);
  group.lose("b");
  group.finish("c");
  group.pass(200ms);
  BOOST_TEST(group.asked() == "lost b, stop c, start b, start c");
}

BOOST_AUTO_TEST_CASE(nobody_is_started_before_the_last_of_the_others_is_down) {
  auto group = three(one_for_all);
  group.lose("c");
  group.finish("b");
  group.pass(10s);
  BOOST_TEST(group.asked() == "lost c, stop b, stop a");
  group.finish("a");
  BOOST_TEST(group.asked() == "start a, start b, start c");
}

BOOST_AUTO_TEST_CASE(who_falls_while_the_others_are_stopped_is_not_charged) {
  auto config = exact(one_for_all);
  config.restarts.intensity = 1;
  auto group = three(config);
  group.lose("c");
  group.lose("b");
  group.lose("a");
  group.pass(200ms);
  BOOST_TEST(group.asked() == "lost c, stop b, stop a, start a, start b, start c");
}

BOOST_AUTO_TEST_CASE(an_earlier_child_that_is_lost_meanwhile_is_waited_for) {
  auto group = three(rest_for_one);
  group.lose("c");
  group.pass(100ms);
  group.lose("a");
  group.finish("b");
  group.pass(100ms);
  BOOST_TEST(group.asked() == "lost c, lost a, stop b");
  group.pass(100ms);
  BOOST_TEST(group.asked() == "start a, start b, start c");
}

BOOST_AUTO_TEST_CASE(a_child_that_cannot_be_started_keeps_those_after_it_waiting) {
  auto group = three(rest_for_one);
  group.cannot_start = {"b"};
  group.lose("b");
  group.finish("c");
  group.pass(200ms);
  BOOST_TEST(group.asked() == "lost b, stop c, start b, lost b");
  group.cannot_start = {};
  group.pass(400ms);
  BOOST_TEST(group.asked() == "start b, start c");
}

// -- kinds --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_permanent_child_is_started_again_however_it_ended) {
  auto group = supervised_group{exact(one_for_one)};
  (void)group.add("a", child_kind::permanent);
  group.finish("a");
  group.pass(200ms);
  group.lose("a");
  group.pass(400ms);
  BOOST_TEST(group.asked() == "start a, lost a, start a, lost a, start a");
}

BOOST_AUTO_TEST_CASE(a_transient_child_is_started_again_only_after_an_abnormal_end) {
  auto group = supervised_group{exact(one_for_one)};
  (void)group.add("a", child_kind::transient);
  group.lose("a");
  group.pass(200ms);
  group.finish("a");
  group.pass(1min);
  BOOST_TEST(group.asked() == "start a, lost a, start a, removed a");
}

BOOST_AUTO_TEST_CASE(a_temporary_child_is_never_started_again_and_takes_nobody_with_it) {
  auto group = supervised_group{exact(one_for_all)};
  (void)group.add("a");
  (void)group.add("b", child_kind::temporary);
  group.lose("b");
  group.pass(1min);
  BOOST_TEST(group.asked() == "start a, start b, lost for good b, removed b");
}

BOOST_AUTO_TEST_CASE(a_temporary_child_that_is_stopped_for_the_others_does_not_come_back) {
  auto group = supervised_group{exact(one_for_all)};
  (void)group.add("a");
  (void)group.add("b", child_kind::temporary);
  (void)group.asked();
  group.lose("a");
  group.finish("b");
  group.pass(200ms);
  BOOST_TEST(group.asked() == "lost a, stop b, removed b, start a");
}

// -- back-off and intensity -----------------------------------------------------

BOOST_AUTO_TEST_CASE(a_child_is_started_again_after_its_wait_and_not_before) {
  auto group = three(one_for_one);
  group.lose("a");
  BOOST_TEST(group.woken_at == at(200ms));
  group.pass(200ms - 1ns);
  BOOST_TEST(group.asked() == "lost a");
  group.pass(1ns);
  BOOST_TEST(group.asked() == "start a");
}

BOOST_AUTO_TEST_CASE(the_wait_doubles_for_the_child_that_is_lost_again_and_not_for_others) {
  auto group = three(one_for_one);
  group.lose("a");
  group.pass(200ms);
  group.lose("b");
  BOOST_TEST(group.woken_at == at(400ms));
  group.pass(200ms);
  group.lose("a");
  BOOST_TEST(group.woken_at == at(800ms));
}

BOOST_AUTO_TEST_CASE(the_wait_begins_anew_when_the_child_has_lived_as_long_as_the_period) {
  auto config = exact(one_for_one);
  config.restarts.intensity = 100;
  auto group = three(config);
  group.lose("a");
  group.pass(200ms);
  group.pass(5s - 1ns);
  group.lose("a");
  BOOST_TEST(group.woken_at == group.now + 400ms);
  group.pass(400ms);
  group.pass(5s);
  group.lose("a");
  BOOST_TEST(group.woken_at == group.now + 200ms);
}

BOOST_AUTO_TEST_CASE(the_losses_of_the_whole_group_count) {
  auto group = three(one_for_one);
  group.lose("a");
  group.lose("b");
  group.lose("c");
  (void)group.asked();
  group.pass(200ms);
  (void)group.asked();
  group.lose("b");
  BOOST_TEST(group.asked() == "removed b, stop c, stop a");
}

BOOST_AUTO_TEST_CASE(a_group_that_gives_up_stops_everyone_before_it_escalates) {
  auto config = exact(rest_for_one);
  config.restarts.intensity = 0;
  auto group = three(config);
  group.lose("b");
  BOOST_TEST(group.asked() == "removed b, stop c");
  group.finish("c");
  BOOST_TEST(group.asked() == "removed c, stop a");
  group.finish("a");
  BOOST_TEST(group.asked() == "removed a, escalate b: because");
  BOOST_TEST((group.add("d").why().code == errc::closed));
  BOOST_TEST(group.core.children().empty());
}

// -- stopping -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_child_that_is_stopped_does_not_come_back_and_takes_nobody_with_it) {
  auto group = three(one_for_all);
  group.stop_child("b");
  group.lose("b");
  group.pass(1min);
  BOOST_TEST(group.asked() == "stop b, removed b");
}

BOOST_AUTO_TEST_CASE(a_child_that_waits_for_its_restart_is_removed_at_once) {
  auto group = three(one_for_one);
  group.lose("b");
  group.stop_child("b");
  group.pass(1min);
  BOOST_TEST(group.asked() == "lost b, removed b");
}

BOOST_AUTO_TEST_CASE(removing_the_child_that_others_wait_for_lets_them_start) {
  auto group = three(rest_for_one);
  group.lose("b");
  group.finish("c");
  group.pass(100ms);
  (void)group.asked();
  group.stop_child("b");
  BOOST_TEST(group.asked() == "removed b");
  group.pass(100ms);
  BOOST_TEST(group.asked() == "start c");
}

BOOST_AUTO_TEST_CASE(a_stop_that_comes_while_a_child_goes_down_for_the_others_removes_it) {
  auto group = three(one_for_all);
  group.lose("a");
  group.stop_child("c");
  group.finish("c");
  group.finish("b");
  group.pass(200ms);
  BOOST_TEST(group.asked() == "lost a, stop c, removed c, stop b, start a, start b");
}

BOOST_AUTO_TEST_CASE(dependent_children_are_stopped_one_after_the_other_from_the_last) {
  auto group = three(rest_for_one);
  group.stop();
  BOOST_TEST(group.asked() == "stop c");
  group.finish("c");
  BOOST_TEST(group.asked() == "removed c, stop b");
  group.lose("b");
  group.finish("a");
  BOOST_TEST(group.asked() == "removed b, stop a, removed a, stopped");
}

BOOST_AUTO_TEST_CASE(independent_children_are_stopped_all_at_once_from_the_last) {
  auto group = three(one_for_one);
  group.stop();
  BOOST_TEST(group.asked() == "stop c, stop b, stop a");
}

BOOST_AUTO_TEST_CASE(an_empty_group_is_stopped_at_once_and_only_once) {
  auto group = supervised_group{exact(one_for_one)};
  group.stop();
  group.stop();
  BOOST_TEST(group.asked() == "stopped");
}

BOOST_AUTO_TEST_CASE(nobody_is_started_again_while_the_group_stops) {
  auto group = three(one_for_all);
  group.lose("a");
  group.stop();
  group.finish("c");
  group.lose("b");
  group.pass(1min);
  BOOST_TEST(group.asked() == "lost a, stop c, removed a, removed c, stop b, removed b, stopped");
}

BOOST_AUTO_TEST_CASE(the_figures_tell_who_runs_and_how_often_it_was_started) {
  auto group = supervised_group{exact(one_for_one)};
  (void)group.add("a");
  (void)group.add("b", child_kind::transient);
  group.lose("a");
  group.pass(200ms);
  group.lose("a");
  auto expected = std::vector<child_figures>{{"a", child_kind::permanent, false, 2},
                                             {"b", child_kind::transient, true, 1}};
  BOOST_TEST((group.core.children() == expected));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
