#include "ferry/actors/queue_actor.hpp"
#include "ferry/actors/supervisor_actor.hpp"

#include "support/actor_doubles.hpp"

#include <boost/test/unit_test.hpp>

using namespace ferry;
using namespace ferry::testing;
using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;

caf::behavior idle(caf::event_based_actor*, int) {
  return {[](const messages::delivery&) {}};
}

queue_config simple_config() {
  auto config = queue_config{};
  config.last_resort = last_resort::discard;
  config.retry = {retry_growth::fixed, 1s, 1s, 1.0, 0.0};
  return config;
}

struct queue_actor_fixture : virtual_system {
  actors::queue_actor open(queue_config config = simple_config(),
                           actors::queue_actor dead_letters = {}) {
    auto start = queue_start{};
    start.id = queue_id{7};
    start.name = "orders";
    start.config = std::move(config);
    return own(actors::spawn_queue(
      system(), std::move(start),
      {journal.actor(), supervisor, std::move(dead_letters), queue_id{7}, clock()}));
  }

  template <class... Texts>
  reply<messages::receipt> publish(const actors::queue_actor& queue, const Texts&... items) {
    auto page = page_of(items...);
    auto first = next;
    next = advanced(next, page->size());
    return request<messages::receipt>(
      queue, messages::publish{{session_id{9}, first, first, std::move(page)}});
  }

