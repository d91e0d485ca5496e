// Redriving through the whole house, on a clock that the test turns by hand: a
// broker with its queues, and a journal whose commits can fail.

#include "ferry/actors/broker_actor.hpp"
#include "ferry/actors/journal_actor.hpp"
#include "ferry/actors/reader_actor.hpp"
#include "ferry/actors/redrive_actor.hpp"
#include "ferry/actors/supervisor_actor.hpp"
#include "ferry/persistence/memory_journal.hpp"

#include "support/actor_doubles.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

using namespace ferry;
using namespace ferry::testing;
using namespace std::chrono_literals;

namespace {

using persistence::memory_journal;
using words = std::vector<std::string>;

// A journal that failed stays failed here: its opener finds nothing.
result<std::unique_ptr<persistence::journal>> never_again() {
  return error{errc::journal_failed, "the disk is gone"};
}

struct redrive_actor_fixture : virtual_system {
  redrive_actor_fixture() {
    start();
  }

  void start() {
    auto opened = std::make_unique<memory_journal>(storage);
    port = opened.get();
    auto kept = opened->recover().value();
    auto where = actors::placement::shared;
    auto reader = own(actors::spawn_reader(system(), opened->open_reader().value(), where));
    journal
      = own(actors::spawn_journal(system(), std::move(opened), never_again, {reader, {}}, where));
    supervisor = own(actors::spawn_supervisor(system(), {clock(), 1, {}}));
    auto links = actors::broker_links{journal, supervisor, clock(), port->opened(), 1};
    links.reader = reader;
    broker = own(actors::spawn_broker(system(), std::move(links), std::move(kept)));
  }

  actors::queue_actor declare(const std::string& name, queue_config config = {}) {
    auto info = request<messages::queue_info>(broker, messages::declare{name, config});
    return own(actors::as<actors::queue_actor>(info->queue));
  }

  actors::queue_actor find(const std::string& name) {
    return actors::as<actors::queue_actor>(
      request<messages::queue_info>(broker, messages::find{name})->queue);
  }

  /// Publishes `count` messages to `name` and rejects them all.
  void kill_messages(const std::string& name, std::uint64_t count, const std::string& why = "bug") {
    auto queue = declare(name);
    auto alice = recording_consumer{*this, queue};
    for (auto i = std::uint64_t{1}; i <= count; ++i) {
      request<messages::receipt>(queue, messages::publish{{session_id{++sessions},
                                                           publish_number{1}, publish_number{1},
                                                           page_of(letter(i))}});
      alice.settle(settle_kind::reject, why);
    }
    alice.die();
  }

  reply<messages::redriven> redrive(const std::string& from, redrive_options options = {}) {
    auto worker = own(actors::spawn_redrive(system(), {broker, clock()}));
    return request<messages::redriven>(worker, messages::redrive{from, std::move(options)});
  }

  std::uint64_t ready(const std::string& name) {
    return request<messages::figures>(find(name), messages::ask_figures{})->queue.ready;
  }

  browse_page browse(const std::string& name, browse_query query = {}) {
    return request<messages::browsed>(find(name), messages::browse{std::move(query)})->page;
  }

  std::shared_ptr<persistence::memory_storage> storage
    = std::make_shared<persistence::memory_storage>();
  memory_journal* port = nullptr;
  actors::journal_actor journal;
  actors::supervisor_actor supervisor;
  actors::broker_actor broker;
  std::uint64_t sessions = 0;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(redrive_actor_suite, redrive_actor_fixture)

// -- browsing -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(letters_are_browsed_page_by_page_and_stay) {
  kill_messages("orders", 5);
  auto first = browse("orders.dead", {.limit = 3});
  BOOST_TEST(first.items.size() == 3u);
  auto second = browse("orders.dead", {.after = first.next.value()});
  BOOST_REQUIRE(second.items.size() == 2u);
  BOOST_TEST(!second.next.has_value());
  BOOST_TEST(death_of(second.items.back().message)->reason == "bug");
  BOOST_TEST(ready("orders.dead") == 5u);
}

BOOST_AUTO_TEST_CASE(what_lies_on_disk_only_is_browsed_too) {
  kill_messages("orders", 3);
  start(); // from what is on disk
  auto page = browse("orders.dead");
  BOOST_REQUIRE(page.items.size() == 3u);
  BOOST_TEST(text_of(page.items.at(1).message) == "b");
}

BOOST_AUTO_TEST_CASE(a_query_out_of_range_is_refused) {
  declare("orders");
  auto answer = request<messages::browsed>(find("orders"), messages::browse{{.limit = 0}});
  BOOST_TEST(answer.failure() == errc::invalid_argument);
}

// -- redriving ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(letters_go_back_to_where_they_died_and_are_delivered_as_new) {
  kill_messages("orders", 2);
  auto answer = redrive("orders.dead");
  BOOST_REQUIRE(answer.arrived());
  BOOST_TEST((answer->report == redrive_report{.moved = 2}));
  BOOST_TEST(ready("orders.dead") == 0u);
  auto bob = recording_consumer{*this, find("orders")};
  BOOST_TEST(bob.texts() == (words{"a", "b"}));
  BOOST_TEST(bob.runs().front().run.deliveries == 1u);
  BOOST_TEST(!death_of(bob.runs().front().run.envelopes().front()).has_value());
}

