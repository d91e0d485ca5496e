// What the supervisor tells queues and handlers: lost consumers, turns, and that
// time is over.

#include "ferry/actors/stop_alarms.hpp"
#include "ferry/actors/supervisor_actor.hpp"

#include "support/supervision_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace ferry;
using namespace ferry::testing;
using namespace std::chrono_literals;

namespace {

/// What a queue is told.
struct told {
  std::vector<messages::consumer_lost> lost;
  int turns = 0;
  int wakes = 0;
};

caf::behavior listening(caf::event_based_actor*, const std::shared_ptr<told>& heard) {
  return {
    [heard](const messages::consumer_lost& m) { heard->lost.push_back(m); },
    [heard](const messages::turn&) { ++heard->turns; },
    [heard](const messages::wake&) { ++heard->wakes; },
  };
}

struct queue_double {
  explicit queue_double(virtual_system& host)
    : actor(host.own(host.system().spawn(listening, heard))) {
  }

  std::shared_ptr<told> heard = std::make_shared<told>();
  caf::actor actor;
};

struct supervisor_signals_fixture : supervision_fixture {
  /// A consumer of `queue` that is a child.
  caf::actor consume(std::uint64_t group, std::function<std::vector<sequence_range>()> begun) {
    auto start = [this] {
      lives["consumer"].push_back(system().spawn(busy, 0));
      return last("consumer");
    };
    request<messages::supervised>(
      supervisor, messages::supervise{group, "consumer", start, child_kind::temporary, begun});
    tell(supervisor, messages::watch{queue.actor, consumer_id{7}, last("consumer")});
    return last("consumer");
  }

  void arm(const caf::actor& consumer, std::uint64_t id, duration deadline) {
    tell(supervisor, messages::arm_stop{consumer, id, source, at(deadline)});
  }

  queue_double queue{*this};
  std::stop_source source;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(supervisor_signals_suite, supervisor_signals_fixture)

// -- lost consumers -----------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_queue_hears_of_a_lost_consumer_and_of_what_that_had_begun) {
  auto begun = std::vector<sequence_range>{{sequence_number{3}, 2}};
  kill(consume(open(), [begun] { return begun; }));
  BOOST_REQUIRE(queue.heard->lost.size() == 1u);
  BOOST_TEST((queue.heard->lost[0].consumer == consumer_id{7}));
  BOOST_TEST(queue.heard->lost[0].begun_is_known);
  BOOST_TEST((queue.heard->lost[0].begun == begun));
}

BOOST_AUTO_TEST_CASE(what_nobody_can_tell_is_not_known_to_have_begun) {
  kill(consume(open(), {}));
  auto stranger = own(system().spawn(obedient, 0));
  tell(supervisor, messages::watch{queue.actor, consumer_id{8}, stranger});
  kill(stranger);
  BOOST_REQUIRE(queue.heard->lost.size() == 2u);
  for (const auto& item : queue.heard->lost)
    BOOST_TEST(!item.begun_is_known);
}

BOOST_AUTO_TEST_CASE(a_consumer_that_is_cut_off_loses_what_it_holds_once) {
  auto group = open();
  auto consumer = consume(group, [] { return std::vector<sequence_range>{}; });
  auto stopped = stop_group(group, 1s);
  advance(1s - 2ms, 10ms);
  BOOST_TEST(queue.heard->lost.empty());
  advance(4ms);
  BOOST_TEST((stopped.failure() == errc::timed_out));
  BOOST_TEST(queue.heard->lost.size() == 1u);
  kill(consumer);
  BOOST_TEST(queue.heard->lost.size() == 1u);
}

// -- handlers -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_handler_is_asked_to_stop_at_its_deadline_and_not_before) {
  arm(consume(open(), {}), 1, 30s);
  advance(30s - 2ms, 10ms);
  BOOST_TEST(!source.stop_requested());
  advance(4ms);
  BOOST_TEST(source.stop_requested());
}

