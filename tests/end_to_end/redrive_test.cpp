// Dead letters through the facade: browsed, filtered, redriven, in real time and
// on a real disk.

#include "ferry/broker.hpp"

#include "support/temporary_directory.hpp"
#include "support/watched.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>

namespace {

using namespace ferry;
using namespace std::chrono_literals;

struct redrive_fixture {
  /// Publishes `count` texts to `queue` and lets a consumer reject whatever it is
  /// given, until as many are dead.
  void let_die(const std::string& queue, int count, const std::string& why) {
    broker.declare(queue).value();
    auto producer = broker.producer<std::string>(queue).value();
    for (auto i = 0; i < count; ++i)
      (void)producer.publish(queue + " " + std::to_string(i)).wait().value();
    reject_all(queue, count, why);
  }

  void reject_all(const std::string& queue, int count, const std::string& why) {
    auto seen = ferry::testing::watched<int>{};
    auto reject = [&](const std::string&, delivery& item) {
      item.reject(why);
      seen.change([](int& calls) { ++calls; });
    };
    auto consumer = broker.consume<std::string>(queue, reject).value();
    BOOST_REQUIRE(seen.becomes([&](int calls) { return calls == count; }));
    consumer.stop();
  }

  /// All queues share one dead-letter queue.
  void declare_with_letters(const std::string& queue) {
    broker.declare(queue, {.dead_letter_queue = "letters"}).value();
  }

  std::uint64_t ready(const std::string& queue) {
    return broker.figures(queue).value().ready;
  }

  redrive_report redrive(const std::string& from, const redrive_options& options = {}) {
    return broker.redrive(from, options).value();
  }

  ferry::testing::temporary_directory folder;
  system_config config;
  caf::actor_system system{config};
  ferry::broker broker
    = ferry::broker::open(system, {.journal = (folder.path() / "broker.db").string()}).value();
};

/// Two origins with one dead-letter queue: three letters from each.
struct two_origins : redrive_fixture {
  two_origins() {
    for (const auto* queue : {"orders", "invoices"}) {
      declare_with_letters(queue);
      auto producer = broker.producer<std::string>(queue).value();
      for (auto i = 0; i < 3; ++i)
        (void)producer.publish(queue + std::string{" "} + std::to_string(i)).wait().value();
      reject_all(queue, 3, std::string{"no such "} + queue);
    }
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(redrive_end_to_end_suite)

BOOST_FIXTURE_TEST_CASE(letters_of_two_origins_each_go_home, two_origins) {
  BOOST_TEST((redrive("letters") == redrive_report{.moved = 6}));
  BOOST_TEST(ready("orders") == 3u);
  BOOST_TEST(ready("invoices") == 3u);
  BOOST_TEST(ready("letters") == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_filter_takes_its_letters_and_leaves_the_others, two_origins) {
  auto report = redrive("letters", {.origin = "orders"});
  BOOST_TEST((report == redrive_report{.moved = 3, .skipped = 3}));
  BOOST_TEST(ready("letters") == 3u);
  report = redrive("letters", {.to = "orders", .reason_contains = "such invoices"});
  BOOST_TEST((report == redrive_report{.moved = 3}));
  BOOST_TEST(ready("orders") == 6u);
}

BOOST_FIXTURE_TEST_CASE(a_dry_run_changes_nothing, two_origins) {
  auto before = broker.journal_figures().value();
  auto report = redrive("letters", {.mode = redrive_mode::dry_run});
  BOOST_TEST((report == redrive_report{.would_move = 6}));
  BOOST_TEST(ready("letters") == 6u);
  BOOST_TEST(broker.journal_figures().value().commits == before.commits);
}

BOOST_FIXTURE_TEST_CASE(letters_are_shown_with_payload_and_death, two_origins) {
  auto page = broker.browse("letters").value();
  BOOST_REQUIRE(page.items.size() == 6u);
  const auto& letter = page.items.front().message;
  BOOST_TEST(decode_as<std::string>(letter).value() == "orders 0");
  BOOST_TEST(death_of(letter)->reason == "no such orders");
  auto only = broker.browse("letters", {.sequences = {page.items.at(4).sequence},
                                        .payload = browse_payload::without});
  BOOST_REQUIRE(only->items.size() == 1u);
  BOOST_TEST(only->items.front().message.body.size() == 0u);
  BOOST_TEST(death_of(only->items.front().message)->queue == "invoices");
}

BOOST_FIXTURE_TEST_CASE(a_message_that_dies_after_every_redrive_stays_in_the_end,
                        redrive_fixture) {
  let_die("orders", 1, "it never works");
  for (auto life = 0; life < 2; ++life) {
    BOOST_TEST(redrive("orders.dead", {.max_redrives = 2}).moved == 1u);
    reject_all("orders", 1, "it never works");
  }
  auto report = redrive("orders.dead", {.max_redrives = 2});
  BOOST_TEST((report == redrive_report{.cycling = 1}));
  BOOST_TEST(ready("orders.dead") == 1u);
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_redriven_is_explained, redrive_fixture) {
  let_die("orders", 1, "bug");
  auto refused = [&](const std::string& from, const redrive_options& options) {
    return broker.redrive(from, options).why().text;
  };
  BOOST_TEST(refused("orders.dead", {.to = "orders.dead"}).find("into itself")
             != std::string::npos);
  BOOST_TEST(refused("orders.dead", {.to = "nowhere"}).find("no queue \"nowhere\"")
             != std::string::npos);
  BOOST_TEST(refused("nowhere", {}).find("no queue \"nowhere\"") != std::string::npos);
  BOOST_TEST(ready("orders.dead") == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
