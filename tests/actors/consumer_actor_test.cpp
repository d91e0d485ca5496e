#include "ferry/actors/consumer_actor.hpp"
#include "ferry/actors/queue_actor.hpp"
#include "ferry/actors/supervisor_actor.hpp"
#include "ferry/consumer.hpp"

#include "support/actor_doubles.hpp"

#include <boost/test/unit_test.hpp>

namespace {

struct greeting {
  std::string text;
};
FERRY_DESCRIBE(greeting, text)

using namespace ferry;
using namespace ferry::testing;
using namespace std::chrono_literals;

using texts = std::vector<std::string>;

/// A queue that delivers by the page when it is told to `proceed`, and refuses every
/// settlement with the page that follows it.
struct refusals {
  caf::actor receiver;
  std::vector<caf::typed_response_promise<messages::settled>> questions;
  message_page next; // to deliver
  std::uint64_t delivered = 0;
};

caf::behavior refusing_queue(caf::event_based_actor* self, const std::shared_ptr<refusals>& state) {
  return {
    [state](const messages::subscribe& m) {
      state->receiver = m.receiver;
      return messages::subscription{consumer_id{1}};
    },
    [self, state](const messages::settle&) {
      state->questions.push_back(self->make_response_promise<messages::settled>());
      return state->questions.back();
    },
    [self, state](const messages::proceed&) {
      auto first = state->delivered + 1;
      auto run = message_run{std::make_shared<const message_page>(state->next), 0,
                             state->next.size(), sequence_number{first}, 1};
      state->delivered += state->next.size();
      compat::send(self, actors::as<actors::delivery_receiver>(state->receiver),
                   messages::delivery{consumer_id{1}, {{delivery_tag{first}, run, at(1h)}}});
      for (auto& item : state->questions)
        item.deliver(actors::to_caf({errc::journal_failed, "the disk is full"}));
      state->questions.clear();
    },
  };
}

// A memory queue, so that every step is visible at once.
struct consumer_actor_fixture : virtual_system {
  consumer_actor_fixture() {
    auto start = queue_start{};
    start.name = "greetings";
    start.config.durability = durability::memory;
    start.config.max_deliveries = 2;
    start.config.last_resort = last_resort::dead_letter;
    start.config.retry = {retry_growth::fixed, 1s, 1s, 1.0, 0.0};
    auto dead = start;
    dead.config = dead_letter_config(start.config);
    letters = own(actors::spawn_queue(system(), dead, {{}, supervisor, {}, {}, clock()}));
    queue = own(actors::spawn_queue(system(), start, {{}, supervisor, letters, {}, clock()}));
  }

  template <class Function>
  actors::consumer_actor consume(Function function, credit prefetch = {100, 1 << 20}) {
    return own(actors::spawn_consumer(
      system(), {queue, "greetings", {prefetch}, make_handler<greeting>(std::move(function), 100),
                 clock(), actors::placement::shared}));
  }

  void publish(const ferry::envelope& message) {
    auto page = std::make_shared<const message_page>(message_page{message});
    request<messages::receipt>(queue, messages::publish{{session_id{1}, next, next, page}});
    next = advanced(next, 1);
  }

  void publish(std::string text) {
    publish(page({std::move(text)}).front());
  }

  message_page page(const texts& all) {
    auto messages = message_page{};
    for (const auto& text : all)
      messages.push_back({codec<greeting>::encode({text}).value(), codec<greeting>::content(),
                          nullptr, now()});
    return messages;
  }

  queue_figures figures(const actors::queue_actor& which) {
    return request<messages::figures>(which, messages::ask_figures{})->queue;
  }

  std::optional<death> first_death() {
    auto undertaker = recording_consumer{*this, letters};
    if (undertaker.runs().empty())
      return std::nullopt;
    return death_of(undertaker.runs().front().run.envelopes().front());
  }

