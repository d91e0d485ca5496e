#include "ferry/broker.hpp"

#include "support/temporary_directory.hpp"
#include "support/watched.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>

#include <filesystem>
#include <fstream>
#include <future>
#include <mutex>
#include <thread>

namespace {

using namespace ferry;
using namespace std::chrono_literals;

struct order {
  std::uint64_t id = 0;
  std::string item;
};
FERRY_DESCRIBE(order, id, item)

/// Waits for handlers on other threads, by number of calls.
class call_counter {
public:
  void call() {
    calls_.change([](auto& calls) { ++calls; });
  }

  [[nodiscard]] bool reaches(std::size_t goal) {
    return calls_.becomes([&](auto calls) { return calls >= goal; });
  }

private:
  ferry::testing::watched<std::size_t> calls_;
};

struct broker_fixture {
  result<broker> try_open() {
    return broker::open(system, {.journal = journal});
  }

  broker open() {
    return try_open().value();
  }

  static queue_config quick_retry() {
    auto config = queue_config{};
    config.max_deliveries = 2;
    config.retry = {retry_growth::immediate, 0ns, 0ns, 1.0, 0.0};
    return config;
  }

  ferry::testing::temporary_directory folder;
  std::string journal = (folder.path() / "broker.db").string();
  system_config config;
  caf::actor_system system{config};
};

errc code_of(const auto& outcome) {
  return outcome.ok() ? errc::none : outcome.why().code;
}

} // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(ferry::errc)
BOOST_TEST_DONT_PRINT_LOG_VALUE(ferry::durability_level)

BOOST_FIXTURE_TEST_SUITE(broker_suite, broker_fixture)

BOOST_AUTO_TEST_CASE(what_was_published_before_closing_is_delivered_after_opening) {
  {
    auto first = open();
    first.declare("orders").value();
    auto producer = first.producer<order>("orders").value();
    BOOST_TEST(producer.publish({1, "tea"}).wait().value() == durability_level::synced);
  }
  auto second = open();
  auto arrived = std::promise<order>{};
  auto consumer = second.consume<order>("orders", [&](const order& o) { arrived.set_value(o); });
  BOOST_REQUIRE(consumer.ok());
  auto order = arrived.get_future().get();
  BOOST_TEST(order.id == 1u);
  BOOST_TEST(order.item == "tea");
}

BOOST_AUTO_TEST_CASE(what_was_acknowledged_before_closing_is_not_delivered_again) {
  {
    auto first = open();
    first.declare("orders").value();
    (void)first.producer<order>("orders").value().publish({1, "tea"}).wait().value();
    auto calls = call_counter{};
    auto consumer = first.consume<order>("orders", [&](const order&) { calls.call(); }).value();
    BOOST_REQUIRE(calls.reaches(1));
    consumer.stop();
  }
  auto second = open();
  BOOST_TEST(second.figures("orders")->waiting() == 0u);
}

