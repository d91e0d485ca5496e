#include "ferry/persistence/checkpoint_policy.hpp"

#include <boost/test/unit_test.hpp>

#include <ostream>

namespace ferry::persistence {

std::ostream& operator<<(std::ostream& out, checkpoint_action action) {
  constexpr const char* names[] = {"none", "finish", "force"};
  return out << names[static_cast<int>(action)];
}

} // namespace ferry::persistence

using namespace ferry::persistence;
using enum checkpoint_action;

namespace {

struct checkpoint_policy_fixture {
  checkpoint_policy policy{{100, 10, 1000}};

  checkpoint_policy_fixture() {
    policy.expect_steps();
  }

  // A step began when the log was as long as it is told; `left` of it stayed.
  checkpoint_action step(std::uint64_t log, std::uint64_t left) {
    return policy.stepped({log, log - left});
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(checkpoint_policy_suite, checkpoint_policy_fixture)

// -- asking for steps ---------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_step_is_asked_for_when_the_log_is_long_enough_and_not_before) {
  BOOST_TEST(policy.committed(99) == none);
  BOOST_TEST(!policy.wants_step());
  BOOST_TEST(policy.committed(100) == none);
  BOOST_TEST(policy.wants_step());
}

BOOST_AUTO_TEST_CASE(what_is_left_after_a_step_is_finished_when_it_is_short) {
  (void)policy.committed(100);
  BOOST_TEST(step(100, 10) == finish);
}

BOOST_AUTO_TEST_CASE(what_was_committed_during_the_step_is_left_as_well) {
  (void)policy.committed(100);
  (void)policy.committed(111);
  BOOST_TEST(step(100, 0) == none);
  BOOST_TEST(policy.wants_step());
}

BOOST_AUTO_TEST_CASE(with_each_step_twice_as_much_may_be_left) {
  (void)policy.committed(100);
  BOOST_TEST(step(100, 11) == none);
  BOOST_TEST(step(100, 21) == none);
  BOOST_TEST(step(100, 40) == finish);
}

BOOST_AUTO_TEST_CASE(a_log_that_began_anew_is_short_again) {
  (void)policy.committed(100);
  (void)step(100, 0);
  policy.checkpointed();
  BOOST_TEST(!policy.wants_step());
  (void)policy.committed(5);
  (void)policy.committed(99);
  BOOST_TEST(!policy.wants_step());
  (void)policy.committed(100);
  BOOST_TEST(policy.wants_step());
}

BOOST_AUTO_TEST_CASE(a_short_log_is_moved_on_demand) {
  (void)policy.committed(5);
  BOOST_TEST(policy.move_now() == none);
  BOOST_TEST(policy.wants_step());
  BOOST_TEST(step(5, 0) == finish);
}

// -- when it does not succeed -------------------------------------------------

BOOST_AUTO_TEST_CASE(a_log_that_could_not_begin_anew_is_let_grow_before_the_next_try) {
  (void)policy.committed(120);
  (void)step(120, 0);
  policy.checkpointed();
  (void)policy.committed(219);
  BOOST_TEST(!policy.wants_step());
  (void)policy.committed(220);
  BOOST_TEST(policy.wants_step());
}

BOOST_AUTO_TEST_CASE(a_step_that_failed_is_tried_again_when_the_log_has_grown) {
  (void)policy.committed(100);
  policy.step_failed();
  BOOST_TEST(policy.committed(199) == none);
  BOOST_TEST(!policy.wants_step());
  BOOST_TEST(policy.committed(200) == none);
  BOOST_TEST(policy.wants_step());
}

// -- forcing ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_longest_log_is_moved_in_the_foreground) {
  (void)policy.committed(999);
  BOOST_TEST(policy.committed(1000) == force);
}

BOOST_AUTO_TEST_CASE(a_step_that_ends_after_a_forced_one_changes_nothing) {
  (void)policy.committed(1000);
  policy.checkpointed();
  BOOST_TEST(step(1000, 0) == none);
  BOOST_TEST(!policy.wants_step());
}

BOOST_AUTO_TEST_CASE(a_forced_one_that_somebody_was_in_the_way_of_is_not_tried_at_each_commit) {
  (void)policy.committed(1000);
  policy.checkpointed();
  BOOST_TEST(policy.committed(1099) == none);
  BOOST_TEST(policy.committed(1100) == force);
}

BOOST_AUTO_TEST_CASE(a_log_that_began_anew_is_forced_at_its_longest_again) {
  (void)policy.committed(1000);
  policy.checkpointed();
  (void)policy.committed(5);
  BOOST_TEST(policy.committed(1000) == force);
}

BOOST_AUTO_TEST_CASE(under_a_reader_without_end_commits_wait_once_per_stretch_of_growth) {
  auto waits = 0;
  for (auto log = std::uint64_t{1}; log <= 2000; ++log)
    if (policy.committed(log) == force) {
      ++waits;
      policy.checkpointed(); // in vain: the log goes on growing
    }
  BOOST_TEST(waits == 11); // at 1000, 1100, and so on to 2000
}

// -- alone --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(without_anybody_to_make_steps_all_is_done_between_commits) {
  auto alone = checkpoint_policy{{100, 10, 1000}};
  BOOST_TEST(alone.committed(99) == none);
  BOOST_TEST(alone.committed(100) == finish);
  BOOST_TEST(!alone.wants_step());
  alone.checkpointed();
  BOOST_TEST(alone.move_now() == finish);
  BOOST_TEST(!alone.wants_step());
  BOOST_TEST(alone.committed(199) == none);
  BOOST_TEST(alone.committed(200) == finish);
}

BOOST_AUTO_TEST_SUITE_END()