  held_journal journal{*this};
  actors::supervisor_actor supervisor
    = own(actors::spawn_supervisor(system(), {clock(), 1, {}}));
  publish_number next{1};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(queue_actor_suite, queue_actor_fixture)

BOOST_AUTO_TEST_CASE(a_publish_is_answered_only_after_the_journal_committed_it) {
  auto queue = open();
  auto receipt = publish(queue, "a");
  BOOST_TEST(!receipt.arrived());
  journal.commit_all();
  BOOST_REQUIRE(receipt.arrived());
  BOOST_TEST((receipt->outcome.level == durability_level::synced));
}

BOOST_AUTO_TEST_CASE(a_message_is_delivered_only_after_the_journal_committed_it) {
  auto queue = open();
  auto alice = recording_consumer{*this, queue};
  publish(queue, "a");
  BOOST_TEST(alice.texts().empty());
  journal.commit_all();
  BOOST_TEST(alice.texts() == texts{"a"});
}

BOOST_AUTO_TEST_CASE(a_settlement_is_answered_only_after_the_journal_committed_it) {
  auto queue = open();
  auto alice = recording_consumer{*this, queue};
  publish(queue, "a");
  journal.commit_all();
  auto settled = alice.settle(settle_kind::ack);
  BOOST_TEST(!settled.arrived());
  journal.commit_all();
  BOOST_REQUIRE(settled.arrived());
  BOOST_TEST(settled->outcome.settled == 1u);
}

BOOST_AUTO_TEST_CASE(a_late_ack_is_answered_as_stale) {
  auto queue = open();
  auto alice = recording_consumer{*this, queue};
  publish(queue, "a");
  journal.commit_all();
  alice.settle(settle_kind::ack);
  journal.commit_all();
  auto again = alice.settle(settle_kind::ack);
  BOOST_REQUIRE(again.arrived());
  BOOST_TEST(again->outcome.stale == 1u);
}

BOOST_AUTO_TEST_CASE(a_lost_consumers_messages_go_to_another_one_at_once) {
  auto queue = open();
  auto alice = recording_consumer{*this, queue, {1, 1000}};
  publish(queue, "a");
  journal.commit_all();
  auto bob = recording_consumer{*this, queue};
  alice.die();
  journal.commit_all();
  BOOST_TEST(bob.texts() == texts{"a"});
  BOOST_TEST(bob.runs().back().run.deliveries == 2u);
}

BOOST_AUTO_TEST_CASE(an_expired_delivery_comes_back_at_its_deadline_and_not_before) {
  auto queue = open();
  auto alice = recording_consumer{*this, queue};
  publish(queue, "a");
  journal.commit_all();
  advance(30s - 1ms, 1s);
  journal.commit_all();
  BOOST_TEST(alice.texts() == texts{"a"});
  advance(2ms);
  journal.commit_all();
  BOOST_TEST(alice.texts() == (texts{"a", "a"}));
}

BOOST_AUTO_TEST_CASE(a_nacked_message_comes_back_after_the_wait_and_not_before) {
  auto queue = open();
  auto alice = recording_consumer{*this, queue};
  publish(queue, "a");
  journal.commit_all();
  alice.settle(settle_kind::nack, "not today", 5s);
  journal.commit_all();
  // the payload was let go of; this journal holds no rows, so look at the figures
  advance(5s - 2ms, 10ms);
  BOOST_TEST(request<messages::figures>(queue, messages::ask_figures{})->queue.delayed == 1u);
  advance(4ms);
  BOOST_TEST(request<messages::figures>(queue, messages::ask_figures{})->queue.delayed == 0u);
}

BOOST_AUTO_TEST_CASE(a_rejected_message_moves_to_the_dead_letter_queue_with_its_reason) {
  auto config = simple_config();
  config.last_resort = last_resort::dead_letter;
  auto letters = open();
  auto queue = open(config, letters);
  auto alice = recording_consumer{*this, queue};
  auto undertaker = recording_consumer{*this, letters};
  publish(queue, "a");
  journal.commit_all();
  alice.settle(settle_kind::reject, "no such customer");
  journal.commit_all();
  BOOST_REQUIRE(undertaker.texts() == texts{"a"});
  auto death = death_of(undertaker.runs().back().run.envelopes().front());
  BOOST_REQUIRE(death.has_value());
  BOOST_TEST(death->reason == "no such customer");
  BOOST_TEST(death->queue == "orders");
  BOOST_TEST(request<messages::figures>(queue, messages::ask_figures{})->queue.dead_lettered == 1u);
}

BOOST_AUTO_TEST_CASE(unsubscribing_gives_everything_back_uncounted) {
  auto queue = open();
  auto alice = recording_consumer{*this, queue};
  publish(queue, "a");
  journal.commit_all();
  request<messages::unsubscribed>(queue, messages::unsubscribe{alice.id()});
  auto bob = recording_consumer{*this, queue};
  BOOST_TEST(bob.texts() == texts{"a"});
  BOOST_TEST(bob.runs().back().run.deliveries == 1u);
}

BOOST_AUTO_TEST_CASE(a_failed_journal_refuses_what_waits_and_what_comes) {
  auto queue = open();
  auto waiting = publish(queue, "a");
  journal.fail_all({errc::journal_failed, "disk full"});
  auto coming = publish(queue, "b");
  BOOST_TEST((waiting.failure() == errc::journal_failed));
  BOOST_TEST((coming.failure() == errc::journal_failed));
}

BOOST_AUTO_TEST_CASE(stopping_waits_for_the_commit_and_answers_everybody) {
  auto queue = open();
  auto receipt = publish(queue, "a");
  auto stopped = request<messages::stopped>(queue, messages::stop{});
  auto late = publish(queue, "b");
  BOOST_TEST(!stopped.arrived());
  journal.commit_all();
  BOOST_TEST(receipt.content().ok());
  BOOST_TEST(stopped.content().ok());
  BOOST_TEST((late.failure() == errc::closed));
}

BOOST_AUTO_TEST_CASE(everyone_who_asked_a_queue_to_stop_is_answered) {
  auto queue = open();
  auto receipt = publish(queue, "a");
  auto first = request<messages::stopped>(queue, messages::stop{});
  auto second = request<messages::stopped>(queue, messages::stop{});
  journal.commit_all();
  BOOST_TEST(first.content().ok());
  BOOST_TEST(second.content().ok());
}

BOOST_AUTO_TEST_CASE(nobody_can_subscribe_to_a_queue_whose_journal_failed) {
  auto queue = open();
  publish(queue, "a");
  journal.fail_all({errc::journal_failed, "disk full"});
  auto outcome = request<messages::subscription>(
    queue, messages::subscribe{own(system().spawn(idle, 0)), {1, 1}});
  BOOST_TEST((outcome.failure() == errc::journal_failed));
}

BOOST_AUTO_TEST_CASE(a_subscription_without_a_receiver_is_refused) {
  auto outcome = request<messages::subscription>(open(), messages::subscribe{{}, {1, 1}});
  BOOST_TEST((outcome.failure() == errc::invalid_argument));
}

BOOST_AUTO_TEST_CASE(an_actor_that_linked_itself_to_a_queue_does_not_take_it_along) {
  auto queue = open();
  caf::anon_send_exit(queue, caf::exit_reason::remote_link_unreachable);
  deliver_all();
  BOOST_TEST(request<messages::figures>(queue, messages::ask_figures{}).content().ok());
}

BOOST_AUTO_TEST_CASE(a_failed_read_stops_deliveries_and_leaves_commits_alone) {
  auto queue = open();
  auto receipt = publish(queue, "a");
  tell(queue, messages::load_failed{{errc::journal_failed, "bad sector"}});
  journal.commit_all();
  BOOST_TEST(receipt.content().ok());
  BOOST_TEST((publish(queue, "b").failure() == errc::journal_failed));
}

BOOST_AUTO_TEST_CASE(an_error_that_is_sent_to_a_queue_does_not_end_it) {
  auto queue = open();
  compat::send_anonymously(caf::actor_cast<caf::actor>(queue), caf::make_error(caf::sec::runtime_error));
  deliver_all();
  BOOST_TEST(request<messages::figures>(queue, messages::ask_figures{}).content().ok());
}

BOOST_AUTO_TEST_SUITE_END()
