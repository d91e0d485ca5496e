#include "support/node_observer.hpp"
#include "support/random_run.hpp"
#include "support/temporary_directory.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace ferry::testing;
using namespace std::chrono_literals;

namespace {

constexpr auto held_by_a_consumer = 4 * 16; // handlers, and the prefetch of each
constexpr auto most_in_the_queue = 2000;
constexpr auto numbers_of_a_life = std::uint64_t{1'000'000'000};

/// What becomes of a node in one round.
enum class blow : std::uint8_t { kill, short_stop, long_stop };

/// One broker, one producer and two consumers, each a process; and what the broker's
/// file has seen, told by SQLite's own triggers and not by ferry.
struct node_crash_fixture {
  node_crash_fixture() {
    BOOST_TEST_MESSAGE("FERRY_SEED=" << seed);
  }

  void start_all() {
    start_broker();
    nodes.kill("broker");
    install_audit();
    for (const auto& name : names)
      start(name);
  }

  void start_broker() {
    auto arguments = std::vector<std::string>{"broker", std::to_string(port), journal};
    port = nodes.start("broker", with_inbox(arguments));
  }

  void start(const std::string& name) {
    if (name == "broker")
      return start_broker();
    auto address = "127.0.0.1:" + std::to_string(port);
    if (name != "producer") {
      nodes.start(name, with_inbox({"consumer", address}));
      return;
    }
    auto arguments = std::vector<std::string>{"producer", address, std::to_string(next_first())};
    nodes.start(name, with_inbox(with_outbox(arguments)));
  }

  // With ids the next life publishes again what the last one was not promised;
  // without, no two lives publish the same number.
  std::uint64_t next_first() {
    if (has_inbox)
      return nodes.confirmed.empty() ? 1 : *nodes.confirmed.rbegin() + 1;
    return first += numbers_of_a_life;
  }

  [[nodiscard]] std::vector<std::string> with_inbox(std::vector<std::string> arguments) const {
    if (has_inbox)
      arguments.emplace_back("--inbox");
    return arguments;
  }

  [[nodiscard]] std::vector<std::string> with_outbox(std::vector<std::string> arguments) const {
    if (!outbox.empty())
      arguments.insert(arguments.end(), {"--outbox", outbox});
    return arguments;
  }

  void strike_at_random() {
    auto moment = std::uniform_int_distribution{0, 200};
    auto which = std::uniform_int_distribution<std::size_t>{0, names.size() - 1};
    auto what = std::discrete_distribution<int>{4, 1, 1};
    for (auto round = 0; round < rounds_of_this_run(48); ++round) {
      nodes.listen_for(std::chrono::milliseconds{moment(random)});
      strike(names[which(random)], blow{static_cast<std::uint8_t>(what(random))});
    }
  }

  void strike(const std::string& name, blow how) {
    if (how == blow::kill) {
      nodes.kill(name);
      brokers_killed += name == "broker" ? 1 : 0;
      consumers_lost += name == "alice" || name == "bob" ? 1 : 0;
      return start(name);
    }
    nodes.send(name, SIGSTOP);
    nodes.listen_for(how == blow::short_stop ? 300ms : 1500ms);
    nodes.send(name, SIGCONT);
  }

  /// Ends the producer and waits for what was promised.
  void finish() {
    nodes.kill("producer");
    if (!outbox.empty()) {
      auto address = "127.0.0.1:" + std::to_string(port);
      nodes.start("producer",
                  with_outbox({"producer", address, std::to_string(next_first()), "--count", "0"}));
      nodes.listen_until("the outbox is empty", [&] { return nodes.done.contains("producer"); });
    }
    nodes.listen_until("all that was confirmed is handled", [&] {
      return std::ranges::all_of(nodes.confirmed,
                                 [&](auto number) { return nodes.handled.contains(number); });
    });
    nodes.kill("alice");
    nodes.kill("bob");
    nodes.kill("broker");
  }

  // -- the audit --------------------------------------------------------------

  void install_audit() const {
    auto file = SQLite::Database{journal, SQLite::OPEN_READWRITE};
    file.exec("CREATE TABLE audit_stored(key INTEGER, number INTEGER);"
              "CREATE TABLE audit_erased(key INTEGER);"
              "CREATE TRIGGER audit_insert AFTER INSERT ON message BEGIN"
              "  INSERT INTO audit_stored VALUES(new.key, CAST(CAST(new.payload AS TEXT) AS"
              "    INTEGER)); END;"
              "CREATE TRIGGER audit_delete AFTER DELETE ON message BEGIN"
              "  INSERT INTO audit_erased VALUES(old.key); END;");
  }

  [[nodiscard]] std::vector<std::uint64_t> numbers(const std::string& query) const {
    auto file = SQLite::Database{journal, SQLite::OPEN_READWRITE};
    auto found = std::vector<std::uint64_t>{};
    auto rows = SQLite::Statement{file, query};
    while (rows.executeStep())
      found.push_back(static_cast<std::uint64_t>(rows.getColumn(0).getInt64()));
    return found;
  }

  // -- invariants -------------------------------------------------------------

  void nothing_confirmed_is_lost() const {
    auto stored = numbers("SELECT number FROM audit_stored");
    auto known = std::set<std::uint64_t>{stored.begin(), stored.end()};
    for (auto number : nodes.confirmed)
      if (!known.contains(number) || !nodes.handled.contains(number))
        BOOST_ERROR("message " << number << " was confirmed and is lost");
    BOOST_TEST(nodes.refused.empty());
    BOOST_TEST(!nodes.confirmed.empty());
  }

  void nothing_is_stored_twice() const {
    for (auto number : numbers("SELECT number FROM audit_stored GROUP BY number"
                               " HAVING count(*) > 1"))
      BOOST_ERROR("message " << number << " was stored twice");
  }

  // Each life of the producer numbers without a gap; what the queue has of it is a
  // beginning of that.
  void nothing_is_missing_between() const {
    auto before = std::uint64_t{0};
    for (auto number : numbers("SELECT DISTINCT number FROM audit_stored ORDER BY number")) {
      auto begins_a_life = number % numbers_of_a_life == 0 || number == 1;
      if (number != before + 1 && !begins_a_life)
        BOOST_ERROR("message " << before + 1 << " is missing, and the next one is there");
      before = number;
    }
  }

  void what_is_erased_was_handled() const {
    for (auto number : numbers("SELECT number FROM audit_stored WHERE key IN"
                               " (SELECT key FROM audit_erased)"))
      if (!nodes.handled.contains(number))
        BOOST_ERROR("message " << number << " was erased and never handled");
  }

  // A consumer that is lost, or whose link is, leaves at most its prefetch unsettled. A
  // killed broker forgets the acks that were not on disk as well: of messages that had
  // not ended for its queue's limit.
  void only_unsettled_deliveries_are_repeated() const {
    auto repeated = 0;
    for (const auto& [number, times] : nodes.handled)
      repeated += times - 1;
    auto lost = consumers_lost;
    for (const auto& [name, times] : nodes.links_lost)
      lost += name == "producer" ? 0 : times;
    BOOST_TEST_MESSAGE(nodes.confirmed.size()
                       << " confirmed, " << nodes.handled.size() << " handled, " << repeated
                       << " of them again; " << lost << " times a consumer or its link was lost");
    BOOST_TEST(repeated <= lost * held_by_a_consumer + brokers_killed * most_in_the_queue);
  }

  void nothing_is_settled_twice() const {
    for (const auto& [number, times] : nodes.settled)
      if (times > 1)
        BOOST_ERROR("message " << number << " was settled " << times << " times");
    BOOST_TEST(!nodes.settled.empty());
  }

  void all_promises_are_kept() const {
    nothing_confirmed_is_lost();
    nothing_is_stored_twice();
    nothing_is_missing_between();
    what_is_erased_was_handled();
    only_unsettled_deliveries_are_repeated();
  }

  unsigned seed = seed_of_this_run();
  std::mt19937 random{seed};
  temporary_directory folder;
  std::string journal = folder.file("broker.db");
  std::string outbox; // empty: none
  bool has_inbox = false;
  std::uint64_t port = 0;
  std::uint64_t first = 0;
  int consumers_lost = 0;
  int brokers_killed = 0;
  std::vector<std::string> names = {"broker", "producer", "alice", "bob"};
  node_observer nodes{NODE_CHILD};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(node_crash_suite, node_crash_fixture)

BOOST_AUTO_TEST_CASE(whatever_node_is_killed_or_stopped_nothing_confirmed_is_lost) {
  BOOST_TEST_CONTEXT("FERRY_SEED=" << seed) {
    start_all();
    strike_at_random();
    finish();
    all_promises_are_kept();
  }
}

BOOST_AUTO_TEST_CASE(a_producer_with_an_outbox_goes_on_from_its_file_whatever_is_killed) {
  BOOST_TEST_CONTEXT("FERRY_SEED=" << seed) {
    outbox = folder.file("outbox.db");
    start_all();
    strike_at_random();
    finish();
    all_promises_are_kept();
  }
}

BOOST_AUTO_TEST_CASE(with_ids_nothing_is_settled_twice_although_it_is_published_again) {
  BOOST_TEST_CONTEXT("FERRY_SEED=" << seed) {
    has_inbox = true;
    start_all();
    strike_at_random();
    finish();
    all_promises_are_kept();
    nothing_is_settled_twice();
  }
}

BOOST_AUTO_TEST_CASE(a_stop_below_the_silence_limit_ends_no_link) {
  start_all();
  for (const auto& name : names)
    strike(name, blow::short_stop);
  finish();
  BOOST_TEST(nodes.links_lost.empty());
  all_promises_are_kept();
}

BOOST_AUTO_TEST_CASE(
  a_consumer_that_is_stopped_beyond_the_silence_limit_leaves_its_work_to_others) {
  start_all();
  nodes.listen_for(100ms);
  strike("alice", blow::long_stop);
  finish();
  BOOST_TEST(nodes.links_lost["alice"] >= 1);
  all_promises_are_kept();
}

BOOST_AUTO_TEST_CASE(the_producer_of_a_dead_broker_has_everything_confirmed_after_its_restart) {
  start_broker();
  auto address = "127.0.0.1:" + std::to_string(port);
  nodes.start("alice", {"consumer", address});
  nodes.start("producer", {"producer", address, "1", "--count", "20000"});
  nodes.listen_until("some are confirmed", [&] { return nodes.confirmed.size() > 100; });
  nodes.kill("broker");
  BOOST_TEST(nodes.confirmed.size() < 20000u);
  start_broker();
  nodes.listen_until("all are confirmed", [&] { return nodes.confirmed.size() == 20000u; });
  nodes.listen_until("all are handled", [&] { return nodes.handled.size() == 20000u; });
}

BOOST_AUTO_TEST_SUITE_END()
