#include "ferry/actors/producer_actor.hpp"

#include "support/printing.hpp"
#include "support/producer_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <future>
#include <thread>
#include <vector>

using namespace ferry;
using namespace ferry::testing;
using namespace std::chrono_literals;

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

BOOST_AUTO_TEST_CASE(what_is_published_before_a_confirm_gathers_to_the_next_page) {
  start({});
  script->answers = false;
  auto a = publish("a");
  auto b = publish("b");
  auto c = publish("c");
  BOOST_TEST(script->seen.size() == 1u);
  script->answers = true;
  advance(11s, 100ms); // "a" is sent again, and confirmed
  BOOST_REQUIRE(script->seen.size() == 3u);
  BOOST_TEST((script->seen[2].first == publish_number{2}));
  BOOST_TEST(script->seen[2].page->size() == 2u);
  BOOST_TEST(is_synced(c));
}

BOOST_AUTO_TEST_CASE(a_full_page_waits_for_no_confirm) {
  start({});
  script->answers = false;
  auto a = publish("a");
  auto rest = publish_all(std::vector<std::string>(1023, "b"));
  BOOST_TEST(script->seen.size() == 1u);
  auto last = publish("c");
  BOOST_REQUIRE(script->seen.size() == 2u);
  BOOST_TEST(script->seen[1].page->size() == 1024u);
}

BOOST_AUTO_TEST_CASE(a_page_of_a_mebibyte_is_full) {
  auto wide = producer_config{};
  port = std::make_shared<producer_port>("orders", std::size_t{2} << 20, wide);
  producer = own(actors::spawn_producer(
    system(), {actors::as<actors::queue_actor>(queue), port, session_id{43}, clock(), {}}));
  script->answers = false;
  auto a = publish("a");
  auto nearly = publish(std::string((std::size_t{1} << 20) - 1, 'b'));
  BOOST_TEST(script->seen.size() == 1u);
  auto full = publish("c");
  BOOST_TEST(script->seen.size() == 2u);
}

BOOST_AUTO_TEST_CASE(stopping_sends_also_what_still_gathers) {
  start({});
  script->answers = false;
  auto a = publish("a");
  auto b = publish("b");
  compat::send_anonymously(producer, messages::stop{});
  deliver_all();
  BOOST_REQUIRE(script->seen.size() == 2u);
  BOOST_TEST((script->seen[1].first == publish_number{2}));
}

