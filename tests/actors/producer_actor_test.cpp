#include "ferry/actors/producer_actor.hpp"

#include "ferry/persistence/memory_journal.hpp"
#include "support/actor_doubles.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>

using namespace ferry;
using namespace ferry::testing;
using namespace std::chrono_literals;

namespace {

/// A queue that answers as the test likes.
struct scripted_queue {
  std::vector<publish_request> seen;
  bool answers = true;
  publish_number resend_from{};
  error refusal; // answered instead of a receipt when it has a code
  std::function<void()> watch = [] {}; // called for every publish, before the answer
};

caf::behavior scripted(caf::event_based_actor* self, const std::shared_ptr<scripted_queue>& script) {
  auto silent = std::make_shared<std::vector<caf::typed_response_promise<messages::receipt>>>();
  return {
    [self, script, silent](const messages::publish& m) -> caf::result<messages::receipt> {
      script->seen.push_back(m.batch);
      script->watch();
      if (script->refusal.code != errc::none)
        return actors::to_caf(script->refusal);
      if (!script->answers) {
        auto promise = self->make_response_promise<messages::receipt>();
        silent->push_back(promise);
        return promise;
      }
      auto up_to = advanced(m.batch.first, m.batch.page->size() - 1);
      auto outcome = publish_outcome{m.batch.session, up_to, durability_level::synced, {}, {}};
      if (script->resend_from != publish_number::none)
        outcome = {m.batch.session, {}, durability_level::synced, {}, script->resend_from};
      return messages::receipt{outcome};
    },
  };
}

struct producer_actor_fixture : virtual_system {
  producer_actor_fixture() {
    queue = own(system().spawn(scripted, script));
    start(narrow());
  }

  void start(const producer_config& config, std::shared_ptr<actors::durable_outbox> outbox = {}) {
    port = std::make_shared<producer_port>("orders", 1000, config);
    producer = own(actors::spawn_producer(system(), {actors::as<actors::queue_actor>(queue), port,
                                                     session_id{42}, 10s, clock(),
                                                     std::move(outbox)}));
  }

  static producer_config giving_up_after(duration limit) {
    auto config = producer_config{};
    config.give_up_after = limit;
    return config;
  }

  receipt publish(std::string_view text) {
    auto published = port->publish(ferry::testing::envelope(text), when_full::refuse);
    deliver_all();
    return published;
  }

  [[nodiscard]] static bool is_synced(const receipt& published) {
    auto outcome = published.poll();
    return outcome && outcome->ok();
  }

  [[nodiscard]] static errc failure_of(const receipt& published) {
    auto outcome = published.poll();
    return outcome && !outcome->ok() ? outcome->why().code : errc::none;
  }

  static producer_config narrow() {
    auto config = producer_config{};
    config.window_messages = 2;
    return config;
  }

  std::shared_ptr<scripted_queue> script = std::make_shared<scripted_queue>();
  caf::actor queue;
  std::shared_ptr<producer_port> port;
  actors::producer_actor producer;
};

/// A producer whose outbox outlives it.
struct durable_producer_fixture : producer_actor_fixture {
  durable_producer_fixture() {
    script->watch = [this] { rows_when_seen.push_back(rows()); };
    live_again();
  }

  /// Kills the producer, as the end of its process would, and starts another.
  void live_again(const producer_config& config = narrow()) {
    kill(producer);
    auto journal = std::make_unique<persistence::memory_journal>(storage);
    disk = journal.get();
    auto file = std::make_unique<persistence::outbox_journal>(std::move(journal), "orders",
                                                              "box.db");
    auto kept = file->recover(session_id{++lives}).value();
    start(config, std::make_shared<actors::durable_outbox>(
                    actors::durable_outbox{std::move(file), std::move(kept)}));
  }

  /// How many messages the outbox holds.
  [[nodiscard]] std::size_t rows() const {
    return storage->queues.begin()->second.rows.size();
  }

