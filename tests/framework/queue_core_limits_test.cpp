// What a queue does when it is full: whom it holds, what it tells them, and when.

#include "support/queue_fixture.hpp"

#include "ferry/message_options.hpp"

#include <algorithm>
#include <deque>

namespace ferry::testing {
namespace {

constexpr auto little = std::size_t{2000}; // RAM for some messages

struct queue_core_limits_fixture : queue_fixture {
  queue_config config = on_disk();

  void start_with(std::uint64_t max_messages, std::uint64_t max_bytes = 0) {
    config.max_messages = max_messages;
    config.max_bytes = max_bytes;
    start(config);
  }

  void start_in_memory(over_budget beyond, std::size_t resident_bytes = little) {
    config = in_memory();
    config.over_budget = beyond;
    config.resident_bytes = resident_bytes;
    start(config);
  }

  /// As a producer that wants to hear when there is room.
  template <class... Texts>
  void send(session_id session, std::uint64_t first, const Texts&... texts) {
    publish({session, publish_number{1}, publish_number{first}, page_of(texts...), false, true});
  }

  list told() const {
    auto sessions = list{};
    for (const auto& item : each<effects::let_publish>(out))
      sessions.add(value_of(item.session), 1);
    return sessions;
  }

  list refused() const {
    auto numbers = list{};
    for (const auto& item : confirmed().refused)
      numbers.add(value_of(item.number), 1);
    return numbers;
  }

  /// Plays `who`, that acks whatever it gets, and the disk, until nothing more comes;
  /// returns how many messages it got.
  std::uint64_t serve(consumer_id who) {
    auto served = std::uint64_t{0};
    auto pending = std::deque<effect>{out.begin(), out.end()};
    for (; !pending.empty(); pending.pop_front()) {
      out.clear();
      if (const auto* asked_page = std::get_if<effects::load>(&pending.front())) {
        auto first = value_of(asked_page->first);
        auto count = std::min<std::uint64_t>(value_of(asked_page->last) - first + 1,
                                             asked_page->limit.rows);
        load(first, first + count - 1, {run_of(first, count)});
      } else if (const auto* given = std::get_if<effects::deliver>(&pending.front())) {
        if (given->consumer != who)
          continue;
        served += given->run.count;
        settle(who, {given->first_tag, given->run.count, settle_kind::ack, {}, {}});
      } else if (const auto* write = std::get_if<effects::persist>(&pending.front())) {
        commit(write->ticket);
      }
      pending.insert(pending.end(), out.begin(), out.end());
    }
    return served;
  }

  void fill_memory() {
    while (queue.figures().resident_bytes < config.resident_bytes)
      publish("a");
  }
};

constexpr auto carol = session_id{1};
constexpr auto dave = session_id{2};

} // namespace

BOOST_FIXTURE_TEST_SUITE(queue_core_limits_suite, queue_core_limits_fixture)

// -- being held ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_producer_that_is_held_is_told_why) {
  start_with(2);
  send(carol, 1, "a", "b", "c");
  commit();
  BOOST_TEST(value_of(confirmed().up_to) == 2u);
  BOOST_TEST(value_of(confirmed().resend_from) == 3u);
  BOOST_TEST(confirmed().held.code == errc::queue_full);
  BOOST_TEST(confirmed().held.text.find("queue \"orders\" is full (limit 2 messages)") == 0u);
}

BOOST_AUTO_TEST_CASE(a_gap_gives_no_reason) {
  start_with(2);
  send(carol, 3, "c");
  BOOST_TEST(value_of(confirmed().resend_from) == 1u);
  BOOST_TEST(confirmed().held.code == errc::none);
}

BOOST_AUTO_TEST_CASE(who_is_not_held_gets_no_reason) {
  start_with(2);
  send(carol, 1, "a", "b");
  commit();
  BOOST_TEST(confirmed().held.code == errc::none);
  BOOST_TEST(queue.figures().held == 0u);
}

BOOST_AUTO_TEST_CASE(a_held_producer_is_told_when_half_has_ended_and_not_before) {
  start_with(4);
  send(carol, 1, "a", "b", "c", "d", "e");
  commit();
  subscribe();
  settle(settle_kind::ack, 1);
  commit();
  BOOST_TEST(told() == list{});
  BOOST_TEST(queue.figures().held == 1u);
  settle(settle_kind::ack, 2);
  BOOST_TEST(told() == list{1});
  BOOST_TEST(queue.figures().held == 0u);
}

BOOST_AUTO_TEST_CASE(all_who_are_held_are_told_in_the_order_in_which_they_came) {
  start_with(2);
  send(carol, 1, "a", "b", "c");
  commit();
  send(dave, 1, "x");
  subscribe();
  settle(settle_kind::ack, 1, 2);
  BOOST_TEST(told() == (list{1, 2}));
}

BOOST_AUTO_TEST_CASE(who_does_not_want_to_know_is_not_told) {
  start_with(1);
  publish("a", "b");
  commit();
  BOOST_TEST(queue.figures().held == 0u);
}

