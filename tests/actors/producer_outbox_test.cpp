#include "ferry/actors/producer_actor.hpp"

#include "ferry/persistence/memory_journal.hpp"
#include "support/printing.hpp"
#include "support/producer_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace ferry;
using namespace ferry::testing;
using namespace std::chrono_literals;

namespace {

/// A producer whose outbox outlives it.
struct producer_outbox_fixture : producer_actor_fixture {
  producer_outbox_fixture() {
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

BOOST_FIXTURE_TEST_SUITE(producer_outbox_suite, producer_outbox_fixture)

BOOST_AUTO_TEST_CASE(a_message_is_recorded_before_the_queue_sees_it) {
  auto a = publish("a");
  BOOST_TEST(rows_when_seen == std::vector<std::size_t>{1}, boost::test_tools::per_element());
  BOOST_TEST(is_synced(a));
}

BOOST_AUTO_TEST_CASE(what_was_not_confirmed_is_sent_first_by_the_next_life_under_its_numbers) {
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

BOOST_AUTO_TEST_CASE(what_an_earlier_life_left_fills_the_window_and_is_waited_for) {
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

BOOST_AUTO_TEST_CASE(a_busy_producer_pays_one_commit_per_page) {
  (void)publish("a");
  auto before = disk->figures().commits;
  (void)publish("b");
  (void)publish("c");
  BOOST_TEST(disk->figures().commits == before + 2);
  BOOST_TEST(rows() == 1u); // the last one's erasure waits for the next record
}

BOOST_AUTO_TEST_CASE(an_idle_producer_erases_what_was_confirmed_after_a_second) {
  (void)publish("a");
  advance(1s - 1ms);
  BOOST_TEST(rows() == 1u);
  advance(1ms);
  BOOST_TEST(rows() == 0u);
}

BOOST_AUTO_TEST_CASE(a_producer_that_stopped_has_erased_what_was_confirmed_and_closed_its_file) {
  (void)publish("a");
  request<messages::stopped>(producer, messages::stop{});
  BOOST_TEST(rows() == 0u);
  BOOST_TEST(storage.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(what_a_closed_queue_refused_is_kept_for_the_next_life) {
  script->refusal = {errc::closed, "the queue is closed"};
  auto a = publish("a");
  BOOST_TEST(failure_of(a) == errc::closed);
  auto text = a.poll()->why().text;
  BOOST_TEST(text.ends_with("is sent by the next producer that opens it"), text);
  request<messages::stopped>(producer, messages::stop{});
  BOOST_TEST(rows() == 1u);
}

BOOST_AUTO_TEST_CASE(what_was_given_up_is_erased) {
  live_again(giving_up_after(2s));
  script->answers = false;
  auto a = publish("a");
  advance(3s, 10ms);
  BOOST_TEST(failure_of(a) == errc::timed_out);
  BOOST_TEST(rows() == 0u);
}

BOOST_AUTO_TEST_CASE(an_outbox_that_cannot_be_written_fails_the_publish_and_sends_nothing) {
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
