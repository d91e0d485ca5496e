// Moving messages to another queue, as a redrive asks for it.

#include "support/queue_fixture.hpp"

namespace ferry::testing {
namespace {

struct queue_core_move_fixture : queue_fixture {
  void move(std::initializer_list<std::uint64_t> numbers) {
    auto letters = std::vector<dead_message>{};
    for (auto number : numbers)
      letters.push_back(dead(number));
    run([&] { queue.move(now, question, letters, out); });
  }

  void end(errc why = errc::none) {
    run([&] { queue.move_ended(now, question, {why, "because"}, out); });
  }

  [[nodiscard]] list leaving() const {
    auto all = list{};
    for (const auto& item : only<effects::move>(out).letters)
      all.add(value_of(item.sequence), 1);
    return all;
  }

  /// How many moved, and how many could not.
  [[nodiscard]] list moved() const {
    auto outcome = only<effects::moved>(out).outcome;
    return {outcome.moved, outcome.in_use};
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(queue_core_move_suite, queue_core_move_fixture)

BOOST_AUTO_TEST_CASE(ready_messages_leave_and_are_delivered_to_nobody) {
  store(3);
  move({1, 3});
  BOOST_TEST(leaving() == (list{1, 3}));
  BOOST_TEST(queue.figures().moving == 2u);
  subscribe();
  BOOST_TEST(delivered() == list{2});
}

BOOST_AUTO_TEST_CASE(a_move_is_answered_when_the_other_queue_has_the_messages) {
  store(2);
  move({1, 2});
  BOOST_TEST(!has<effects::moved>(out));
  end();
  BOOST_TEST(moved() == (list{2, 0}));
  BOOST_TEST(queue.figures().waiting() == 0u);
  BOOST_TEST(queue.figures().redriven == 2u);
}

BOOST_AUTO_TEST_CASE(this_queue_writes_nothing_for_a_move) {
  store(1);
  move({1});
  BOOST_TEST(records_of(out).empty());
  end();
  BOOST_TEST(records_of(out).empty());
}

BOOST_AUTO_TEST_CASE(a_delayed_message_can_leave) {
  store(1);
  subscribe();
  nack_after(5s, 1);
  commit();
  move({1});
  BOOST_TEST(leaving() == list{1});
}

BOOST_AUTO_TEST_CASE(a_message_in_flight_stays_with_its_consumer) {
  store(2);
  subscribe({1, 1000});
  move({1, 2});
  BOOST_TEST(leaving() == list{2});
  end();
  BOOST_TEST(moved() == (list{1, 1}));
  settle(settle_kind::ack, 1);
  BOOST_TEST(queue.figures().acknowledged == 1u);
}

BOOST_AUTO_TEST_CASE(a_message_that_is_gone_is_counted_and_nothing_is_asked_for) {
  move({7});
  BOOST_TEST(!has<effects::move>(out));
  BOOST_TEST(moved() == (list{0, 1}));
}

BOOST_AUTO_TEST_CASE(a_message_that_is_named_twice_leaves_once) {
  store(1);
  move({1, 1});
  BOOST_TEST(leaving() == list{1});
}

BOOST_AUTO_TEST_CASE(after_a_failed_move_a_message_is_ready_again_in_its_place) {
  store(2);
  move({1});
  end(errc::closed);
  BOOST_TEST(only<effects::refuse>(out).why.text == "because");
  subscribe();
  BOOST_TEST(delivered() == (list{1, 2}));
}

BOOST_AUTO_TEST_CASE(after_a_failed_move_a_delayed_message_waits_on) {
  store(1);
  subscribe();
  nack_after(5s, 1);
  commit();
  move({1});
  end(errc::closed);
  BOOST_TEST(delivered() == list{});
  tick(5s);
  BOOST_TEST(has<effects::load>(out)); // its payload is read again
}

BOOST_AUTO_TEST_CASE(an_answer_that_nobody_awaits_is_ignored) {
  store(1);
  move({1});
  end();
  end(errc::closed);
  BOOST_TEST(out.empty());
}

BOOST_AUTO_TEST_CASE(a_journal_that_fails_refuses_what_is_moving) {
  store(1);
  move({1});
  fail();
  BOOST_TEST((only<effects::refuse>(out).why.code == errc::journal_failed));
  move({1});
  BOOST_TEST((only<effects::refuse>(out).why.code == errc::journal_failed));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
