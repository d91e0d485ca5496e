#include "ferry/queue/burial_ledger.hpp"

#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::testing {
namespace {

struct burial_ledger_fixture {
  burial_ledger burials;
  effect_list out;

  list started(std::uint64_t sequence) {
    out.clear();
    burials.start(dead(sequence), out);
    return sequences(each<effects::bury>(out));
  }

  list retried(duration now) {
    out.clear();
    burials.retry(at(now), out);
    return sequences(each<effects::bury>(out));
  }

  void fail(std::uint64_t sequence, duration until) {
    burials.fail(sequence_number{sequence}, at(until));
  }

  bool finish(std::uint64_t sequence) {
    return burials.finish(sequence_number{sequence});
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(burial_ledger_suite, burial_ledger_fixture)

BOOST_AUTO_TEST_CASE(a_move_is_asked_for_at_once) {
  BOOST_TEST(started(7) == list{7});
  BOOST_TEST(burials.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_move_ends_once) {
  (void)started(7);
  BOOST_TEST(finish(7));
  BOOST_TEST(!finish(7));
  BOOST_TEST(burials.size() == 0u);
}

BOOST_AUTO_TEST_CASE(a_move_that_nobody_awaits_does_not_end) {
  BOOST_TEST(!finish(7));
}

BOOST_AUTO_TEST_CASE(a_failed_move_is_tried_again_when_it_is_due_and_not_before) {
  (void)started(7);
  fail(7, 1s);
  BOOST_TEST(retried(1s - 1ns) == list{});
  BOOST_TEST(retried(1s) == list{7});
}

BOOST_AUTO_TEST_CASE(a_move_is_tried_again_with_the_same_letter) {
  (void)started(2);
  fail(2, 1s);
  (void)retried(1s);
  BOOST_TEST(text_of(only<effects::bury>(out).message.letter) == "b");
}

BOOST_AUTO_TEST_CASE(a_failed_move_is_tried_again_once) {
  (void)started(7);
  fail(7, 1s);
  (void)retried(1s);
  BOOST_TEST(retried(2s) == list{});
}

BOOST_AUTO_TEST_CASE(a_move_may_fail_again) {
  (void)started(7);
  fail(7, 1s);
  (void)retried(1s);
  fail(7, 2s);
  BOOST_TEST(retried(2s) == list{7});
}

BOOST_AUTO_TEST_CASE(the_failure_of_an_unknown_move_is_ignored) {
  fail(7, 1s);
  BOOST_TEST(!burials.next_due().has_value());
  BOOST_TEST(retried(1s) == list{});
}

// The dead-letter queue would hold the message twice.
BOOST_AUTO_TEST_CASE(a_second_failure_of_one_try_does_not_try_it_twice) {
  (void)started(7);
  fail(7, 1s);
  fail(7, 2s);
  BOOST_TEST(retried(1s) == list{7});
  BOOST_TEST(retried(2s) == list{});
}

BOOST_AUTO_TEST_CASE(a_move_that_succeeded_after_all_is_not_tried_again) {
  (void)started(7);
  fail(7, 1s);
  BOOST_TEST(finish(7));
  BOOST_TEST(!burials.next_due().has_value());
  BOOST_TEST(retried(1s) == list{});
}

BOOST_AUTO_TEST_CASE(the_earliest_failed_move_is_due_next) {
  (void)started(7);
  (void)started(8);
  BOOST_TEST(!burials.next_due().has_value());
  fail(7, 2s);
  fail(8, 1s);
  BOOST_TEST(burials.next_due() == std::optional{at(1s)});
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
