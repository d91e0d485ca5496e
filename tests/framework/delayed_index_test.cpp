#include "ferry/queue/delayed_index.hpp"

#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::testing {
namespace {

struct delayed_index_fixture {
  delayed_index delayed;

  void wait(std::uint64_t first, duration due, std::uint64_t count = 1) {
    delayed.add({at(due), disk_run(first, count)});
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(delayed_index_suite, delayed_index_fixture)

BOOST_AUTO_TEST_CASE(a_message_is_due_at_its_instant_and_not_before) {
  wait(1, 5s);
  BOOST_TEST(sequences(delayed.take_due(at(5s - 1ns))) == list{});
  BOOST_TEST(sequences(delayed.take_due(at(5s))) == list{1});
}

BOOST_AUTO_TEST_CASE(a_message_is_taken_once) {
  wait(1, 5s);
  (void)delayed.take_due(at(5s));
  BOOST_TEST(sequences(delayed.take_due(at(6s))) == list{});
}

BOOST_AUTO_TEST_CASE(the_earliest_due_comes_first) {
  wait(1, 3s);
  wait(2, 1s);
  wait(3, 2s);
  BOOST_TEST(sequences(delayed.take_due(at(3s))) == (list{2, 3, 1}));
}

BOOST_AUTO_TEST_CASE(messages_due_at_the_same_instant_come_by_sequence) {
  wait(9, 1s);
  wait(4, 1s);
  BOOST_TEST(sequences(delayed.take_due(at(1s))) == (list{4, 9}));
}

BOOST_AUTO_TEST_CASE(the_next_due_time_is_the_earliest) {
  wait(1, 3s);
  wait(2, 1s);
  BOOST_TEST(delayed.next_due() == std::optional{at(1s)});
}

BOOST_AUTO_TEST_CASE(nothing_is_due_when_nothing_waits) {
  BOOST_TEST(!delayed.next_due().has_value());
  BOOST_TEST(delayed.take_due(never).empty());
}

BOOST_AUTO_TEST_CASE(the_size_counts_messages) {
  wait(1, 1s, 3);
  wait(7, 2s, 2);
  BOOST_TEST(delayed.size() == 5u);
  (void)delayed.take_due(at(1s));
  BOOST_TEST(delayed.size() == 2u);
}

BOOST_AUTO_TEST_CASE(messages_are_taken_by_sequence_and_the_rest_waits_on) {
  wait(1, 9s, 5);
  wait(7, 2s);
  auto wanted = std::vector{sequence_number{2}, sequence_number{5}, sequence_number{6},
                            sequence_number{7}};
  auto taken = delayed.take(wanted);
  BOOST_REQUIRE(taken.size() == 3u);
  BOOST_TEST(taken.front().run.first == sequence_number{7}); // the earliest due comes first
  BOOST_TEST(taken.back().due == at(9s));
  BOOST_TEST(delayed.size() == 3u);
  BOOST_TEST(sequences(delayed.take_due(never)) == (list{1, 3, 4}));
}

BOOST_AUTO_TEST_CASE(taking_what_is_not_delayed_changes_nothing) {
  wait(3, 1s, 2);
  auto wanted = std::vector{sequence_number{2}, sequence_number{5}};
  BOOST_TEST(delayed.take(wanted).empty());
  BOOST_TEST(delayed.size() == 2u);
}

// A cost per message would not end within a lifetime.
BOOST_AUTO_TEST_CASE(a_run_costs_the_same_however_long_it_is) {
  wait(1, 1s, 1'000'000'000'000);
  BOOST_TEST(delayed.size() == 1'000'000'000'000u);
  BOOST_TEST(delayed.take_due(at(1s)).size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
