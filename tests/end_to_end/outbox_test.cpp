#include "ferry/broker.hpp"

#include "support/child_process.hpp"
#include "support/printing.hpp"
#include "support/temporary_directory.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <thread>

using namespace ferry;
using namespace ferry::testing;
using namespace std::chrono_literals;

namespace {

/// One process publishes and is killed; this one opens the same files after it.
struct durable_outbox_fixture {
  broker open() {
    return broker::open(system, {.journal = journal}).value();
  }

  result<producer<std::string>> try_produce(broker& host, const std::string& queue = "work") {
    auto options = producer_config{};
    options.outbox = outbox;
    options.give_up_after = 1000h; // a timer so far away must not hold up the system's end
    return host.producer<std::string>(queue, options);
  }

  void fill_disk() {
    auto host = open();
    host.declare("work").value();
    host.close().value();
    change_journal("CREATE TRIGGER full_disk BEFORE INSERT ON message"
                   " BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END");
  }

  void clear_disk() {
    change_journal("DROP TRIGGER full_disk");
  }

  void change_journal(const std::string& statement) {
    SQLite::Database{journal, SQLite::OPEN_READWRITE}.exec(statement);
  }

  // Another process writes the file, so there is nothing to wait on but the file.
  bool outbox_comes_to_hold(int messages) {
    auto patience = std::chrono::steady_clock::now() + 30s;
    while (rows_in_outbox() != messages) {
      if (std::chrono::steady_clock::now() > patience)
        return false;
      std::this_thread::sleep_for(5ms);
    }
    return true;
  }

  int rows_in_outbox() {
    auto file = SQLite::Database{outbox, SQLite::OPEN_READONLY, 5000};
    return file.execAndGet("SELECT count(*) FROM message").getInt();
  }

  temporary_directory folder;
  std::string journal = folder.file("broker.db");
  std::string outbox = folder.file("outbox.db");
  system_config config;
  caf::actor_system system{config};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(durable_outbox_suite, durable_outbox_fixture)

BOOST_AUTO_TEST_CASE(what_a_killed_producer_could_not_store_is_stored_by_its_next_life) {
  fill_disk();
  {
    auto child = child_process{{OUTBOX_CHILD, journal, outbox}};
    BOOST_REQUIRE(child.read_line() == "published");
    BOOST_REQUIRE(outbox_comes_to_hold(3));
  } // SIGKILL
  clear_disk();
  auto host = open();
  BOOST_TEST(host.figures("work")->ready == 0u);
  auto producer = try_produce(host).value();
  auto next = producer.publish("d");
  BOOST_TEST(producer.wait_all(30s).ok());
  BOOST_TEST(next.wait().ok());
  BOOST_TEST(host.figures("work")->ready == 4u);
}

// The confirmed ones are erased a second later, which this producer does not live
// to see.
BOOST_AUTO_TEST_CASE(what_a_killed_producer_stored_and_still_kept_is_not_stored_again) {
  {
    auto child = child_process{{OUTBOX_CHILD, journal, outbox}};
    BOOST_REQUIRE(child.read_line() == "published");
    BOOST_REQUIRE(child.read_line() == "confirmed");
  } // SIGKILL
  auto kept = static_cast<std::uint64_t>(rows_in_outbox());
  BOOST_WARN_MESSAGE(kept > 0, "the machine was so slow that the erasure came first");
  auto host = open();
  auto producer = try_produce(host).value();
  BOOST_TEST(producer.wait_all(30s).ok());
  BOOST_TEST(host.figures("work")->ready == 3u);
  BOOST_TEST(host.figures("work")->duplicates == kept);
}

BOOST_AUTO_TEST_CASE(an_outbox_file_has_one_producer_at_a_time_and_can_be_opened_after_it) {
  auto host = open();
  host.declare("work").value();
  auto first = std::optional{try_produce(host).value()};
  auto second = try_produce(host);
  BOOST_REQUIRE(!second.ok());
  BOOST_TEST(second.why().code == errc::journal_in_use);
  (void)first->publish("a").wait().value();
  first.reset();
  host.close().value(); // waits for the producer that was dropped
  BOOST_TEST(rows_in_outbox() == 0);
  auto again = open();
  BOOST_TEST(try_produce(again).ok());
}

BOOST_AUTO_TEST_CASE(the_outbox_of_another_queue_and_the_brokers_own_journal_are_refused) {
  auto host = open();
  host.declare("work").value();
  host.declare("bills").value();
  try_produce(host).value();
  host.close().value();
  auto again = open();
  auto foreign = try_produce(again, "bills");
  BOOST_REQUIRE(!foreign.ok());
  BOOST_TEST(foreign.why().code == errc::journal_foreign);
  BOOST_TEST(foreign.why().text.find("holds \"outbox:work\"") != std::string::npos);
  outbox = journal;
  auto own = try_produce(again);
  BOOST_REQUIRE(!own.ok());
  BOOST_TEST(own.why().code == errc::journal_in_use);
}

BOOST_AUTO_TEST_SUITE_END()
