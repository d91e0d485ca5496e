#include "benchmarks/arrivals.hpp"

#include "benchmarks/scenario.hpp"

#include <boost/test/unit_test.hpp>

#include <initializer_list>

namespace {

using namespace ferry::benchmarks;

struct arrivals_fixture {
  ordered_arrivals one_line{1, 3};
  unordered_arrivals any_order{3};
  ferry::queue_figures queue;

  void arrive_in_line(std::initializer_list<std::uint64_t> numbers) {
    for (auto number : numbers)
      one_line.arrived(0, number);
  }

  void arrive(std::initializer_list<std::uint64_t> numbers) {
    for (auto number : numbers)
      any_order.arrived(number);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(arrivals_suite, arrivals_fixture)

// -- in order -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_line_is_right_when_each_parcel_arrived_once_and_in_order) {
  arrive_in_line({0, 1, 2});
  one_line.wait();
  BOOST_CHECK_NO_THROW(one_line.verify());
  BOOST_TEST(one_line.count() == 3);
}

BOOST_AUTO_TEST_CASE(a_parcel_out_of_order_makes_a_line_wrong) {
  arrive_in_line({0, 2, 1});
  one_line.wait();
  BOOST_CHECK_THROW(one_line.verify(), wrong_run);
}

BOOST_AUTO_TEST_CASE(a_doubled_parcel_makes_a_line_wrong) {
  arrive_in_line({0, 0, 1, 2});
  BOOST_CHECK_THROW(one_line.verify(), wrong_run);
}

BOOST_AUTO_TEST_CASE(a_last_parcel_that_is_doubled_makes_a_line_wrong) {
  arrive_in_line({0, 1, 2, 2});
  one_line.wait();
  BOOST_CHECK_THROW(one_line.verify(), wrong_run);
}

BOOST_AUTO_TEST_CASE(each_line_has_an_order_of_its_own) {
  auto lines = ordered_arrivals{2, 2};
  for (auto [line, number] : {std::pair{0, 0}, {1, 0}, {1, 1}, {0, 1}})
    lines.arrived(static_cast<std::size_t>(line), static_cast<std::uint64_t>(number));
  lines.wait();
  BOOST_CHECK_NO_THROW(lines.verify());
}

// -- in any order -------------------------------------------------------------

BOOST_AUTO_TEST_CASE(several_consumers_may_take_parcels_in_any_order) {
  arrive({2, 0, 1});
  any_order.wait();
  BOOST_CHECK_NO_THROW(any_order.verify());
}

BOOST_AUTO_TEST_CASE(a_doubled_parcel_is_noticed_in_any_order) {
  arrive({2, 0, 2, 1});
  any_order.wait();
  BOOST_CHECK_THROW(any_order.verify(), wrong_run);
}

BOOST_AUTO_TEST_CASE(a_parcel_that_nobody_published_is_noticed) {
  arrive({0, 1, 3});
  BOOST_CHECK_THROW(any_order.verify(), wrong_run);
}

// -- what the queue says ------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_queue_is_drained_when_all_is_acked_and_nothing_left) {
  queue.acknowledged = 3;
  BOOST_CHECK_NO_THROW(verify_drained(queue, 3));
  BOOST_CHECK_THROW(verify_drained(queue, 4), wrong_run);
  queue.ready = 1;
  BOOST_CHECK_THROW(verify_drained(queue, 3), wrong_run);
}

BOOST_AUTO_TEST_CASE(a_redelivery_makes_a_run_wrong) {
  queue.acknowledged = 3;
  queue.redelivered = 1;
  BOOST_CHECK_THROW(verify_drained(queue, 3), wrong_run);
}

BOOST_AUTO_TEST_CASE(a_queue_is_filled_when_all_is_ready_and_nothing_was_delivered) {
  queue.ready = 3;
  BOOST_CHECK_NO_THROW(verify_filled(queue, 3));
  BOOST_CHECK_THROW(verify_filled(queue, 2), wrong_run);
  queue.delivered = 1;
  BOOST_CHECK_THROW(verify_filled(queue, 3), wrong_run);
}

BOOST_AUTO_TEST_SUITE_END()
