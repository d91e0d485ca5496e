#include "ferry/actors/producer_actor.hpp"
#include "ferry/actors/queue_actor.hpp"
#include "ferry/actors/supervisor_actor.hpp"

#include "support/actor_doubles.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>

using namespace ferry;
using namespace ferry::testing;
using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;

caf::behavior idle(caf::event_based_actor*, int) {
  return {[](const messages::delivery&) {}};
}

/// Publishes two messages where there is room for one, and counts how often it hears of
/// room.
caf::behavior producer_without_room(caf::event_based_actor* self, const actors::queue_actor& queue,
                            const std::shared_ptr<int>& rooms) {
  auto first = publish_number{1};
  auto both = publish_request{session_id{5}, first, first, page_of("a", "b"), false, true};
  compat::request(self, queue, messages::publish{std::move(both)})
    .then([](const messages::receipt&) {}, [](const caf::error&) {});
  return {[rooms](const messages::room&) { ++*rooms; }};
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

  // What the disk holds when the journal is opened again: nothing.
  static queue_start start_anew() {
    auto start = queue_start{};
    start.id = queue_id{7};
    start.name = "orders";
    start.config = simple_config();
    start.opened = epoch{2};
    return start;
  }

  void revive(const actors::queue_actor& queue) {
    tell(queue, messages::revive{start_anew()});
  }

  template <class... Texts>
  reply<messages::receipt> publish(const actors::queue_actor& queue, const Texts&... items) {
    auto page = page_of(items...);
    auto first = next;
    next = advanced(next, page->size());
    return request<messages::receipt>(
      queue, messages::publish{{session_id{9}, first, first, std::move(page)}});
  }

  // A session that the disk does not know begins at 1.
  template <class... Texts>
  reply<messages::receipt> publish_anew(const actors::queue_actor& queue, const Texts&... items) {
    next = publish_number{1};
    return publish(queue, items...);
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

BOOST_AUTO_TEST_CASE(a_producer_that_was_held_goes_on_when_there_is_room) {
  auto config = simple_config();
  config.durability = durability::memory;
  config.max_messages = 2;
  auto queue = open(config);
  auto port = std::make_shared<producer_port>("orders", 1000, producer_config{});
  auto producer = own(actors::spawn_producer(system(), {queue, port, session_id{42}, clock()}));
  auto last = receipt{error{}};
  for (const auto* text : {"a", "b", "c"})
    last = port->publish(testing::envelope(text), when_full::refuse);
  deliver_all();
  BOOST_TEST((port->window().held.code == errc::queue_full));
  auto alice = recording_consumer{*this, queue};
  (void)alice.settle(settle_kind::ack);
  BOOST_TEST(last.poll().has_value()); // no time has passed
  BOOST_TEST((port->window().held.code == errc::none));
  BOOST_TEST(alice.texts() == (texts{"a", "b", "c"}));
}

BOOST_AUTO_TEST_CASE(a_consumer_that_never_settles_does_not_stop_the_others) {
  auto config = simple_config();
  config.durability = durability::memory;
  auto queue = open(config);
  auto stuck = recording_consumer{*this, queue, {2, 1000}};
  auto busy = recording_consumer{*this, queue, {2, 1000}};
  auto settled = std::size_t{0};
  for (auto number = std::uint64_t{1}; number <= 20; ++number) {
    (void)publish(queue, letter(number));
    if (busy.runs().size() > settled) {
      (void)busy.settle(settle_kind::ack);
      ++settled;
    }
  }
  BOOST_TEST(stuck.runs().size() == 2u);
  BOOST_TEST(busy.runs().size() == 18u);
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

BOOST_AUTO_TEST_CASE(a_failed_read_leaves_publishing_alone) {
  auto queue = open();
  auto receipt = publish(queue, "a");
  tell(queue, messages::load_failed{{errc::journal_failed, "bad sector"}, epoch{1}});
  journal.commit_all();
  BOOST_TEST(receipt.content().ok());
  auto second = publish(queue, "b");
  journal.commit_all();
  BOOST_TEST(second.content().ok());
}

BOOST_AUTO_TEST_CASE(a_report_that_throws_does_not_end_its_queue) {
  auto told = 0;
  auto start = queue_start{};
  start.name = "orders";
  auto links = actors::queue_links{journal.actor(), supervisor, {}, {}, clock()};
  links.report = [&](const std::string&) {
    ++told;
    throw std::runtime_error{"of the user"};
  };
  auto queue = own(actors::spawn_queue(system(), std::move(start), std::move(links)));
  tell(queue, messages::load_failed{{errc::journal_failed, "bad sector"}, epoch{}});
  BOOST_TEST(told == 1);
  BOOST_TEST(request<messages::figures>(queue, messages::ask_figures{}).content().ok());
}

BOOST_AUTO_TEST_CASE(an_error_that_is_sent_to_a_queue_does_not_end_it) {
  auto queue = open();
  compat::send_anonymously(caf::actor_cast<caf::actor>(queue), caf::make_error(caf::sec::runtime_error));
  deliver_all();
  BOOST_TEST(request<messages::figures>(queue, messages::ask_figures{}).content().ok());
}

// -- urgency ----------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_journal_hears_whether_somebody_waits_for_an_ack) {
  auto queue = open();
  publish(queue, "a", "b");
  journal.commit_all();
  auto alice = recording_consumer{*this, queue};
  auto ack = [&](delivery_tag tag, urgency how) {
    tell(queue, messages::settle{alice.id(), {{tag, 1, settle_kind::ack, {}, {}}}, how});
    return journal.writes().back().how;
  };
  BOOST_TEST((ack(alice.tag(), urgency::awaited) == urgency::awaited));
  BOOST_TEST((ack(advanced(alice.tag(), 1), urgency::usual) == urgency::usual));
}

// -- a new life -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_revived_queue_refuses_what_it_still_owed) {
  auto queue = open();
  auto receipt = publish(queue, "a");
  revive(queue);
  BOOST_TEST((receipt.failure() == errc::journal_failed));
  BOOST_TEST(request<messages::figures>(queue, messages::ask_figures{})->queue.waiting() == 0u);
}

BOOST_AUTO_TEST_CASE(a_queue_that_begins_anew_tells_its_held_producers_that_there_is_room) {
  auto config = simple_config();
  config.max_messages = 1;
  auto queue = open(config);
  auto rooms = std::make_shared<int>(0);
  auto held = own(system().spawn(producer_without_room, queue, rooms));
  journal.commit_all();
  BOOST_TEST(*rooms == 0);
  revive(queue);
  BOOST_TEST(*rooms == 1);
}

BOOST_AUTO_TEST_CASE(a_commit_of_the_former_life_confirms_nothing) {
  auto queue = open();
  publish(queue, "a");
  publish(queue, "b");
  auto late = journal.writes().back();
  revive(queue);
  auto receipt = publish_anew(queue, "c");
  tell(queue, messages::committed{late.ticket, late.opened});
  BOOST_TEST(!receipt.arrived());
  BOOST_TEST((journal.writes().back().opened == epoch{2}));
  journal.commit_all();
  BOOST_TEST(receipt.content().ok());
}

BOOST_AUTO_TEST_CASE(a_failure_of_the_former_life_refuses_nothing) {
  auto queue = open();
  revive(queue);
  auto receipt = publish_anew(queue, "a");
  tell(queue, messages::commit_failed{{errc::journal_failed, "late"}, epoch{1}});
  tell(queue, messages::load_failed{{errc::journal_failed, "late"}, epoch{1}});
  journal.commit_all();
  BOOST_TEST(receipt.content().ok());
  BOOST_TEST(recording_consumer(*this, queue).texts() == texts{"a"});
}

BOOST_AUTO_TEST_CASE(rows_that_were_read_for_the_former_life_are_not_delivered) {
  auto queue = open();
  auto start = start_anew();
  start.next = sequence_number{2};
  start.runs = {{time_point{}, {nullptr, 0, 1, sequence_number{1}, 0}}};
  tell(queue, messages::revive{start});
  auto alice = recording_consumer{*this, queue};
  auto run = message_run{page_of("a"), 0, 1, sequence_number{1}, 0};
  auto page = persistence::stored_page{{run}, sequence_number{1}};
  tell(queue, messages::loaded{sequence_number{1}, page, epoch{1}});
  BOOST_TEST(alice.texts().empty());
  tell(queue, messages::loaded{sequence_number{1}, page, epoch{2}});
  BOOST_TEST(alice.texts() == texts{"a"});
}

BOOST_AUTO_TEST_CASE(letters_that_their_queue_sent_in_a_former_life_are_refused) {
  auto queue = open();
  revive(queue);
  auto send_letter = [&](queue_id origin, epoch opened) {
    return request<messages::buried>(
      queue, messages::bury{origin, {{sequence_number{1}, ferry::testing::envelope("a")}},
                            opened});
  };
  BOOST_TEST((send_letter(queue_id{3}, epoch{1}).failure() == errc::journal_failed));
  auto current = send_letter(queue_id{3}, epoch{2});
  auto without_rows = send_letter(queue_id::none, epoch{1});
  journal.commit_all();
  BOOST_TEST(current.content().ok());
  BOOST_TEST(without_rows.content().ok());
}

BOOST_AUTO_TEST_CASE(a_letter_that_arrived_after_all_is_news_to_nobody) {
  auto config = simple_config();
  config.last_resort = last_resort::dead_letter;
  auto dead = open(dead_letter_config(config));
  auto queue = open(config, dead);
  auto alice = recording_consumer{*this, queue};
  publish(queue, "a");
  journal.commit_all();
  alice.settle(settle_kind::reject); // the letter waits for its commit
  auto start = start_anew();
  start.config = config;
  start.next = sequence_number{2};
  start.runs = {{time_point{}, {nullptr, 0, 1, sequence_number{1}, 0}}};
  tell(queue, messages::revive{start});
  journal.commit_all();
  auto figures = request<messages::figures>(queue, messages::ask_figures{})->queue;
  BOOST_TEST(figures.dead_lettered == 0u);
  BOOST_TEST(figures.ready == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