  actors::supervisor_actor supervisor
    = own(actors::spawn_supervisor(system(), {clock(), 1, {}}));
  actors::queue_actor letters;
  actors::queue_actor queue;
  publish_number next{1};
  texts handled;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(consumer_actor_suite, consumer_actor_fixture)

BOOST_AUTO_TEST_CASE(a_handler_that_returns_acknowledges) {
  consume([&](const greeting& g) { handled.push_back(g.text); });
  publish("hello");
  BOOST_TEST(handled == texts{"hello"});
  BOOST_TEST(figures(queue).acknowledged == 1u);
}

BOOST_AUTO_TEST_CASE(a_handler_that_throws_nacks_with_the_text_as_reason) {
  consume([](const greeting&) { throw std::runtime_error("out of tea"); });
  publish("hello");
  BOOST_TEST(figures(queue).nacked == 1u);
  advance(1s, 10ms);
  auto death = first_death();
  BOOST_REQUIRE(death.has_value());
  BOOST_TEST((death->cause == death_cause::exhausted));
  BOOST_TEST(death->reason == "out of tea");
  BOOST_TEST(death->deliveries == 2u);
}

BOOST_AUTO_TEST_CASE(a_handler_that_throws_something_else_nacks_as_well) {
  consume([](const greeting&) { throw 42; });
  publish("hello");
  BOOST_TEST(figures(queue).nacked == 1u);
}

BOOST_AUTO_TEST_CASE(an_explicit_verb_wins_over_returning) {
  consume([](const greeting&, delivery& d) { d.reject("not a greeting"); });
  publish("hello");
  BOOST_TEST(figures(queue).acknowledged == 0u);
  BOOST_TEST(first_death()->reason == "not a greeting");
}

BOOST_AUTO_TEST_CASE(only_the_first_ending_verb_counts) {
  consume([](const greeting&, delivery& d) {
    d.ack();
    d.nack("too late");
  });
  publish("hello");
  BOOST_TEST(figures(queue).acknowledged == 1u);
  BOOST_TEST(figures(queue).stale == 0u);
}

BOOST_AUTO_TEST_CASE(a_nack_with_a_delay_comes_back_then_and_not_before) {
  consume([&](const greeting& g, delivery& d) {
    handled.push_back(g.text);
    if (d.attempt() == 1)
      d.nack("later", 7s);
  });
  publish("hello");
  advance(7s - 2ms, 10ms);
  BOOST_TEST(handled.size() == 1u);
  advance(4ms);
  BOOST_TEST(handled.size() == 2u);
}

BOOST_AUTO_TEST_CASE(an_extended_delivery_is_not_taken_back_at_its_first_deadline) {
  auto kept = std::vector<kept_delivery>{};
  consume([&](const greeting&, delivery& d) {
    d.extend(60s);
    kept.push_back(d.keep());
  });
  publish("hello");
  advance(31s, 1s);
  BOOST_TEST(figures(queue).expired == 0u);
  kept.front().ack();
  deliver_all();
  BOOST_TEST(figures(queue).acknowledged == 1u);
}

BOOST_AUTO_TEST_CASE(a_kept_delivery_is_settled_later_from_elsewhere) {
  auto kept = std::vector<kept_delivery>{};
  consume([&](const greeting&, delivery& d) { kept.push_back(d.keep()); });
  publish("hello");
  BOOST_TEST(figures(queue).in_flight == 1u);
  kept.front().ack();
  deliver_all();
  BOOST_TEST(figures(queue).acknowledged == 1u);
}

BOOST_AUTO_TEST_CASE(a_payload_that_does_not_decode_goes_to_the_dead_letters_with_the_decoders_text) {
  consume([&](const greeting& g) { handled.push_back(g.text); });
  auto message = ferry::testing::envelope("this is no map");
  message.content = codec<greeting>::content();
  publish(message);
  publish("hello");
  BOOST_TEST(handled == texts{"hello"});
  auto death = first_death();
  BOOST_REQUIRE(death.has_value());
  BOOST_TEST((death->cause == death_cause::undecodable));
  BOOST_TEST(death->reason.find("greeting") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_span_handler_gets_what_has_arrived_and_acknowledges_all_of_it) {
  auto sizes = std::vector<std::size_t>{};
  for (auto text : {"a", "b", "c"})
    publish(text);
  consume([&](std::span<const greeting> all) {
    sizes.push_back(all.size());
    for (const auto& g : all)
      handled.push_back(g.text);
  });
  BOOST_TEST(handled == (texts{"a", "b", "c"}));
  BOOST_TEST(sizes.size() == 1u);
  BOOST_TEST(figures(queue).acknowledged == 3u);
}

BOOST_AUTO_TEST_CASE(a_span_handler_that_throws_nacks_all_that_it_did_not_settle) {
  publish("a");
  publish("b");
  consume([&](std::span<const greeting>, std::span<delivery> deliveries) {
    deliveries.front().ack();
    throw std::runtime_error("the rest is bad");
  });
  BOOST_TEST(figures(queue).acknowledged == 1u);
  BOOST_TEST(figures(queue).nacked == 1u);
}

BOOST_AUTO_TEST_CASE(the_prefetch_is_never_exceeded) {
  auto kept = std::vector<kept_delivery>{};
  consume([&](const greeting&, delivery& d) { kept.push_back(d.keep()); }, {2, 1 << 20});
  for (auto text : {"a", "b", "c"})
    publish(text);
  BOOST_TEST(figures(queue).in_flight == 2u);
  BOOST_TEST(figures(queue).ready == 1u);
}

BOOST_AUTO_TEST_CASE(everyone_who_asked_a_consumer_to_stop_is_answered) {
  auto alice = consume([](const greeting&) {});
  auto first = request<messages::stopped>(alice, messages::stop{});
  auto second = request<messages::stopped>(alice, messages::stop{});
  BOOST_TEST(first.arrived());
  BOOST_TEST(second.arrived());
}

BOOST_AUTO_TEST_CASE(a_stopped_consumer_gives_back_what_it_did_not_settle) {
  auto kept = std::vector<kept_delivery>{};
  auto alice = consume([&](const greeting&, delivery& d) { kept.push_back(d.keep()); });
  publish("hello");
  auto stopped = request<messages::stopped>(alice, messages::stop{});
  BOOST_TEST(stopped.arrived());
  BOOST_TEST(figures(queue).ready == 1u);
  consume([&](const greeting& g) { handled.push_back(g.text); });
  BOOST_TEST(handled == texts{"hello"});
}

BOOST_AUTO_TEST_CASE(a_stopped_consumer_is_gone_only_when_what_it_settled_is_on_disk) {
  auto journal = held_journal{*this};
  auto start = queue_start{};
  start.id = queue_id{1};
  start.name = "greetings";
  queue = own(actors::spawn_queue(system(), start,
                                  {journal.actor(), supervisor, letters, start.id, clock()}));
  auto alice = consume([](const greeting&) {});
  publish("hello");
  journal.commit_all();
  auto stopped = request<messages::stopped>(alice, messages::stop{});
  BOOST_TEST(!stopped.arrived());
  journal.commit_all();
  BOOST_TEST(stopped.arrived());
  BOOST_TEST(figures(queue).acknowledged == 1u);
}

// -- a journal that fails -----------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_consumer_begins_nothing_more_once_a_settlement_was_refused) {
  auto state = std::make_shared<refusals>();
  auto refusing = own(system().spawn(refusing_queue, state));
  queue = actors::as<actors::queue_actor>(refusing);
  consume([&](const greeting& g) {
    handled.push_back(g.text);
    work_for(2ms); // longer than a slice: it looks at its mailbox between two messages
  });
  state->next = page({"a"});
  tell(refusing, messages::proceed{});
  state->next = page({"b", "c", "d"});
  tell(refusing, messages::proceed{});
  BOOST_TEST(handled == (texts{"a", "b"}));
}

BOOST_AUTO_TEST_CASE(a_consumer_drops_what_it_had_not_begun_when_it_is_to_subscribe_again) {
  auto alice = actors::consumer_actor{};
  alice = consume([&](const greeting& g) {
    handled.push_back(g.text);
    compat::send_anonymously(alice, messages::resubscribe{consumer_id{1}});
    work_for(2ms);
  });
  auto both = std::make_shared<const message_page>(page({"a", "b"}));
  request<messages::receipt>(queue, messages::publish{{session_id{1}, next, next, both}});
  BOOST_TEST(handled == texts{"a"});
}

BOOST_AUTO_TEST_CASE(being_told_to_subscribe_again_for_a_subscription_that_ended_changes_nothing) {
  auto alice = consume([&](const greeting& g) { handled.push_back(g.text); });
  tell(alice, messages::resubscribe{consumer_id{99}});
  publish("hello");
  BOOST_TEST(figures(queue).acknowledged == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