BOOST_AUTO_TEST_CASE(a_batch_has_one_receipt_and_consecutive_numbers) {
  start({});
  auto told = 0;
  auto batch = publish_all({"a", "b", "c"}, [&](const auto&) { ++told; });
  BOOST_TEST(is_synced(batch));
  BOOST_TEST(told == 1);
  BOOST_REQUIRE(script->seen.size() == 1u);
  BOOST_TEST(script->seen[0].page->size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_batch_that_just_fits_the_window_is_taken_and_a_larger_one_whole_or_not) {
  script->answers = false;
  auto a = publish_all({"a", "b"});
  auto b = publish_all({"c"});
  BOOST_TEST((failure_of(a) == errc::none));
  BOOST_TEST((failure_of(b) == errc::window_full));
}

BOOST_AUTO_TEST_CASE(a_batch_that_is_larger_than_the_window_goes_when_that_is_empty) {
  script->answers = false;
  auto a = publish("a");
  BOOST_TEST((failure_of(publish_all({"b", "c", "d"})) == errc::window_full));
  BOOST_TEST((failure_of(publish_all({"b", "c"})) == errc::window_full));
  BOOST_TEST((failure_of(publish_all({"b"})) == errc::none));
}

BOOST_AUTO_TEST_CASE(a_batch_that_is_larger_than_an_empty_window_is_taken_whole) {
  BOOST_TEST(is_synced(publish_all({"a", "b", "c", "d"})));
  BOOST_TEST(is_synced(publish("e")));
}

BOOST_AUTO_TEST_CASE(an_empty_batch_is_refused) {
  BOOST_TEST((failure_of(publish_all({})) == errc::invalid_argument));
}

BOOST_AUTO_TEST_CASE(a_batch_with_one_payload_that_is_too_large_is_not_published_at_all) {
  auto large = std::string(1001, 'x');
  BOOST_TEST((failure_of(publish_all({"a", large})) == errc::too_large));
  BOOST_TEST(script->seen.empty());
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

// -- being held -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_producer_that_is_held_knows_why_and_how_much_waits) {
  script->resend_from = publish_number{1};
  script->held = {errc::queue_full, "queue \"orders\" is full"};
  auto a = publish("abc");
  auto window = port->window();
  BOOST_TEST((window.held.code == errc::queue_full));
  BOOST_TEST(window.messages == 1u);
  BOOST_TEST(window.bytes == 3u);
  BOOST_TEST(window.max_messages == 2u);
  BOOST_TEST(window.max_bytes == producer_config{}.window_bytes);
}

BOOST_AUTO_TEST_CASE(who_finds_the_window_full_is_told_what_holds_it) {
  script->resend_from = publish_number{1};
  script->held = {errc::queue_full, "queue \"orders\" is full"};
  auto a = publish("a");
  auto b = publish("b");
  auto c = publish("c");
  BOOST_REQUIRE((failure_of(c) == errc::window_full));
  BOOST_TEST(c.poll()->why().text.find("queue \"orders\" is full") != std::string::npos);
  auto late = a.wait(1ms);
  BOOST_TEST(late.why().text.find("queue \"orders\" is full") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_gap_behind_what_is_held_does_not_hide_the_reason) {
  script->resend_from = publish_number{1};
  script->held = {errc::queue_full, "queue \"orders\" is full"};
  auto a = publish("a");
  script->held = {};
  auto b = publish("b");
  tell(producer, messages::room{});
  BOOST_TEST((port->window().held.code == errc::queue_full));
}

BOOST_AUTO_TEST_CASE(a_producer_that_hears_of_room_sends_at_once) {
  script->resend_from = publish_number{1};
  script->held = {errc::queue_full, "queue \"orders\" is full"};
  auto a = publish("a");
  BOOST_TEST(script->seen.back().wants_to_know);
  script->resend_from = {};
  tell(producer, messages::room{});
  BOOST_TEST(is_synced(a));
  BOOST_TEST((port->window().held.code == errc::none));
  BOOST_TEST(port->window().messages == 0u);
}

BOOST_AUTO_TEST_CASE(a_producer_that_hears_nothing_sends_again_after_its_wait) {
  script->resend_from = publish_number{1};
  script->held = {errc::queue_full, "queue \"orders\" is full"};
  auto a = publish("a");
  script->resend_from = {};
  advance(1s, 10ms);
  BOOST_TEST(is_synced(a));
}

BOOST_AUTO_TEST_CASE(room_means_nothing_to_a_producer_that_waits_for_none) {
  auto a = publish("a");
  tell(producer, messages::room{});
  BOOST_TEST(script->seen.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_journal_that_failed_is_a_reason_as_well) {
  script->refusal = {errc::journal_failed, "the disk is full"};
  auto a = publish("a");
  BOOST_TEST((port->window().held.code == errc::journal_failed));
  script->refusal = {};
  advance(1s, 10ms);
  BOOST_TEST((port->window().held.code == errc::none));
}

BOOST_AUTO_TEST_CASE(a_failure_that_comes_after_everything_was_sent_again_is_no_reason) {
  script->answers = false;
  auto a = publish("a");
  auto late = script->silent.front();
  script->watch = [&] { late.deliver(actors::to_caf({errc::journal_failed, "it was full"})); };
  advance(11s, 100ms); // "a" is sent again, and not answered
  BOOST_REQUIRE(script->seen.size() == 2u);
  BOOST_TEST((port->window().held.code == errc::none));
}

BOOST_AUTO_TEST_CASE(where_everything_was_given_up_nothing_is_held) {
  start(giving_up_after(2s));
  script->refusal = {errc::journal_failed, "the disk is full"};
  auto a = publish("a");
  BOOST_TEST((port->window().held.code == errc::journal_failed));
  advance(2s);
  BOOST_TEST((port->window().held.code == errc::none));
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

BOOST_AUTO_TEST_CASE(wait_all_returns_after_the_callbacks_and_not_before) {
  auto begun = std::promise<void>{};
  auto go_on = std::promise<void>{};
  auto has_returned = false;
  auto alone = std::make_shared<producer_port>("orders", 1000, producer_config{});
  (void)alone->publish(ferry::testing::envelope("a"), when_full::refuse, [&](const auto&) {
    begun.set_value();
    go_on.get_future().wait();
    has_returned = true;
  });
  auto actor = std::thread{[&] {
    alone->settle({session_id{42}, publish_number{1}, durability_level::synced, {}, {}});
  }};
  begun.get_future().wait();
  auto early = alone->wait_all(0s);
  go_on.set_value();
  BOOST_TEST(alone->wait_all({}).ok());
  BOOST_TEST(has_returned);
  actor.join();
  BOOST_REQUIRE(!early.ok());
  BOOST_TEST(early.why().text == "callbacks of messages to queue \"orders\" have not returned yet");
}

BOOST_AUTO_TEST_CASE(wait_all_within_a_callback_does_not_wait_for_itself_or_those_after_it) {
  auto outcomes = std::vector<bool>{};
  auto done = [&](const auto&) { outcomes.push_back(port->wait_all(0s).ok()); };
  script->answers = false;
  (void)port->publish(ferry::testing::envelope("a"), when_full::refuse, done);
  (void)port->publish(ferry::testing::envelope("b"), when_full::refuse, done);
  deliver_all();
  port->fail({errc::closed, "gone"});
  BOOST_TEST((outcomes == std::vector<bool>{false, true})); // the refusal, and no second one
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
