// How deliveries end, through the facade, in real time.

#include "ferry/actors/answers.hpp"
#include "ferry/actors/handles.hpp"
#include "ferry/actors/protocol.hpp"
#include "ferry/broker.hpp"
#include "ferry/retry/death.hpp"

#include "support/temporary_directory.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <boost/test/unit_test.hpp>
#include <caf/all.hpp>

#include <algorithm>
#include <future>
#include <latch>
#include <map>
#include <mutex>
#include <semaphore>
#include <stop_token>

namespace {

using namespace ferry;
using namespace std::chrono_literals;

struct order {
  std::uint64_t id = 0;
};
FERRY_DESCRIBE(order, id)

/// A queue "orders" on disk, with fixed short waits.
///
/// What a handler captures is declared before the consumer, and the consumer is
/// stopped at the end of each case: the broker outlives the case.
struct delivery_fixture {
  static queue_config quick() {
    auto options = queue_config{};
    options.retry = {retry_growth::immediate, 0ns, 0ns, 1.0, 0.0};
    return options;
  }

  void declare(const queue_config& options = quick()) {
    host.declare("orders", options).value();
  }

  void publish(std::uint64_t id, message_options options = {}) {
    auto producer = host.producer<order>("orders").value();
    (void)producer.publish({id}, std::move(options)).wait().value();
  }

  template <class Function>
  consumer consume(Function function, const consumer_config& options = {}) {
    return host.consume<order>("orders", std::move(function), options).value();
  }

  /// Waits for the first dead letter.
  death first_death() {
    auto found = std::promise<death>{};
    auto is_first = true;
    auto undertaker = host.consume<order>("orders.dead", [&](const order&, delivery& d) {
      if (std::exchange(is_first, false))
        found.set_value(death_of(d.message()).value());
      (void)d.keep();
    }).value();
    auto told = found.get_future().get();
    undertaker.stop();
    return told;
  }

  /// As another connection to the file sees it.
  int rows() const {
    return SQLite::Database{journal, SQLite::OPEN_READONLY}
      .execAndGet("SELECT count(*) FROM message").getInt();
  }

  ferry::testing::temporary_directory folder;
  std::string journal = (folder.path() / "delivery.db").string();
  system_config config;
  caf::actor_system system{config};
  broker host = broker::open(system, {.journal = journal, .close_limit = 500ms}).value();
};

errc code_of(const auto& outcome) {
  return outcome.ok() ? errc::none : outcome.why().code;
}

void wait_until_stopped(const std::stop_token& token) {
  auto stopped = std::latch{1};
  auto told = std::stop_callback{token, [&] { stopped.count_down(); }};
  stopped.wait();
}

} // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(ferry::errc)
BOOST_TEST_DONT_PRINT_LOG_VALUE(ferry::death_cause)

BOOST_FIXTURE_TEST_SUITE(delivery_suite, delivery_fixture)

// -- acks that are waited for -----------------------------------------------------

BOOST_AUTO_TEST_CASE(an_ack_that_was_waited_for_has_erased_the_row) {
  declare();
  publish(1);
  auto before = rows();
  auto outcome = std::promise<std::pair<errc, int>>{};
  auto consumer = consume([&](const order&, delivery& d) {
    auto code = code_of(d.ack_and_wait());
    outcome.set_value({code, rows()});
  });
  auto [code, after] = outcome.get_future().get();
  consumer.stop();
  BOOST_TEST(before == 1);
  BOOST_TEST(code == errc::none);
  BOOST_TEST(after == 0);
}

BOOST_AUTO_TEST_CASE(an_ack_after_the_deadline_is_told_that_it_is_stale) {
  auto short_lease = quick();
  short_lease.lease = 20ms;
  declare(short_lease);
  auto outcome = std::promise<errc>{};
  auto consumer = consume([&](const order&, delivery& d) {
    if (d.attempt() > 1)
      return;
    wait_until_stopped(d.stop_token());
    outcome.set_value(code_of(d.ack_and_wait()));
  });
  publish(1);
  BOOST_TEST(outcome.get_future().get() == errc::stale);
  consumer.stop();
  BOOST_TEST(host.figures("orders")->expired >= 1u);
}

BOOST_AUTO_TEST_CASE(a_second_ack_is_told_that_it_is_stale) {
  declare();
  auto outcomes = std::promise<std::vector<errc>>{};
  auto consumer = consume([&](const order&, delivery& d) {
    auto kept = d.keep();
    auto after_keep = d.ack_and_wait();
    auto first = kept.ack_and_wait();
    auto second = kept.ack_and_wait();
    outcomes.set_value({code_of(after_keep), code_of(first), code_of(second)});
  });
  publish(1);
  BOOST_TEST((outcomes.get_future().get()
              == std::vector{errc::stale, errc::none, errc::stale}));
  consumer.stop();
}

BOOST_AUTO_TEST_CASE(a_kept_delivery_is_acked_by_another_thread_after_its_handler_returned) {
  declare();
  auto kept = std::promise<kept_delivery>{};
  auto consumer = consume([&](const order&, delivery& d) { kept.set_value(d.keep()); });
  publish(1);
  auto elsewhere = std::async(std::launch::async, [item = kept.get_future().get()] {
    return code_of(item.ack_and_wait(30s));
  });
  BOOST_TEST(elsewhere.get() == errc::none);
  BOOST_TEST(rows() == 0);
  consumer.stop();
}

