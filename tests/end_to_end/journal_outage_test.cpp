// A journal whose disk fails under a running program, and comes back: nobody
// opens the broker again by hand.

#include "ferry/broker.hpp"

#include "support/full_disk.hpp"
#include "support/temporary_directory.hpp"
#include "support/watched.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>

#include <future>
#include <map>
#include <vector>

namespace {

using namespace ferry;
using namespace std::chrono_literals;
using ferry::testing::full_disk;

struct numbered {
  std::uint64_t number = 0;
};
FERRY_DESCRIBE(numbered, number)

/// What threads of the broker told, for the test's thread to wait for.
class notice_board {
public:
  void report(const std::string& text) {
    told_.change([&](notices& told) { told.reports.push_back(text); });
  }

  void handle(std::uint64_t number) {
    told_.change([&](notices& told) { ++told.handled[number]; });
  }

  [[nodiscard]] bool has_reported(const std::string& part, std::size_t times = 1) {
    return told_.becomes([&](const notices& told) {
      auto found = std::size_t{0};
      for (const auto& text : told.reports)
        found += text.find(part) != std::string::npos ? 1 : 0;
      return found >= times;
    });
  }

  [[nodiscard]] bool has_handled(std::uint64_t number, int times = 1) {
    return told_.becomes([&](const notices& told) {
      auto found = told.handled.find(number);
      return found != told.handled.end() && found->second >= times;
    });
  }

  [[nodiscard]] std::map<std::uint64_t, int> handled() const {
    return told_.now().handled;
  }

  [[nodiscard]] std::vector<std::string> reports() const {
    return told_.now().reports;
  }

private:
  struct notices {
    std::vector<std::string> reports;
    std::map<std::uint64_t, int> handled;
  };

  ferry::testing::watched<notices> told_;
};

struct journal_outage_fixture {
  ferry::broker open() {
    auto options = broker_config{};
    options.journal = journal;
    options.report = [this](const std::string& text) { board.report(text); };
    return broker::open(system, std::move(options)).value();
  }

  // A producer of its own, because one that was refused may have ended.
  static bool publish(ferry::broker& broker, std::uint64_t number, duration limit = 1s) {
    auto producer = broker.producer<numbered>("numbers").value();
    return producer.publish({number}).wait(limit).ok();
  }

  ferry::consumer consume(ferry::broker& broker) {
    return broker
      .consume<numbered>("numbers", [this](const numbered& n) { board.handle(n.number); })
      .value();
  }

  // From another connection, as another program would.
  void change_file(const std::string& sql) const {
    auto file = SQLite::Database{journal, SQLite::OPEN_READWRITE, 30'000};
    file.exec(sql);
  }

  static void settle_everything(ferry::broker& broker) {
    auto deadline = std::chrono::steady_clock::now() + 60s;
    while (broker.figures("numbers")->waiting() > 0)
      BOOST_REQUIRE(std::chrono::steady_clock::now() < deadline);
  }

  // An ack may be put off for a moment, and would fail with the commit that it goes with.
  static void wait_for_acks_on_disk(ferry::broker& broker, std::uint64_t count) {
    auto deadline = std::chrono::steady_clock::now() + 60s;
    while (broker.figures("numbers")->publish_to_ack.count() < count)
      BOOST_REQUIRE(std::chrono::steady_clock::now() < deadline);
  }

  ferry::testing::temporary_directory folder;
  std::string journal = (folder.path() / "outage.db").string();
  notice_board board;
  system_config config;
  caf::actor_system system{config};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(journal_outage_suite, journal_outage_fixture)

// The file can be opened and read, but no message fits: the journal fails again
// each time that somebody publishes.
BOOST_AUTO_TEST_CASE(a_disk_without_room_for_messages_is_survived_and_nothing_confirmed_is_lost) {
  auto broker = open();
  broker.declare("numbers").value();
  auto consumer = consume(broker);
  for (auto number = std::uint64_t{1}; number <= 50; ++number)
    BOOST_REQUIRE(publish(broker, number, 30s));
  wait_for_acks_on_disk(broker, 50);

  change_file("CREATE TRIGGER full_disk BEFORE INSERT ON message"
              " BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END");
  BOOST_TEST(!publish(broker, 1001));
  BOOST_REQUIRE(board.has_reported("the journal is open again"));
  BOOST_TEST(!publish(broker, 1002));
  BOOST_REQUIRE(board.has_reported("the journal is open again", 2));
  change_file("DROP TRIGGER full_disk");

  auto confirmed = std::uint64_t{0};
  for (auto number = std::uint64_t{51}; number < 1000 && confirmed < 50; ++number)
    if (publish(broker, number, 30s)) {
      ++confirmed;
      BOOST_TEST(board.has_handled(number));
    }
  BOOST_TEST(confirmed == 50u);
  settle_everything(broker);
  for (const auto& [number, times] : board.handled())
    BOOST_TEST(times == 1, "number " << number << " was handled " << times << " times");
  for (const auto& text : board.reports())
    BOOST_TEST(text.find("was lost") == std::string::npos, text);
  BOOST_TEST(broker.close().ok());
}

// Neither a commit nor opening the file can succeed meanwhile.
BOOST_AUTO_TEST_CASE(a_disk_that_takes_no_byte_is_survived_as_well) {
  auto broker = open();
  broker.declare("numbers").value();
  auto begun = std::promise<void>{};
  auto is_full = std::promise<void>{};
  auto first = std::once_flag{};
  auto consumer = broker.consume<numbered>("numbers", [&](const numbered& n) {
    std::call_once(first, [&] {
      begun.set_value();
      is_full.get_future().wait();
    });
    board.handle(n.number);
  }).value();
  BOOST_REQUIRE(publish(broker, 1, 30s));
  begun.get_future().wait();
  {
    auto disk = full_disk{};
    is_full.set_value();
    BOOST_TEST(board.has_handled(1)); // its ack is refused
    BOOST_TEST(board.has_reported("it is opened again in", 3));
    BOOST_TEST(!board.reports().empty());
    BOOST_TEST(!publish(broker, 1001));
  }
  BOOST_REQUIRE(board.has_reported("the journal is open again"));
  BOOST_TEST(board.has_handled(1, 2)); // what was not settled comes again
  settle_everything(broker);
  BOOST_TEST(publish(broker, 2, 30s));
  BOOST_TEST(board.has_handled(2));
  BOOST_TEST(broker.close().ok());
}

BOOST_AUTO_TEST_CASE(closing_during_the_outage_ends_and_says_what_may_be_missing) {
  auto broker = open();
  broker.declare("numbers").value();
  auto begun = std::promise<void>{};
  auto is_full = std::promise<void>{};
  auto consumer = broker.consume<numbered>("numbers", [&](const numbered&) {
    begun.set_value();
    is_full.get_future().wait();
  }).value();
  BOOST_REQUIRE(publish(broker, 1, 30s));
  begun.get_future().wait();
  {
    auto disk = full_disk{};
    is_full.set_value();
    BOOST_REQUIRE(board.has_reported("it is opened again in"));
    auto outcome = broker.close();
    BOOST_REQUIRE(!outcome.ok());
    BOOST_TEST((outcome.why().code == errc::journal_failed));
    BOOST_TEST(outcome.why().text.find("delivered again") != std::string::npos);
  }
  auto again = open();
  BOOST_TEST(again.figures("numbers")->ready == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