  std::shared_ptr<persistence::memory_storage> storage
    = std::make_shared<persistence::memory_storage>();
  persistence::memory_journal* disk = nullptr; // the producer's
  std::vector<std::size_t> rows_when_seen;     // at each publish that the queue saw
  std::uint64_t lives = 6;                     // the first session is 7
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(producer_actor_suite, producer_actor_fixture)

BOOST_AUTO_TEST_CASE(a_receipt_arrives_when_the_queue_confirmed) {
  auto a = publish("a");
  BOOST_TEST(is_synced(a));
}

BOOST_AUTO_TEST_CASE(a_receipt_is_open_while_the_queue_is_silent) {
  script->answers = false;
  auto a = publish("a");
  BOOST_TEST(!a.poll().has_value());
}

BOOST_AUTO_TEST_CASE(what_is_not_confirmed_in_time_is_sent_again_with_the_same_number) {
  script->answers = false;
  auto a = publish("a");
  advance(10s + 1ms, 100ms);
  script->answers = true;
  advance(1s, 10ms);
  BOOST_REQUIRE(script->seen.size() == 2u);
  BOOST_TEST((script->seen[0].first == script->seen[1].first));
  BOOST_TEST((script->seen[0].session == script->seen[1].session));
  BOOST_TEST(is_synced(a));
}

BOOST_AUTO_TEST_CASE(after_a_gap_everything_is_sent_again_in_order) {
  script->resend_from = publish_number{1};
  auto a = publish("a");
  auto b = publish("b");
  script->resend_from = {};
  script->seen.clear();
  advance(1s, 10ms);
  BOOST_REQUIRE(script->seen.size() == 2u);
  BOOST_TEST((script->seen[0].first == publish_number{1}));
  BOOST_TEST((script->seen[1].first == publish_number{2}));
  BOOST_TEST(is_synced(a));
  BOOST_TEST(is_synced(b));
}

BOOST_AUTO_TEST_CASE(the_window_refuses_one_message_more_than_it_holds) {
  script->answers = false;
  auto a = publish("a");
  auto b = publish("b");
  auto c = publish("c");
  BOOST_TEST((failure_of(b) == errc::none));
  BOOST_TEST((failure_of(c) == errc::window_full));
}

BOOST_AUTO_TEST_CASE(a_payload_of_exactly_the_limit_is_taken_and_one_byte_more_is_not) {
  BOOST_TEST(is_synced(publish(std::string(1000, 'x'))));
  BOOST_TEST((failure_of(publish(std::string(1001, 'x'))) == errc::too_large));
}

BOOST_AUTO_TEST_CASE(a_queue_that_refuses_fails_every_receipt_and_closes_the_port) {
  script->refusal = {errc::closed, "the queue is closed"};
  auto a = publish("a");
  BOOST_TEST((failure_of(a) == errc::closed));
  BOOST_TEST((failure_of(publish("b")) == errc::closed));
}

// -- sending again --------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_queue_whose_journal_failed_gets_everything_again_in_order) {
  script->refusal = {errc::journal_failed, "the disk is full"};
  auto a = publish("a");
  auto b = publish("b");
  BOOST_TEST(!a.poll().has_value());
  advance(5s, 10ms);
  BOOST_TEST(!a.poll().has_value());
  script->refusal = {};
  script->seen.clear();
  advance(20s, 10ms);
  BOOST_REQUIRE(script->seen.size() == 2u);
  BOOST_TEST(script->seen[0].first == publish_number{1});
  BOOST_TEST(script->seen[1].first == publish_number{2});
  BOOST_TEST(is_synced(a));
  BOOST_TEST(is_synced(b));
}

BOOST_AUTO_TEST_CASE(a_request_says_whether_its_messages_are_sent_again) {
  script->refusal = {errc::journal_failed, "the disk is full"};
  auto a = publish("a");
  script->refusal = {};
  advance(1s, 10ms);
  auto b = publish("b");
  BOOST_REQUIRE(script->seen.size() == 3u);
  BOOST_TEST(!script->seen[0].is_resend);
  BOOST_TEST(script->seen[1].is_resend);
  BOOST_TEST(!script->seen[2].is_resend);
}

BOOST_AUTO_TEST_CASE(a_queue_that_cannot_be_reached_fails_no_receipt) {
  kill(queue);
  auto a = publish("a");
  advance(5s, 10ms);
  BOOST_TEST(!a.poll().has_value());
  BOOST_TEST((failure_of(publish("b")) == errc::none));
}

// -- giving up ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_is_unconfirmed_at_the_limit_has_failed_and_not_before) {
  start(giving_up_after(2s));
  script->refusal = {errc::journal_failed, "the disk is full"};
  auto a = publish("a");
  advance(2s - 1ms);
  BOOST_TEST(!a.poll().has_value());
  advance(1ms);
  BOOST_TEST(failure_of(a) == errc::timed_out);
  auto text = a.poll()->why().text;
  BOOST_TEST(text.find("may or may not have been stored: the disk is full") != std::string::npos,
             text);
}

