#include "ferry/supervision/alarm_table.hpp"

#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::testing {
namespace {

struct alarm_table_fixture {
  alarm_table alarms;

  [[nodiscard]] list due(duration when) {
    auto found = list{};
    for (auto sleeper : alarms.take_due(at(when)))
      found.add(sleeper, 1);
    return found;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(alarm_table_suite, alarm_table_fixture)

BOOST_AUTO_TEST_CASE(a_sleeper_is_woken_at_its_time_and_not_before) {
  alarms.set(1, at(5s));
  BOOST_TEST(due(5s - 1ns) == list{});
  BOOST_TEST(due(5s) == list{1});
}

BOOST_AUTO_TEST_CASE(a_sleeper_is_woken_once) {
  alarms.set(1, at(5s));
  (void)due(5s);
  BOOST_TEST(due(6s) == list{});
}

BOOST_AUTO_TEST_CASE(a_new_alarm_replaces_the_one_before_whether_earlier_or_later) {
  alarms.set(1, at(5s));
  alarms.set(1, at(9s));
  alarms.set(2, at(5s));
  alarms.set(2, at(1s));
  BOOST_TEST(due(5s) == list{2});
  BOOST_TEST(due(9s) == list{1});
}

BOOST_AUTO_TEST_CASE(the_earliest_is_woken_first) {
  alarms.set(1, at(3s));
  alarms.set(2, at(1s));
  alarms.set(3, at(2s));
  BOOST_TEST(alarms.next() == std::optional{at(1s)});
  BOOST_TEST(due(3s) == (list{2, 3, 1}));
}

BOOST_AUTO_TEST_CASE(a_cancelled_alarm_does_not_ring) {
  alarms.set(1, at(1s));
  alarms.cancel(1);
  alarms.cancel(99);
  BOOST_TEST(!alarms.next().has_value());
  BOOST_TEST(due(1s) == list{});
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