// -- failures -----------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_handler_that_throws_an_int_is_a_nack_that_says_so) {
  auto once = quick();
  once.max_deliveries = 1;
  declare(once);
  auto consumer = consume([](const order&) { throw 42; });
  publish(1);
  auto end = first_death();
  consumer.stop();
  BOOST_TEST(end.cause == death_cause::exhausted);
  BOOST_TEST(end.reason == "the handler threw something that is no std::exception");
}

BOOST_AUTO_TEST_CASE(a_failure_that_a_rule_calls_fatal_is_a_dead_letter_at_once) {
  auto strict = quick();
  strict.failures = {{"no such card", failure_kind::fatal}};
  declare(strict);
  auto consumer = consume([](const order&) { throw std::runtime_error("no such card: 7"); });
  publish(1);
  auto end = first_death();
  consumer.stop();
  BOOST_TEST(end.cause == death_cause::rejected);
  BOOST_TEST(end.deliveries == 1u);
  BOOST_TEST(end.reason == "no such card: 7");
}

// -- handlers that hang -------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_message_in_a_handler_that_hangs_goes_to_another_consumer_after_its_lease) {
  auto short_lease = quick();
  short_lease.lease = 50ms;
  declare(short_lease);
  auto begun = std::promise<void>{};
  auto may_return = std::latch{1};
  auto is_first = true;
  auto hung = consume([&](const order&) {
    if (std::exchange(is_first, false))
      begun.set_value();
    may_return.wait();
  });
  publish(1);
  begun.get_future().wait();
  auto attempt = std::promise<std::uint32_t>{};
  auto other = consume([&](const order&, delivery& d) { attempt.set_value(d.attempt()); });
  BOOST_TEST(attempt.get_future().get() > 1u);
  other.stop();
  may_return.count_down();
  hung.stop();
  BOOST_TEST(host.figures("orders")->acknowledged == 1u);
}

BOOST_AUTO_TEST_CASE(a_message_in_which_all_hang_is_a_dead_letter_and_the_broker_closes_in_time) {
  auto hasty = quick();
  hasty.lease = 50ms;
  hasty.max_deliveries = 2;
  declare(hasty);
  auto may_return = std::latch{1};
  auto returned = std::counting_semaphore<>{0};
  auto consumer = consume([&](const order&) {
    may_return.wait();
    returned.release();
  }, {.concurrency = 2, .prefetch_messages = 1});
  publish(1); // one handler hangs in it, and after the lease the other
  auto end = first_death();
  BOOST_TEST(end.cause == death_cause::expired);
  BOOST_TEST(end.deliveries == 2u);
  auto begin = std::chrono::steady_clock::now();
  BOOST_TEST(code_of(host.close()) == errc::timed_out);
  BOOST_TEST((std::chrono::steady_clock::now() - begin < 10s));
  may_return.count_down();
  returned.acquire();
  returned.acquire();
}

// -- tags that never were -----------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_foreign_or_invented_tag_settles_nothing) {
  declare();
  auto alice = caf::scoped_actor{system};
  auto bob = caf::scoped_actor{system};
  auto queue = actors::as<actors::queue_actor>(host.handle("orders").value());
  auto subscribe = [&](caf::scoped_actor& self) {
    auto id = consumer_id{};
    compat::request(self, queue, 10s,
                    messages::subscribe{caf::actor_cast<caf::actor>(self.ptr()), {{9, 1 << 20}}})
      .receive([&](messages::subscription& m) { id = m.consumer; },
               [&](caf::error& why) { BOOST_ERROR(actors::from_caf(why).text); });
    return id;
  };
  auto settle = [&](consumer_id who, delivery_tag first, std::uint64_t count, settle_kind kind) {
    auto settled = std::uint64_t{99};
    compat::request(alice, queue, 10s, messages::settle{who, {{first, count, kind, {}, "because"}}})
      .receive([&](messages::settled& m) { settled = m.outcome.settled; },
               [&](caf::error& why) { BOOST_ERROR(actors::from_caf(why).text); });
    return settled;
  };
  auto first_consumer = subscribe(alice);
  publish(1);
  auto real = delivery_tag{};
  alice->receive([&](const messages::delivery& m) { real = m.runs.front().first_tag; });
  auto second_consumer = subscribe(bob);

  constexpr auto half = std::uint64_t{1} << 63;
  constexpr auto last = delivery_tag{UINT64_MAX};
  for (auto kind : {settle_kind::ack, settle_kind::nack, settle_kind::reject, settle_kind::release,
                    settle_kind::defer, settle_kind::extend, settle_kind::keep}) {
    for (auto count : {std::uint64_t{0}, std::uint64_t{1}, half, UINT64_MAX})
      for (auto who : {second_consumer, consumer_id::none, consumer_id{77}})
        for (auto first : {delivery_tag::none, real, last})
          BOOST_TEST(settle(who, first, count, kind) == 0u);
    BOOST_TEST(settle(first_consumer, real, 0, kind) == 0u);
    BOOST_TEST(settle(first_consumer, delivery_tag::none, 7, kind) == 0u);
    BOOST_TEST(settle(first_consumer, advanced(real, 1), half, kind) == 0u); // wraps round
    BOOST_TEST(settle(first_consumer, last, UINT64_MAX, kind) == 0u);
  }
  BOOST_TEST(host.figures("orders")->in_flight == 1u);
  BOOST_TEST(settle(first_consumer, real, half, settle_kind::ack) == 1u);
}