BOOST_AUTO_TEST_CASE(a_file_is_small_again_after_its_backlog_was_drained) {
  auto broker = open();
  broker.declare("orders").value();
  constexpr auto messages = std::size_t{800};
  auto producer = broker.producer<order>("orders").value();
  for (auto id = std::uint64_t{1}; id < messages; ++id)
    (void)producer.publish({id, std::string(100'000, 'x')});
  (void)producer.publish({messages, std::string(100'000, 'x')}).wait().value();
  auto calls = call_counter{};
  auto consumer = broker.consume<order>("orders", [&](const order&) { calls.call(); }).value();
  BOOST_REQUIRE(calls.reaches(messages));
  auto deadline = std::chrono::steady_clock::now() + 30s;
  auto is_small = [&] { return std::filesystem::file_size(journal) < 10'000'000; };
  while (!is_small() && std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield(); // nothing tells how long a file is
  BOOST_TEST(is_small());
}

BOOST_AUTO_TEST_CASE(every_queue_has_its_dead_letter_queue_from_the_start) {
  auto broker = open();
  broker.declare("orders").value();
  BOOST_TEST((broker.queues().value() == std::vector<std::string>{"orders", "orders.dead"}));
}

BOOST_AUTO_TEST_CASE(an_exhausted_message_is_found_in_the_dead_letter_queue_after_a_restart) {
  {
    auto first = open();
    first.declare("orders", quick_retry()).value();
    auto calls = call_counter{};
    auto consumer = first.consume<order>("orders", [&](const order&) {
      calls.call();
      throw std::runtime_error("no such customer");
    });
    (void)first.producer<order>("orders").value().publish({1, "tea"}).wait().value();
    BOOST_REQUIRE(calls.reaches(2));
    first.close().value();
  }
  auto second = open();
  auto reason = std::promise<std::string>{};
  auto consumer = second.consume<order>("orders.dead", [&](const order&, delivery& d) {
    reason.set_value(std::string{d.header("ferry-death-reason")});
  });
  BOOST_TEST(reason.get_future().get() == "no such customer");
  BOOST_TEST(second.figures("orders")->waiting() == 0u);
}

BOOST_AUTO_TEST_CASE(what_a_producer_published_is_sent_after_the_producer_is_gone) {
  auto broker = open();
  broker.declare("orders").value();
  auto last = [&] {
    auto producer = broker.producer<order>("orders").value();
    for (auto id = std::uint64_t{0}; id < 100; ++id)
      (void)producer.publish({id, "tea"});
    return producer.publish({100, "tea"});
  }();
  BOOST_TEST(last.wait().ok());
  BOOST_TEST(broker.figures("orders")->ready == 101u);
}

BOOST_AUTO_TEST_CASE(producers_that_were_dropped_do_not_hold_up_the_close) {
  auto broker = open();
  broker.declare("orders").value();
  for (auto i = 0; i < 100; ++i)
    (void)broker.producer<order>("orders").value();
  BOOST_TEST(broker.close().ok());
}

BOOST_AUTO_TEST_CASE(a_group_shares_the_work_and_every_message_is_handled_once) {
  auto broker = open();
  broker.declare("orders").value();
  auto producer = broker.producer<order>("orders").value();
  auto seen = std::vector<int>(1000);
  auto mutex = std::mutex{};
  auto calls = call_counter{};
  auto options = consumer_config{};
  options.concurrency = 4;
  auto consumer = broker.consume<order>("orders", [&](const order& o) {
    auto held = std::lock_guard{mutex};
    ++seen.at(o.id);
    calls.call();
  }, options).value();
  for (auto id = std::uint64_t{0}; id < seen.size(); ++id)
    (void)producer.publish({id, "tea"});
  BOOST_REQUIRE(calls.reaches(seen.size()));
  consumer.stop();
  BOOST_TEST(std::ranges::count(seen, 1) == 1000);
}

// Once, messages that waited behind a slow handler expired and were dead-lettered
// although the handler never failed.
BOOST_AUTO_TEST_CASE(messages_that_wait_behind_a_slow_handler_keep_their_leases) {
  auto broker = open();
  auto options = queue_config{};
  options.lease = 1s;
  options.max_deliveries = 2;
  broker.declare("orders", options).value();
  auto producer = broker.producer<order>("orders").value();
  for (auto id = std::uint64_t{0}; id < 60; ++id)
    (void)producer.publish({id, "tea"});
  auto calls = call_counter{};
  auto pause = std::promise<void>{};
  auto consumer = broker.consume<order>("orders", [&](const order&) {
    (void)pause.get_future().wait_for(30ms); // as long as real work might take
    pause = {};
    calls.call();
  }).value();
  BOOST_REQUIRE(calls.reaches(60));
  consumer.stop();
  BOOST_TEST(broker.figures("orders")->acknowledged == 60u);
}

// Once, the dropped producer's stop took the place of the broker's own.
BOOST_AUTO_TEST_CASE(a_publisher_that_ends_while_the_broker_closes_does_not_hold_it_up) {
  auto quick = broker::open(system, {.journal = journal, .close_limit = 10s}).value();
  quick.declare("orders").value();
  auto publisher = std::async(std::launch::async, [&] {
    auto producer = quick.producer<order>("orders").value();
    while (!producer.publish({1, "tea"}).poll())
      ;
  });
  publisher.wait_for(50ms);
  BOOST_TEST(quick.close().ok());
}

// -- bad input --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(declaring_again_with_other_options_is_refused_and_names_the_difference) {
  auto broker = open();
  broker.declare("orders").value();
  auto other = queue_config{};
  other.max_deliveries = 3;
  auto outcome = broker.declare("orders", other);
  BOOST_TEST(code_of(outcome) == errc::redeclared_differently);
  BOOST_TEST(outcome.why().text.find("max_deliveries is 10, asked for 3") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(declaring_again_with_equal_options_is_no_error_even_after_a_restart) {
  {
    auto first = open();
    first.declare("orders", quick_retry()).value();
    BOOST_TEST(first.declare("orders", quick_retry()).ok());
  }
  auto second = open();
  BOOST_TEST(second.declare("orders", quick_retry()).ok());
}

BOOST_AUTO_TEST_CASE(a_bad_name_and_bad_options_are_refused) {
  auto broker = open();
  auto bad = queue_config{};
  bad.lease = 0ns;
  BOOST_TEST(code_of(broker.declare("no spaces")) == errc::invalid_argument);
  BOOST_TEST(code_of(broker.declare("orders", bad)) == errc::invalid_argument);
  BOOST_TEST(broker.queues().value().empty());
}

BOOST_AUTO_TEST_CASE(using_a_queue_that_was_not_declared_is_refused) {
  auto broker = open();
  BOOST_TEST(code_of(broker.producer<order>("orders")) == errc::no_such_queue);
  BOOST_TEST(code_of(broker.consume<order>("orders", [](const order&) {})) == errc::no_such_queue);
  BOOST_TEST(code_of(broker.figures("orders")) == errc::no_such_queue);
}

BOOST_AUTO_TEST_CASE(a_payload_over_the_limit_is_refused_and_its_neighbours_are_stored) {
  auto broker = open();
  auto small = queue_config{};
  small.max_payload_bytes = 100;
  broker.declare("orders", small).value();
  auto producer = broker.producer<order>("orders").value();
  auto before = producer.publish({1, "tea"});
  auto large = producer.publish({2, std::string(200, 'x')});
  auto after = producer.publish({3, "tea"});
  BOOST_TEST(code_of(large.wait()) == errc::too_large);
  BOOST_TEST(before.wait().ok());
  BOOST_TEST(after.wait().ok());
}

BOOST_AUTO_TEST_CASE(a_second_broker_on_the_same_file_is_refused) {
  auto first = open();
  BOOST_TEST(code_of(try_open()) == errc::journal_in_use);
}

BOOST_AUTO_TEST_CASE(the_file_can_be_opened_again_once_it_was_closed) {
  auto first = open();
  first.close().value();
  BOOST_TEST(code_of(try_open()) == errc::none);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_journal_is_refused) {
  std::ofstream{journal} << "this is a letter to my grandmother, and no database at all";
  BOOST_TEST(!try_open().ok());
}

BOOST_AUTO_TEST_CASE(a_broker_without_a_journal_refuses_queues_on_disk) {
  auto volatile_broker = broker::open(system, {}).value();
  auto outcome = volatile_broker.declare("orders");
  BOOST_TEST(code_of(outcome) == errc::invalid_argument);
  BOOST_TEST(outcome.why().text.find("durability::memory") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_memory_queue_confirms_at_level_memory_and_delivers) {
  auto volatile_broker = broker::open(system, {}).value();
  auto memory = queue_config{};
  memory.durability = durability::memory;
  volatile_broker.declare("orders", memory).value();
  auto calls = call_counter{};
  auto consumer = volatile_broker.consume<order>("orders", [&](const order&) { calls.call(); });
  auto producer = volatile_broker.producer<order>("orders").value();
  BOOST_TEST(producer.publish({1, "tea"}).wait().value() == durability_level::memory);
  BOOST_TEST(calls.reaches(1));
}

BOOST_AUTO_TEST_CASE(the_figures_of_a_broker_tell_what_was_published_acked_and_committed) {
  auto broker = open();
  broker.declare("orders").value();
  (void)broker.producer<order>("orders").value().publish({1, "tea"}).wait().value();
  auto calls = call_counter{};
  auto consumer = broker.consume<order>("orders", [&](const order&) { calls.call(); }).value();
  BOOST_REQUIRE(calls.reaches(1));
  consumer.stop(); // the ack has arrived afterwards
  auto figures = broker.figures().value();
  BOOST_REQUIRE(figures.queues.size() == 2u);
  BOOST_TEST(figures.queues[0].name == "orders");
  BOOST_TEST(figures.queues[1].name == "orders.dead");
  BOOST_TEST(figures.total().published == 1u);
  BOOST_TEST(figures.total().acknowledged == 1u);
  BOOST_TEST(figures.journal.stored == 1u);
  BOOST_TEST(figures.commit_time.count() == figures.journal.commits);

  auto text = broker.prometheus().value();
  for (const auto* line : {"\nferry_queue_published_total{queue=\"orders\"} 1\n",
                           "\nferry_queue_acknowledged_total{queue=\"orders\"} 1\n",
                           "\nferry_queue_acknowledged_total{queue=\"orders.dead\"} 0\n",
                           "\nferry_journal_stored_total 1\n"})
    BOOST_TEST(text.find(line) != std::string::npos, "not in the text:" << line);
}

BOOST_AUTO_TEST_CASE(queues_share_the_ram_of_their_broker) {
  auto broker = broker::open(system, {.journal = journal, .resident_bytes = 256 << 10}).value();
  for (const auto* name : {"orders", "bills"}) {
    broker.declare(name).value();
    auto producer = broker.producer<order>(name).value();
    for (auto id = std::uint64_t{1}; id <= 2000; ++id)
      (void)producer.publish({id, "tea"});
    producer.wait_all().value();
  }
  auto total = broker.figures().value().total();
  BOOST_TEST(total.ready == 4000u);
  BOOST_TEST(total.resident_bytes <= (256u << 10) + (64u << 10));
  auto calls = call_counter{};
  auto last = std::uint64_t{0};
  auto in_order = true;
  auto consumer = broker.consume<order>("bills", [&](const order& item) {
    in_order = in_order && item.id == ++last;
    calls.call();
  }).value();
  BOOST_TEST(calls.reaches(2000));
  consumer.stop();
  BOOST_TEST(in_order);
}

BOOST_AUTO_TEST_CASE(a_broker_wants_ram_for_one_queue_at_least) {
  auto enough = broker_config{.journal = journal, .resident_bytes = 64 << 10};
  BOOST_TEST(broker::open(system, enough).ok());
  auto too_little = broker_config{.journal = journal, .resident_bytes = (64 << 10) - 1};
  auto refused = broker::open(system, too_little);
  BOOST_REQUIRE(!refused.ok());
  BOOST_TEST((refused.why().code == errc::invalid_argument));
  BOOST_TEST(refused.why().text.find("resident_bytes is 65535") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_full_memory_queue_holds_its_producer_until_its_consumer_has_made_room) {
  auto broker = broker::open(system, {}).value();
  auto options = queue_config{};
  options.durability = durability::memory;
  options.resident_bytes = 64 << 10;
  broker.declare("orders", options).value();
  auto producer = broker.producer<order>("orders").value();
  for (auto id = std::uint64_t{1}; id <= 20'000; ++id)
    (void)producer.publish({id, "tea"});
  while (producer.window().held.code == errc::none)
    std::this_thread::yield();
  BOOST_TEST((producer.window().held.code == errc::queue_full));
  BOOST_TEST(producer.window().messages > 0u);
  auto calls = call_counter{};
  auto consumer = broker.consume<order>("orders", [&](const order&) { calls.call(); }).value();
  BOOST_TEST(producer.wait_all(30s).ok());
  BOOST_TEST(calls.reaches(20'000));
  BOOST_TEST((producer.window().held.code == errc::none));
}

BOOST_AUTO_TEST_CASE(a_closed_broker_has_no_figures) {
  auto broker = open();
  broker.close().value();
  BOOST_TEST(code_of(broker.figures()) == errc::closed);
  BOOST_TEST(code_of(broker.prometheus()) == errc::closed);
}

BOOST_AUTO_TEST_CASE(after_closing_publishing_is_refused_and_nothing_hangs) {
  auto broker = open();
  broker.declare("orders").value();
  auto producer = broker.producer<order>("orders").value();
  broker.close().value();
  BOOST_TEST(code_of(producer.publish({1, "tea"}).wait()) == errc::closed);
  BOOST_TEST(code_of(broker.declare("others")) == errc::closed);
  BOOST_TEST(broker.close().ok());
}

BOOST_AUTO_TEST_CASE(a_full_disk_refuses_what_waits_and_loses_nothing_that_was_confirmed) {
  {
    auto full = open();
    full.declare("orders").value();
    (void)full.producer<order>("orders").value().publish({1, "tea"}).wait().value();
  }
  {
    auto limited = SQLite::Database{journal, SQLite::OPEN_READWRITE};
    // every further page is one too many, as on a full disk
    limited.exec("CREATE TRIGGER full_disk BEFORE INSERT ON message WHEN new.published_at > 0"
                 " BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END");
  }
  {
    auto broker = open();
    auto options = producer_config{};
    options.give_up_after = 500ms; // else it would be sent until the broker is closed
    auto producer = broker.producer<order>("orders", options).value();
    auto outcome = producer.publish({2, "tea"}).wait();
    BOOST_TEST(code_of(outcome) == errc::timed_out);
    BOOST_TEST(outcome.why().text.find("full") != std::string::npos);
  }
  SQLite::Database{journal, SQLite::OPEN_READWRITE}.exec("DROP TRIGGER full_disk");
  auto again = open();
  BOOST_TEST(again.figures("orders")->ready == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
