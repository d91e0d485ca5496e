#include "ferry/persistence/queue_mark.hpp"

#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

using namespace ferry;
using namespace ferry::persistence;
using namespace ferry::testing;

namespace {

struct queue_mark_fixture {
  queue_mark mark;

  queue_mark_fixture() {
    mark.store(run_of(1, 9));
  }

  void touch(std::uint64_t first, std::uint64_t count) {
    mark.touch(sequence_number{first}, count);
  }

  void erase(std::uint64_t first, std::uint64_t count) {
    mark.erase(sequence_number{first}, count, count);
  }

  static stored_queue with(std::vector<stored_run> runs) {
    auto queue = stored_queue{};
    queue.runs = std::move(runs);
    queue.payload_bytes = 3;
    return queue;
  }

  void expect_untouched(std::uint64_t first, std::uint64_t next) const {
    BOOST_TEST(value_of(mark.untouched_from) == first);
    BOOST_TEST(value_of(mark.next) == next);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(queue_mark_suite, queue_mark_fixture)

// -- storing ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_is_stored_in_order_is_untouched) {
  expect_untouched(1, 10);
  mark.store(run_of(10, 2));
  expect_untouched(1, 12);
  BOOST_TEST(mark.payload_bytes == 11u);
}

BOOST_AUTO_TEST_CASE(after_a_gap_only_what_lies_behind_it_is_untouched) {
  mark.store(run_of(11, 2));
  expect_untouched(11, 13);
}

BOOST_AUTO_TEST_CASE(what_is_stored_with_deliveries_was_touched) {
  mark.store(run_of(10, 2, 1));
  expect_untouched(12, 12);
}

BOOST_AUTO_TEST_CASE(storing_again_what_is_gone_changes_no_end) {
  erase(1, 3);
  mark.store(run_of(2, 1));
  expect_untouched(4, 10);
}

// -- erasing and changing -----------------------------------------------------

BOOST_AUTO_TEST_CASE(an_erased_stretch_ends_before_what_is_untouched) {
  erase(1, 3);
  expect_untouched(4, 10);
  BOOST_TEST(mark.payload_bytes == 6u);
  erase(2, 2);
  expect_untouched(4, 10);
}

BOOST_AUTO_TEST_CASE(a_change_far_from_the_head_moves_the_line_behind_it) {
  touch(8, 1);
  expect_untouched(9, 10);
}

BOOST_AUTO_TEST_CASE(a_change_that_reaches_the_end_leaves_nothing_untouched) {
  touch(9, 1);
  expect_untouched(10, 10);
  BOOST_TEST(mark.untouched().count == 0u);
}

BOOST_AUTO_TEST_CASE(what_lies_beyond_the_end_is_not_touched) {
  touch(10, 5);
  expect_untouched(1, 10);
  erase(2, ~std::uint64_t{0});
  expect_untouched(10, 10);
}

BOOST_AUTO_TEST_CASE(no_rows_are_no_change) {
  touch(5, 0);
  expect_untouched(1, 10);
}

BOOST_AUTO_TEST_CASE(bytes_that_were_never_counted_are_not_missed) {
  mark.erase(sequence_number{1}, 1, 100);
  BOOST_TEST(mark.payload_bytes == 0u);
}

// -- tightening ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_last_run_is_untouched_again_when_it_reaches_the_end) {
  auto tight = mark.tightened(with({{disk_run(2, 1, 1), {}}, {disk_run(7, 3), {}}}));
  BOOST_TEST(tight.untouched_from == sequence_number{7});
  BOOST_TEST(tight.payload_bytes == 3u);
}

BOOST_AUTO_TEST_CASE(a_last_run_with_a_gap_a_delivery_or_a_due_time_is_not_untouched) {
  for (const auto& last : {stored_run{disk_run(7, 2), {}}, stored_run{disk_run(7, 3, 1), {}},
                           stored_run{disk_run(7, 3), at(1s)}})
    BOOST_TEST(mark.tightened(with({last})).untouched_from == sequence_number{10});
  BOOST_TEST(mark.tightened(with({})).untouched_from == sequence_number{10});
}

BOOST_AUTO_TEST_SUITE_END()
