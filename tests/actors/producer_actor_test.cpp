#include "ferry/actors/producer_actor.hpp"

#include "support/actor_doubles.hpp"

#include <boost/test/unit_test.hpp>

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
};

caf::behavior scripted(caf::event_based_actor* self, const std::shared_ptr<scripted_queue>& script) {
  auto silent = std::make_shared<std::vector<caf::typed_response_promise<messages::receipt>>>();
  return {
    [self, script, silent](const messages::publish& m) -> caf::result<messages::receipt> {
      script->seen.push_back(m.batch);
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
    auto queue = own(system().spawn(scripted, script));
    producer = own(actors::spawn_producer(system(), {actors::as<actors::queue_actor>(queue), port,
                                                     session_id{42}, 10s, clock()}));
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
  std::shared_ptr<producer_port> port = std::make_shared<producer_port>("orders", 1000, narrow());
  actors::producer_actor producer;
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
  script->refusal = {errc::journal_failed, "the disk is full"};
  auto a = publish("a");
  BOOST_TEST((failure_of(a) == errc::journal_failed));
  BOOST_TEST((failure_of(publish("b")) == errc::journal_failed));
}

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

BOOST_AUTO_TEST_SUITE_END()