BOOST_AUTO_TEST_CASE(what_follows_a_message_that_was_given_up_is_no_gap_for_the_queue) {
  start(giving_up_after(2s));
  script->answers = false;
  auto a = publish("a");
  advance(1s);
  auto b = publish("b");
  advance(1s);
  BOOST_TEST(failure_of(a) == errc::timed_out);
  BOOST_TEST(!b.poll().has_value());
  script->answers = true;
  auto c = publish("c");
  BOOST_TEST(script->seen.back().first == publish_number{3});
  BOOST_TEST(script->seen.back().oldest == publish_number{2});
  BOOST_TEST(is_synced(c));
}

BOOST_AUTO_TEST_CASE(what_was_given_up_makes_room_in_the_window) {
  auto config = narrow();
  config.give_up_after = 2s;
  start(config);
  script->answers = false;
  (void)publish("a");
  (void)publish("b");
  BOOST_TEST(failure_of(publish("c")) == errc::window_full);
  advance(2s);
  BOOST_TEST(failure_of(publish("c")) == errc::none);
}

BOOST_AUTO_TEST_CASE(a_producer_that_stops_ends_when_it_has_given_up) {
  start(giving_up_after(2s));
  script->answers = false;
  (void)publish("a");
  auto stopped = request<messages::stopped>(producer, messages::stop{});
  advance(2s - 1ms);
  BOOST_TEST(!stopped.arrived());
  advance(1ms);
  BOOST_TEST(stopped.arrived());
}

// -- ending ---------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_callback_is_called_once_with_the_outcome) {
  auto calls = 0;
  auto done = [&](const result<durability_level>& outcome) { calls += outcome.ok() ? 1 : 100; };
  auto a = port->publish(ferry::testing::envelope("a"), when_full::refuse, done);
  deliver_all();
  BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(a_callback_that_throws_does_not_stop_the_producer) {
  auto done = [](const result<durability_level>&) { throw std::runtime_error("mine"); };
  (void)port->publish(ferry::testing::envelope("a"), when_full::refuse, done);
  deliver_all();
  BOOST_TEST(is_synced(publish("b")));
}

BOOST_AUTO_TEST_CASE(stopping_waits_until_everything_is_confirmed) {
  script->answers = false;
  auto a = publish("a");
  auto stopped = request<messages::stopped>(producer, messages::stop{});
  BOOST_TEST(!stopped.arrived());
  script->answers = true;
  advance(11s, 100ms);
  BOOST_TEST(stopped.arrived());
  BOOST_TEST(is_synced(a));
}

// Once, the second one took the place of the first, who waited for ever.
BOOST_AUTO_TEST_CASE(everyone_who_asked_a_producer_to_stop_is_answered) {
  script->answers = false;
  auto a = publish("a");
  auto first = request<messages::stopped>(producer, messages::stop{});
  auto second = request<messages::stopped>(producer, messages::stop{});
  script->answers = true;
  advance(11s, 100ms);
  BOOST_TEST(first.arrived());
  BOOST_TEST(second.arrived());
}

BOOST_AUTO_TEST_CASE(a_producer_that_stops_does_not_wait_for_its_back_off) {
  script->resend_from = publish_number{1};
  auto a = publish("a");
  script->resend_from = {};
  auto stopped = request<messages::stopped>(producer, messages::stop{});
  BOOST_TEST(stopped.arrived());
  BOOST_TEST(is_synced(a));
}

BOOST_AUTO_TEST_CASE(a_stopped_producer_refuses_to_publish) {
  request<messages::stopped>(producer, messages::stop{});
  BOOST_TEST((failure_of(publish("a")) == errc::closed));
}

// -- with an outbox file ----------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(a_message_is_recorded_before_the_queue_sees_it, durable_producer_fixture) {
  auto a = publish("a");
  BOOST_TEST(rows_when_seen == std::vector<std::size_t>{1}, boost::test_tools::per_element());
  BOOST_TEST(is_synced(a));
}

