// Memory queues that spill, in a real file: beyond their RAM, across restarts and kills.

#include "ferry/broker.hpp"

#include "support/child_process.hpp"
#include "support/temporary_directory.hpp"
#include "support/watched.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace {

using namespace ferry;
using namespace std::chrono_literals;

struct numbered {
  std::uint64_t number = 0;
};
FERRY_DESCRIBE(numbered, number)

/// Checks on another thread that numbers arrive in order, each once.
class roll {
public:
  void call(std::uint64_t number) {
    seen_.change([&](numbers& seen) {
      seen.are_in_order = seen.are_in_order && number == seen.last + 1;
      seen.last = number;
    });
  }

  [[nodiscard]] bool reaches(std::uint64_t number) {
    return seen_.becomes([&](const numbers& seen) { return seen.last >= number; })
           && seen_.now().are_in_order;
  }

private:
  struct numbers {
    std::uint64_t last = 0;
    bool are_in_order = true;
  };

  ferry::testing::watched<numbers> seen_;
};

struct spill_fixture {
  ferry::broker open() {
    return broker::open(system, {.journal = journal}).value();
  }

  static queue_config spilling() {
    return {.durability = durability::memory,
            .resident_bytes = 64 << 10,
            .over_budget = over_budget::spill};
  }

  static void publish(ferry::broker& broker, std::uint64_t count) {
    auto producer = broker.producer<numbered>("numbers").value();
    for (auto number = std::uint64_t{1}; number <= count; ++number)
      (void)producer.publish({number});
    producer.wait_all().value();
  }

  std::int64_t rows() const {
    auto file = SQLite::Database{journal, SQLite::OPEN_READONLY, 30'000};
    return file.execAndGet("SELECT count(*) FROM message").getInt64();
  }

  // They are erased beside everything else.
  bool rows_go_away() const {
    auto deadline = std::chrono::steady_clock::now() + 60s;
    while (rows() > 0)
      if (std::chrono::steady_clock::now() > deadline)
        return false;
    return true;
  }

  ferry::testing::temporary_directory folder;
  std::string journal = (folder.path() / "spill.db").string();
  system_config config;
  caf::actor_system system{config};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(spill_suite, spill_fixture)

BOOST_AUTO_TEST_CASE(a_queue_that_spills_takes_more_than_its_ram_and_delivers_it_in_order) {
  auto broker = open();
  broker.declare("numbers", spilling()).value();
  publish(broker, 30'000);
  auto full = broker.figures("numbers").value();
  BOOST_TEST(full.ready == 30'000u);
  BOOST_TEST(full.spilled > 20'000u);
  BOOST_TEST(full.resident_bytes < 1u << 20); // what came together stays together
  BOOST_TEST(rows() == static_cast<std::int64_t>(full.spilled));
  auto seen = roll{};
  auto consumer = broker
                    .consume<numbered>("numbers", [&](const numbered& n) { seen.call(n.number); })
                    .value();
  BOOST_TEST(seen.reaches(30'000));
  consumer.stop();
  auto empty = broker.figures("numbers").value();
  BOOST_TEST(empty.acknowledged == 30'000u);
  BOOST_TEST(empty.waiting() == 0u);
  BOOST_TEST(empty.disk_bytes == 0u);
  BOOST_TEST(rows_go_away());
}

BOOST_AUTO_TEST_CASE(a_receipt_of_what_was_spilled_says_memory) {
  auto broker = open();
  broker.declare("numbers", spilling()).value();
  publish(broker, 10'000);
  auto producer = broker.producer<numbered>("numbers").value();
  BOOST_TEST((producer.publish({10'001}).wait().value() == durability_level::memory));
  BOOST_TEST(broker.figures("numbers")->spilled > 0u);
}

BOOST_AUTO_TEST_CASE(browsing_shows_what_is_spilled) {
  auto broker = open();
  broker.declare("numbers", spilling()).value();
  publish(broker, 10'000);
  auto page = broker.browse("numbers", {.after = sequence_number{9'990}}).value();
  BOOST_REQUIRE(page.items.size() == 10u);
  BOOST_TEST(decode_as<numbered>(page.items.back().message)->number == 10'000u);
}

BOOST_AUTO_TEST_CASE(after_a_restart_nothing_of_it_is_left) {
  {
    auto broker = open();
    broker.declare("numbers", spilling()).value();
    publish(broker, 10'000);
    broker.close().value();
  }
  BOOST_TEST(rows() > 0);
  auto broker = open();
  BOOST_TEST(broker.queues().value().empty());
  broker.declare("numbers", spilling()).value();
  BOOST_TEST(broker.figures("numbers")->waiting() == 0u);
  publish(broker, 10'000);
  auto seen = roll{};
  auto consumer = broker
                    .consume<numbered>("numbers", [&](const numbered& n) { seen.call(n.number); })
                    .value();
  BOOST_TEST(seen.reaches(10'000));
  BOOST_TEST(rows_go_away());
}

BOOST_AUTO_TEST_CASE(after_a_restart_it_can_be_declared_otherwise) {
  {
    auto broker = open();
    broker.declare("numbers", spilling()).value();
    publish(broker, 5'000);
    BOOST_TEST((broker.declare("numbers").why().code == errc::redeclared_differently));
  }
  auto broker = open();
  broker.declare("numbers").value();
  auto producer = broker.producer<numbered>("numbers").value();
  BOOST_TEST((producer.publish({1}).wait().value() == durability_level::synced));
  BOOST_TEST(broker.figures("numbers")->ready == 1u);
}

BOOST_AUTO_TEST_CASE(after_a_kill_nothing_of_it_is_left) {
  auto child = ferry::testing::child_process{{SPILL_CHILD, journal}};
  BOOST_REQUIRE(child.read_line() == "spilled");
  child.kill();
  (void)child.wait();
  BOOST_TEST(rows() > 0);
  auto broker = open();
  broker.declare("work", spilling()).value();
  BOOST_TEST(broker.figures("work")->waiting() == 0u);
  BOOST_TEST(rows_go_away());
}

BOOST_AUTO_TEST_CASE(a_broker_without_a_journal_refuses_a_queue_that_spills) {
  auto broker = broker::open(system, {}).value();
  auto outcome = broker.declare("numbers", spilling());
  BOOST_REQUIRE(!outcome.ok());
  BOOST_TEST((outcome.why().code == errc::invalid_argument));
  BOOST_TEST(outcome.why().text
             == "queue \"numbers\" is to spill to the journal, but this broker has none; open it"
                " with one, or declare over_budget::block or over_budget::refuse");
}

BOOST_AUTO_TEST_SUITE_END()
