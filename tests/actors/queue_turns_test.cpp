// What a queue does about time, turns and losses: pauses, suspects one at a time,
// and the charge for a process that died.

#include "ferry/actors/queue_actor.hpp"
#include "ferry/actors/supervisor_actor.hpp"

#include "support/actor_doubles.hpp"

#include <boost/test/unit_test.hpp>

using namespace ferry;
using namespace ferry::testing;
using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;

/// A queue that holds "a", "b" and "c" when it begins.
struct queue_turns_fixture : virtual_system {
  queue_turns_fixture() {
    from.id = queue_id{7};
    from.name = "orders";
    from.config.last_resort = last_resort::discard;
    from.next = sequence_number{4};
    from.runs = {{time_point{}, run_of(1, 3)}};
  }

  actors::queue_actor open(actors::supervisor_actor supervisor) {
    return own(actors::spawn_queue(
      system(), from,
      {journal.actor(), std::move(supervisor), {}, {}, clock(), [this] { ++charged; }}));
  }

  queue_figures figures(const actors::queue_actor& queue) {
    return request<messages::figures>(queue, messages::ask_figures{})->queue;
  }

  void die_with(std::uint64_t sequence, std::uint64_t count = 1) {
    from.in_handlers = {{sequence_number{sequence}, count}};
  }

  held_journal journal{*this};
  recording_supervisor turns{*this};
  queue_start from;
  int charged = 0;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(queue_turns_suite, queue_turns_fixture)

// -- pauses -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_paused_queue_delivers_when_the_pause_is_over_and_not_before) {
  auto queue = open(own(actors::spawn_supervisor(system(), {clock(), 1, {}})));
  BOOST_TEST(request<messages::paused>(queue, messages::pause{10s}).arrived());
  auto alice = recording_consumer{*this, queue};
  advance(10s - 1ms, 100ms);
  BOOST_TEST(alice.texts().empty());
  BOOST_TEST(figures(queue).paused == 1u);
  advance(2ms);
  BOOST_TEST(alice.texts() == (texts{"a", "b", "c"}));
  BOOST_TEST(figures(queue).paused == 0u);
}

BOOST_AUTO_TEST_CASE(a_pause_is_ended_by_one_of_no_length_or_less) {
  for (auto wait : {duration{0s}, duration{-1s}, duration::min()}) {
    auto queue = open(turns.actor());
    request<messages::paused>(queue, messages::pause{duration::max()});
    auto alice = recording_consumer{*this, queue};
    BOOST_TEST(alice.texts().empty());
    request<messages::paused>(queue, messages::pause{wait});
    BOOST_TEST(alice.texts().size() == 3u);
  }
}

// -- the charge ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_charge_is_told_once_and_only_after_its_commit) {
  die_with(1, 2);
  auto queue = open(turns.actor());
  BOOST_TEST(charged == 0);
  journal.commit_all();
  BOOST_TEST(charged == 1);
  auto alice = recording_consumer{*this, queue};
  journal.commit_all();
  BOOST_TEST(charged == 1);
}

BOOST_AUTO_TEST_CASE(the_charge_of_messages_that_are_gone_is_told_at_once) {
  die_with(9);
  (void)open(turns.actor());
  BOOST_TEST(charged == 1);
  BOOST_TEST(journal.records() == 0u);
}

BOOST_AUTO_TEST_CASE(a_queue_whose_handlers_were_empty_tells_of_no_charge) {
  (void)open(turns.actor());
  journal.commit_all();
  BOOST_TEST(charged == 0);
}

BOOST_AUTO_TEST_CASE(a_charge_that_could_not_be_written_is_not_told) {
  die_with(1);
  (void)open(turns.actor());
  journal.fail_all({errc::journal_failed, "disk full"});
  BOOST_TEST(charged == 0);
}

// -- turns --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(suspects_are_delivered_one_at_a_time_each_in_a_turn_of_its_own) {
  from.suspects = {{sequence_number{1}, 1}, {sequence_number{3}, 1}};
  auto queue = open(turns.actor());
  auto alice = recording_consumer{*this, queue};
  BOOST_TEST(alice.texts() == texts{"b"});
  BOOST_TEST(turns.turns() == texts{"ask"});
  tell(queue, messages::turn{});
  BOOST_TEST(alice.texts() == (texts{"b", "a"}));
  BOOST_TEST((alice.runs().back().with == company::none));
  alice.settle(settle_kind::ack);
  BOOST_TEST(turns.turns() == (texts{"ask", "end", "ask"}));
  BOOST_TEST(alice.texts().size() == 2u);
  tell(queue, messages::turn{});
  BOOST_TEST(alice.texts() == (texts{"b", "a", "c"}));
}

BOOST_AUTO_TEST_CASE(nobody_asks_for_a_turn_while_nobody_consumes) {
  from.suspects = {{sequence_number{1}, 1}};
  auto queue = open(turns.actor());
  BOOST_TEST(turns.turns().empty());
  auto alice = recording_consumer{*this, queue};
  BOOST_TEST(turns.turns() == texts{"ask"});
}

BOOST_AUTO_TEST_CASE(a_turn_that_comes_too_late_is_passed_on) {
  from.suspects = {{sequence_number{1}, 1}};
  auto queue = open(turns.actor());
  auto alice = recording_consumer{*this, queue};
  request<messages::unsubscribed>(queue, messages::unsubscribe{alice.id()});
  tell(queue, messages::turn{});
  BOOST_TEST(turns.turns() == (texts{"ask", "end"}));
}

// -- losses -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_lost_consumer_is_charged_for_what_it_had_begun_and_for_nothing_else) {
  auto queue = open(turns.actor());
  auto alice = recording_consumer{*this, queue};
  tell(queue, messages::consumer_lost{alice.id(), true, {{sequence_number{2}, 1}}});
  journal.commit_all();
  auto bob = recording_consumer{*this, queue};
  BOOST_TEST(bob.texts() == (texts{"a", "b", "c"}));
  auto deliveries = std::vector<std::uint32_t>{};
  for (const auto& run : bob.runs())
    deliveries.insert(deliveries.end(), run.run.count, run.run.deliveries);
  BOOST_TEST(deliveries == (std::vector<std::uint32_t>{1, 2, 1}));
  BOOST_TEST(figures(queue).orphaned == 1u);
}

BOOST_AUTO_TEST_CASE(a_lost_consumer_of_which_nothing_is_known_is_charged_for_everything) {
  auto queue = open(turns.actor());
  auto alice = recording_consumer{*this, queue};
  tell(queue, messages::consumer_lost{alice.id(), false, {{sequence_number{2}, 1}}});
  BOOST_TEST(figures(queue).orphaned == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