// -- flow ---------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_paused_queue_takes_messages_and_delivers_them_when_it_is_resumed) {
  declare();
  host.pause("orders", 1h).value();
  auto arrived = std::promise<std::uint64_t>{};
  auto consumer = consume([&](const order& o) { arrived.set_value(o.id); });
  publish(1);
  BOOST_TEST(host.figures("orders")->paused == 1u);
  BOOST_TEST(host.figures("orders")->delivered == 0u);
  host.resume("orders").value();
  BOOST_TEST(arrived.get_future().get() == 1u);
  consumer.stop();
  BOOST_TEST(code_of(host.pause("others", 1h)) == errc::no_such_queue);
}

BOOST_AUTO_TEST_CASE(a_messages_own_lease_wins_over_the_consumers_and_the_queues) {
  declare();
  auto left = std::promise<duration>{};
  auto consumer = consume([&](const order&, delivery& d) {
    auto now = std::chrono::system_clock::now().time_since_epoch();
    left.set_value(d.deadline() - time_point{std::chrono::duration_cast<duration>(now)});
  }, {.lease = 1min});
  publish(1, {.lease = 2h});
  auto lease = left.get_future().get();
  consumer.stop();
  BOOST_TEST((lease > 1h && lease <= 2h + 1min));
}

BOOST_AUTO_TEST_CASE(a_producer_of_a_full_queue_goes_on_when_a_consumer_has_made_room) {
  auto small = quick();
  small.max_messages = 2;
  declare(small);
  auto producer = host.producer<order>("orders").value();
  auto first = producer.publish({1});
  auto second = producer.publish({2});
  auto third = producer.publish({3});
  BOOST_TEST(first.wait().ok());
  BOOST_TEST(second.wait().ok());
  BOOST_TEST(code_of(third.wait(100ms)) == errc::timed_out);
  BOOST_TEST(host.figures("orders")->waiting() == 2u);
  auto consumer = consume([](const order&) {});
  BOOST_TEST(third.wait().ok());
  consumer.stop();
}

BOOST_AUTO_TEST_CASE(a_drained_consumer_returns_the_rest_uncounted_and_nothing_is_done_twice) {
  declare();
  auto producer = host.producer<order>("orders").value();
  for (auto id = std::uint64_t{0}; id < 300; ++id)
    (void)producer.publish({id});
  producer.wait_all().value();
  auto mutex = std::mutex{};
  auto seen = std::vector<int>(300);
  auto begun = std::promise<void>{};
  auto may_return = std::latch{1};
  auto done = std::latch{300};
  auto count = [&](const order& o, delivery& d) {
    auto held = std::lock_guard{mutex};
    seen.at(o.id) += d.attempt() == 1 ? 1 : 100;
    done.count_down();
  };
  auto first = consume([&](const order& o, delivery& d) {
    count(o, d);
    if (o.id != 0)
      return;
    begun.set_value();
    may_return.wait();
  });
  begun.get_future().wait();
  auto stopping = std::async(std::launch::async, [&] { return first.stop(30s).ok(); });
  may_return.count_down();
  BOOST_TEST(stopping.get());
  auto second = consume(count);
  done.wait();
  second.stop();
  BOOST_TEST(std::ranges::count(seen, 1) == 300);
  BOOST_TEST(host.figures("orders")->acknowledged == 300u);
}

// Once, they were counted with it, and became dead letters that nobody had tried.
BOOST_AUTO_TEST_CASE(what_waits_behind_a_handler_that_takes_too_long_is_not_counted) {
  auto options = quick();
  options.lease = 50ms;
  options.max_deliveries = 2;
  declare(options);
  for (auto id = std::uint64_t{1}; id <= 20; ++id)
    publish(id);
  auto mutex = std::mutex{};
  auto attempts = std::map<std::uint64_t, std::uint32_t>{};
  auto done = std::latch{20};
  auto consumer = consume([&](const order& o, delivery& d) {
    if (o.id == 1 && d.attempt() == 1) {
      wait_until_stopped(d.stop_token());
      return;
    }
    auto held = std::lock_guard{mutex};
    attempts[o.id] = d.attempt();
    done.count_down();
  });
  done.wait();
  consumer.stop();
  BOOST_TEST(attempts.at(1) == 2u);
  attempts.erase(1);
  for (auto [id, attempt] : attempts)
    BOOST_TEST(attempt == 1u, "message " << id << ", attempt " << attempt);
  BOOST_TEST(host.figures("orders.dead").value().ready == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