BOOST_FIXTURE_TEST_CASE(what_was_not_confirmed_is_sent_first_by_the_next_life_under_its_numbers,
                        durable_producer_fixture) {
  script->answers = false;
  (void)publish("a");
  (void)publish("b");
  script->answers = true;
  script->seen.clear();
  live_again();
  auto c = publish("c");
  BOOST_REQUIRE(script->seen.size() == 2u);
  BOOST_TEST(script->seen[0].session == session_id{7});
  BOOST_TEST(script->seen[0].first == publish_number{1});
  BOOST_TEST(script->seen[0].page->size() == 2u);
  BOOST_TEST(script->seen[0].is_resend);
  BOOST_TEST(script->seen[1].session == session_id{7});
  BOOST_TEST(script->seen[1].first == publish_number{3});
  BOOST_TEST(!script->seen[1].is_resend);
  BOOST_TEST(is_synced(c));
}

BOOST_FIXTURE_TEST_CASE(what_an_earlier_life_left_fills_the_window_and_is_waited_for,
                        durable_producer_fixture) {
  script->answers = false;
  (void)publish("a");
  (void)publish("b");
  live_again();
  BOOST_TEST(failure_of(publish("c")) == errc::window_full);
  BOOST_TEST(!port->wait_all(0s).ok());
  script->answers = true;
  advance(11s, 100ms);
  BOOST_TEST(port->wait_all(0s).ok());
  BOOST_TEST(is_synced(publish("c")));
}

BOOST_FIXTURE_TEST_CASE(a_busy_producer_pays_one_commit_per_page, durable_producer_fixture) {
  (void)publish("a");
  auto before = disk->figures().commits;
  (void)publish("b");
  (void)publish("c");
  BOOST_TEST(disk->figures().commits == before + 2);
  BOOST_TEST(rows() == 1u); // the last one's erasure waits for the next record
}

BOOST_FIXTURE_TEST_CASE(an_idle_producer_erases_what_was_confirmed_after_a_second,
                        durable_producer_fixture) {
  (void)publish("a");
  advance(1s - 1ms);
  BOOST_TEST(rows() == 1u);
  advance(1ms);
  BOOST_TEST(rows() == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_producer_that_stopped_has_erased_what_was_confirmed_and_closed_its_file,
                        durable_producer_fixture) {
  (void)publish("a");
  request<messages::stopped>(producer, messages::stop{});
  BOOST_TEST(rows() == 0u);
  BOOST_TEST(storage.use_count() == 1);
}

BOOST_FIXTURE_TEST_CASE(what_a_closed_queue_refused_is_kept_for_the_next_life,
                        durable_producer_fixture) {
  script->refusal = {errc::closed, "the queue is closed"};
  auto a = publish("a");
  BOOST_TEST(failure_of(a) == errc::closed);
  auto text = a.poll()->why().text;
  BOOST_TEST(text.ends_with("is sent by the next producer that opens it"), text);
  request<messages::stopped>(producer, messages::stop{});
  BOOST_TEST(rows() == 1u);
}

BOOST_FIXTURE_TEST_CASE(what_was_given_up_is_erased, durable_producer_fixture) {
  live_again(giving_up_after(2s));
  script->answers = false;
  auto a = publish("a");
  advance(3s, 10ms);
  BOOST_TEST(failure_of(a) == errc::timed_out);
  BOOST_TEST(rows() == 0u);
}

BOOST_FIXTURE_TEST_CASE(an_outbox_that_cannot_be_written_fails_the_publish_and_sends_nothing,
                        durable_producer_fixture) {
  disk->fail_next_commit({errc::journal_failed, "the disk is full"});
  auto a = publish("a");
  BOOST_TEST(failure_of(a) == errc::journal_failed);
  auto text = a.poll()->why().text;
  BOOST_TEST(text.starts_with("the outbox \"box.db\" of a producer of queue \"orders\" cannot be"
                              " written: the disk is full"),
             text);
  BOOST_TEST(script->seen.empty());
  BOOST_TEST(failure_of(publish("b")) == errc::journal_failed);
}

BOOST_AUTO_TEST_SUITE_END()