BOOST_AUTO_TEST_CASE(a_deadline_that_is_set_again_is_moved) {
  auto consumer = consume(open(), {});
  arm(consumer, 1, 1s);
  arm(consumer, 1, 3s);
  advance(2s, 10ms);
  BOOST_TEST(!source.stop_requested());
  advance(2s, 10ms);
  BOOST_TEST(source.stop_requested());
}

BOOST_AUTO_TEST_CASE(a_handler_that_has_returned_is_left_alone) {
  auto consumer = consume(open(), {});
  arm(consumer, 1, 1s);
  tell(supervisor, messages::disarm_stop{consumer, 1});
  tell(supervisor, messages::disarm_stop{consumer, 2});
  advance(2s, 10ms);
  kill(consumer);
  BOOST_TEST(!source.stop_requested());
}

BOOST_AUTO_TEST_CASE(the_handler_of_a_lost_consumer_is_asked_to_stop_at_once) {
  auto consumer = consume(open(), {});
  arm(consumer, 1, 1h);
  kill(consumer);
  BOOST_TEST(source.stop_requested());
}

BOOST_AUTO_TEST_CASE(the_loss_of_one_consumer_leaves_the_handlers_of_others_alone) {
  auto consumer = consume(open(), {});
  auto other = own(system().spawn(obedient, 0));
  arm(other, 1, 1h);
  kill(consumer);
  BOOST_TEST(!source.stop_requested());
}

BOOST_AUTO_TEST_CASE(the_handler_of_a_consumer_that_is_cut_off_is_asked_to_stop) {
  auto group = open();
  arm(consume(group, {}), 1, 1h);
  stop_group(group, 1s);
  advance(1s - 2ms, 10ms);
  BOOST_TEST(!source.stop_requested());
  advance(4ms);
  BOOST_TEST(source.stop_requested());
}

BOOST_AUTO_TEST_CASE(a_handler_that_asks_for_its_token_after_the_cut_finds_it_fired) {
  auto alarms = actors::stop_alarms{};
  alarms.close(7);
  alarms.arm(7, 1, source, at(1h));
  BOOST_TEST(source.stop_requested());
}

BOOST_AUTO_TEST_CASE(a_supervisor_that_is_ended_by_force_asks_all_handlers_to_stop) {
  arm(consume(open(), {}), 1, 1h);
  caf::anon_send_exit(supervisor, caf::exit_reason::user_shutdown);
  deliver_all();
  BOOST_TEST(source.stop_requested());
}

// -- turns --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(one_queue_at_a_time_has_the_turn_in_the_order_of_asking) {
  auto second = queue_double{*this};
  tell(supervisor, messages::ask_turn{queue.actor});
  tell(supervisor, messages::ask_turn{second.actor});
  tell(supervisor, messages::ask_turn{queue.actor});
  BOOST_TEST(queue.heard->turns == 1);
  BOOST_TEST(second.heard->turns == 0);
  tell(supervisor, messages::end_turn{queue.actor});
  BOOST_TEST(second.heard->turns == 1);
}

BOOST_AUTO_TEST_CASE(a_queue_that_ends_passes_its_turn_on_and_leaves_the_line) {
  auto second = queue_double{*this};
  auto third = queue_double{*this};
  for (const auto& asker : {queue, second, third})
    tell(supervisor, messages::ask_turn{asker.actor});
  kill(second.actor);
  kill(queue.actor);
  BOOST_TEST(third.heard->turns == 1);
}

// -- one timer for all ----------------------------------------------------------

BOOST_AUTO_TEST_CASE(an_earlier_alarm_does_not_swallow_a_later_one_of_another_kind) {
  arm(consume(open(), {}), 1, 1s);
  tell(supervisor, messages::wake_at{queue.actor, at(2s)});
  advance(2s - 2ms, 10ms);
  BOOST_TEST(source.stop_requested());
  BOOST_TEST(queue.heard->wakes == 0);
  advance(4ms);
  BOOST_TEST(queue.heard->wakes == 1);
}

BOOST_AUTO_TEST_SUITE_END()