// Told before its receipt, it would not know yet that it waits.
BOOST_AUTO_TEST_CASE(a_producer_is_told_of_room_after_its_receipt) {
  start_with(2);
  send(carol, 1, "a");
  commit();
  send(carol, 2, "b", "c");
  subscribe();
  settle(settle_kind::ack, 1);
  BOOST_TEST(told() == list{});
  commit();
  BOOST_TEST(std::holds_alternative<effects::confirm>(out.at(0)));
  BOOST_TEST(told() == list{1});
}

// -- bytes --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_queue_can_be_full_by_its_payload) {
  start_with(0, 5);
  send(carol, 1, "aa", "bb", "cc");
  commit();
  BOOST_TEST(value_of(confirmed().up_to) == 2u);
  BOOST_TEST(confirmed().held.text.find("(limit 5 bytes)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(payload_counts_until_its_message_has_ended) {
  start_with(0, 4);
  send(carol, 1, "aa", "bb");
  commit();
  subscribe();
  send(carol, 3, "cc");
  BOOST_TEST(value_of(confirmed().resend_from) == 3u);
  settle(settle_kind::ack, 1);
  send(carol, 3, "cc");
  commit();
  BOOST_TEST(each<effects::confirm>(out).back().outcome.resend_from == publish_number::none);
}

BOOST_AUTO_TEST_CASE(an_empty_queue_takes_one_message_that_is_larger_than_its_limit) {
  start_with(0, 1);
  send(carol, 1, "aaa", "b");
  commit();
  BOOST_TEST(value_of(confirmed().up_to) == 1u);
}

BOOST_AUTO_TEST_CASE(a_producer_whose_message_does_not_fit_yet_is_not_told) {
  start_with(0, 10);
  send(carol, 1, "aaaa", "b", "cccccccc");
  commit();
  BOOST_TEST(told() == list{});
  subscribe();
  settle(settle_kind::ack, 1);
  BOOST_TEST(told() == list{1});
}

BOOST_AUTO_TEST_CASE(what_overflows_by_its_payload_becomes_a_dead_letter) {
  config.overflow = overflow::dead_letter;
  start_with(0, 5);
  publish("aaaa", "bb", "c");
  commit();
  BOOST_TEST(value_of(confirmed().up_to) == 3u);
  BOOST_TEST(buried() == (list{2, 3}));
}

BOOST_AUTO_TEST_CASE(dying_messages_are_present_until_they_are_buried) {
  start_with(1);
  send(carol, 1, "a", "b");
  commit();
  subscribe();
  settle(settle_kind::reject, 1);
  BOOST_TEST(told() == list{});
  end_burial(1, true);
  BOOST_TEST(told() == list{1});
}

// -- memory queues ------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_memory_queue_holds_its_producers_when_its_ram_is_used_up) {
  start_in_memory(over_budget::block);
  fill_memory();
  send(carol, 1, "x");
  BOOST_TEST(value_of(confirmed().up_to) == 0u);
  BOOST_TEST(confirmed().held.code == errc::queue_full);
  BOOST_TEST(confirmed().held.text.find("raise queue_config::resident_bytes") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_memory_queue_lets_its_producers_go_on_when_half_of_its_ram_is_free) {
  start_in_memory(over_budget::block);
  fill_memory();
  auto all = queue.figures().ready;
  send(carol, 1, "x");
  subscribe({all, 1000});
  BOOST_TEST(told() == list{1});
}

BOOST_AUTO_TEST_CASE(delayed_messages_of_a_memory_queue_count_as_well) {
  start_in_memory(over_budget::block);
  fill_memory();
  auto all = queue.figures().ready;
  auto full = queue.figures().resident_bytes;
  subscribe({all, 1000});
  nack_after(1h, 1);
  BOOST_TEST(queue.figures().resident_bytes > 0u);
  for (auto nth = std::uint64_t{2}; nth <= all; ++nth)
    nack_after(1h, nth);
  BOOST_TEST(queue.figures().resident_bytes >= full);
  send(carol, 1, "x");
  BOOST_TEST(value_of(confirmed().up_to) == 0u);
}

// Of a broker's budget too, which both what is ready and what is delayed draw on.
BOOST_AUTO_TEST_CASE(delayed_messages_of_a_memory_queue_count_once) {
  auto budget = std::make_shared<resident_budget>(3 * least_share);
  auto from = testing::start_with(in_memory());
  from.budget = budget;
  restart(std::move(from));
  auto large = std::string(2 * least_share, 'x');
  publish(large);
  subscribe({1, 3 * least_share});
  nack_after(1h, 1);
  BOOST_TEST(queue.figures().resident_bytes > 2 * least_share);
  send(carol, 1, "a");
  BOOST_TEST(value_of(confirmed().up_to) == 1u);
  budget->take(least_share);
  send(carol, 2, "b");
  BOOST_TEST(confirmed().held.code == errc::queue_full);
}

BOOST_AUTO_TEST_CASE(a_memory_queue_may_refuse_what_exceeds_its_ram) {
  start_in_memory(over_budget::refuse);
  fill_memory();
  auto before = queue.figures().published;
  send(carol, 1, "x", "y");
  BOOST_TEST(refused() == (list{1, 2}));
  BOOST_TEST(confirmed().refused.front().why.code == errc::queue_full);
  BOOST_TEST(value_of(confirmed().up_to) == 2u);
  BOOST_TEST(queue.figures().published == before);
}

// Taken for a duplicate, it would be confirmed.
BOOST_AUTO_TEST_CASE(what_was_refused_is_refused_again_when_it_is_sent_again) {
  start_in_memory(over_budget::refuse);
  fill_memory();
  send(carol, 1, "x");
  subscribe();
  send(carol, 1, "x", "y");
  BOOST_TEST(refused() == list{1});
  BOOST_TEST(value_of(confirmed().up_to) == 2u);
}

BOOST_AUTO_TEST_CASE(a_queue_on_disk_is_never_full_because_of_its_ram) {
  config.resident_bytes = 0;
  start(config);
  store(20);
  BOOST_TEST(queue.figures().ready == 20u);
  BOOST_TEST(queue.figures().resident_bytes == 0u);
}

// -- a consumer that stops ----------------------------------------------------

BOOST_AUTO_TEST_CASE(a_consumer_that_never_settles_does_not_stop_the_others) {
  start(config);
  subscribe({2, 1000});
  subscribe({2, 1000});
  store(50);
  BOOST_TEST(serve(bob) == 48u);
  BOOST_TEST(queue.figures().in_flight == 2u);
  BOOST_TEST(queue.figures().waiting() == 2u);
}

BOOST_AUTO_TEST_CASE(a_consumer_that_never_settles_does_not_stop_the_others_at_a_backlog_on_disk) {
  config.resident_bytes = little;
  auto from = testing::start_with(config);
  from.runs = {{time_point{}, disk_run(1, 500)}};
  from.next = sequence_number{501};
  restart(std::move(from));
  subscribe({2, 1000});
  subscribe({2, 1000});
  load(1, 3, {run_of(1, 3)});
  BOOST_TEST(serve(bob) == 498u);
  BOOST_TEST(queue.figures().waiting() == 2u);
  BOOST_TEST(queue.figures().resident_bytes <= little);
}

BOOST_AUTO_TEST_CASE(a_consumer_that_stops_before_a_backlog_fills_no_more_than_the_budget) {
  config.resident_bytes = 10 * little;
  auto from = testing::start_with(config);
  from.runs = {{time_point{}, disk_run(1, 100'000)}};
  from.next = sequence_number{100'001};
  restart(std::move(from));
  subscribe({2, 1000});
  BOOST_TEST(serve(bob) == 0u); // whom there is not
  BOOST_TEST(queue.figures().in_flight == 2u);
  BOOST_TEST(queue.figures().resident_bytes > 0u);
  BOOST_TEST(queue.figures().resident_bytes <= 10 * little);
}

// What goes out with a lease of its own divides the page that was read.
BOOST_AUTO_TEST_CASE(a_page_that_is_handed_out_in_parts_is_read_once) {
  config.resident_bytes = 1;
  auto from = testing::start_with(config);
  from.runs = {{time_point{}, disk_run(1, 3)}};
  from.next = sequence_number{4};
  restart(std::move(from));
  subscribe();
  auto page = message_page{};
  for (auto lease : {1s, 2s, 3s}) {
    auto item = testing::envelope("a");
    item.headers = headers_of({{}, {}, lease});
    page.push_back(std::move(item));
  }
  load(1, 3, {{std::make_shared<const message_page>(std::move(page)), 0, 3, sequence_number{1}, 0}});
  BOOST_TEST(delivered() == (list{1, 2, 3}));
  BOOST_TEST(each<effects::load>(out).empty());
}

// -- the disk is slow -----------------------------------------------------------

BOOST_AUTO_TEST_CASE(while_many_acked_messages_wait_for_the_disk_nothing_is_delivered) {
  constexpr auto many = std::uint64_t{1'000'000};
  config.resident_bytes = std::size_t{1} << 30;
  start(config);
  auto page = std::make_shared<const message_page>(many + 1, testing::envelope(""));
  publish({producer, publish_number{1}, publish_number{1}, page});
  commit();
  subscribe({many, 1});
  settle(settle_kind::ack, 1, many);
  BOOST_TEST(delivered() == list{});
  commit();
  BOOST_TEST(delivered() == list{many + 1});
}

// -- the dead-letter queue does not take them ---------------------------------

BOOST_AUTO_TEST_CASE(while_too_many_messages_are_dying_nothing_is_taken_or_delivered) {
  start(config);
  auto large = std::string(std::size_t{8} << 20, 'x');
  publish(large, large, "a");
  commit();
  subscribe({2, std::size_t{64} << 20});
  settle(settle_kind::reject, 1, 2);
  BOOST_TEST(delivered() == list{});
  send(carol, 1, "b");
  BOOST_TEST(value_of(confirmed().up_to) == 0u);
  BOOST_TEST(confirmed().held.text.find("dead-letter queue has not taken") != std::string::npos);
  end_burial(1, true);
  BOOST_TEST(delivered() == list{3});
  BOOST_TEST(told() == list{1});
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