BOOST_AUTO_TEST_CASE(a_redriven_message_is_in_one_queue_after_a_restart) {
  kill_messages("orders", 3);
  (void)redrive("orders.dead", {.limit = 2});
  start();
  BOOST_TEST(ready("orders.dead") == 1u);
  BOOST_TEST(ready("orders") == 2u);
}

BOOST_AUTO_TEST_CASE(exactly_the_rate_moves_per_second) {
  kill_messages("orders", 25);
  auto answer = redrive("orders.dead", {.per_second = 10});
  advance(1s - 1ms, 1ms);
  BOOST_TEST(ready("orders") == 9u);
  advance(1ms);
  BOOST_TEST(ready("orders") == 10u);
  advance(1s, 10ms);
  BOOST_TEST(ready("orders") == 20u);
  BOOST_TEST(!answer.arrived());
  advance(500ms, 10ms);
  BOOST_REQUIRE(answer.arrived());
  BOOST_TEST(answer->report.moved == 25u);
}

BOOST_AUTO_TEST_CASE(a_message_in_flight_stays_with_its_consumer) {
  kill_messages("orders", 2);
  auto bob = recording_consumer{*this, find("orders.dead"), {1, 1000}};
  auto answer = redrive("orders.dead");
  BOOST_TEST((answer->report == redrive_report{.moved = 1, .in_use = 1}));
  auto ack = bob.settle(settle_kind::ack);
  advance(1ms);
  BOOST_TEST(ack->outcome.settled == 1u);
}

BOOST_AUTO_TEST_CASE(a_commit_that_fails_moves_nothing_and_another_redrive_moves_all) {
  kill_messages("orders", 2);
  port->fail_next_commit({errc::journal_failed, "the disk is full"});
  BOOST_TEST(redrive("orders.dead").failure() == errc::journal_failed);
  start();
  BOOST_TEST(ready("orders.dead") == 2u);
  BOOST_TEST(ready("orders") == 0u);
  BOOST_TEST(redrive("orders.dead")->report.moved == 2u);
  BOOST_TEST(ready("orders") == 2u);
}

BOOST_AUTO_TEST_CASE(a_target_that_ended_leaves_the_letters_where_they_are) {
  kill_messages("orders", 2);
  declare("elsewhere");
  kill(find("elsewhere"));
  BOOST_TEST(redrive("orders.dead", {.to = "elsewhere"}).failure() == errc::closed);
  BOOST_TEST(ready("orders.dead") == 2u);
  BOOST_TEST(redrive("orders.dead")->report.moved == 2u);
}

BOOST_AUTO_TEST_CASE(a_target_that_does_not_exist_is_refused) {
  kill_messages("orders", 1);
  BOOST_TEST(redrive("orders.dead", {.to = "nowhere"}).failure() == errc::no_such_queue);
  BOOST_TEST(redrive("nowhere").failure() == errc::no_such_queue);
}

BOOST_AUTO_TEST_CASE(letters_in_memory_move_to_disk_and_not_the_other_way_round) {
  auto memory = queue_config{};
  memory.durability = durability::memory;
  declare("fast", memory);
  kill_messages("orders", 1);
  BOOST_TEST(redrive("orders.dead", {.to = "fast"}).failure() == errc::invalid_argument);
  BOOST_TEST(redrive("orders.dead", {.to = "fast.dead"}).failure() == errc::invalid_argument);
  (void)request<messages::receipt>(find("fast"),
                                   messages::publish{{session_id{99}, publish_number{1},
                                                      publish_number{1}, page_of("z")}});
  BOOST_TEST(redrive("fast", {.to = "orders"})->report.moved == 1u);
  BOOST_TEST(ready("orders") == 1u);
}

// -- dead-letter queues never form a cycle ------------------------------------

// A queue's dead-letter queue exists before the queue does, and what it was
// declared with cannot change: so no declaration can close a circle.
BOOST_AUTO_TEST_CASE(a_chain_of_dead_letter_queues_cannot_be_closed) {
  auto to = [](const std::string& name) {
    auto config = queue_config{};
    config.dead_letter_queue = name;
    return config;
  };
  auto declared = [&](const std::string& name, const std::string& letters) {
    return request<messages::queue_info>(broker, messages::declare{name, to(letters)}).failure();
  };
  BOOST_TEST(declared("a", "a") == errc::invalid_argument);
  BOOST_TEST(declared("b", "c") == errc::none);
  BOOST_TEST(declared("a", "b") == errc::none);
  BOOST_TEST(declared("c", "a") == errc::redeclared_differently);
  BOOST_TEST(declared("b", "a") == errc::redeclared_differently);
}

BOOST_AUTO_TEST_SUITE_END()
