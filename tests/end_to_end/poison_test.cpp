// Messages that kill their process, with real processes and real signals.

#include "ferry/broker.hpp"
#include "ferry/persistence/crash_marks.hpp"
#include "ferry/persistence/journal_path.hpp"
#include "ferry/retry/attempt.hpp"
#include "ferry/retry/death.hpp"

#include "support/child_process.hpp"
#include "support/temporary_directory.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <future>
#include <map>
#include <semaphore>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

using namespace ferry;
using namespace ferry::testing;
using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;
using names = std::set<std::string>;

constexpr auto deaths_allowed = std::uint32_t{3};

/// Messages in the queues "single" (four handlers side by side) and "span" (one
/// handler of many messages), and what becomes of them.
struct poison_fixture {
  broker open() {
    return broker::open(system, {.journal = journal}).value();
  }

  void publish(const texts& single, const texts& span) {
    auto host = open();
    auto limited = queue_config{};
    limited.max_deliveries = deaths_allowed;
    for (const auto& [queue, all] : {std::pair{"single", single}, {"span", span}}) {
      host.declare(queue, limited).value();
      auto producer = host.producer<std::string>(queue).value();
      for (const auto& text : all)
        (void)producer.publish(text);
      producer.wait_all().value();
    }
  }

  /// Starts the child until it ends by itself; `dangerous` is told to it.
  void live(int dangerous) {
    for (auto is_alive = false; !is_alive; deaths += is_alive ? 0 : 1) {
      BOOST_REQUIRE(deaths < 10 * deaths_allowed);
      auto child = child_process{{POISON_CHILD, journal, std::to_string(dangerous)}};
      for (auto line = child.read_line(); !line.empty(); line = child.read_line())
        if (line.starts_with("at "))
          child.kill();
        else
          note(line);
      is_alive = child.wait();
    }
  }

  // "handled <message> <delivery>": all deliveries before this one were charges.
  void note(const std::string& line) {
    auto last = line.rfind(' ');
    auto message = line.substr(8, last - 8);
    auto& charge = charges[message];
    charge = std::max(charge, std::stoul(line.substr(last + 1)) - 1);
  }

  [[nodiscard]] names handled() const {
    auto all = names{};
    for (const auto& [message, count] : charges)
      all.insert(message);
    return all;
  }

  [[nodiscard]] static names joined(names some, const names& others) {
    some.insert(others.begin(), others.end());
    return some;
  }

  [[nodiscard]] std::size_t highest_charge() const {
    return std::ranges::max_element(charges, {}, [](const auto& item) { return item.second; })
      ->second;
  }

  struct letter {
    std::string text;
    death end;
    std::vector<attempt> history;
  };

  /// The only message in the dead-letter queue of `queue`, which is empty itself.
  letter only_letter_of(const std::string& queue) {
    auto host = open();
    BOOST_TEST(host.figures(queue)->waiting() == 0u);
    BOOST_REQUIRE(host.figures(queue + ".dead")->waiting() == 1u);
    auto found = std::promise<letter>{};
    auto consumer = host.consume<std::string>(queue + ".dead", [&](const auto& text, delivery& d) {
      found.set_value({text, death_of(d.message()).value(), attempts_of(d.message())});
      (void)d.keep(); // it stays
    });
    return found.get_future().get();
  }

  void expect_death_by_count(const letter& found, const std::string& text) {
    BOOST_TEST(found.text == text);
    BOOST_TEST(to_string(found.end.cause) == "exhausted");
    BOOST_TEST(found.end.deliveries == deaths_allowed);
    BOOST_TEST(found.history.size() == deaths_allowed);
    for (const auto& item : found.history)
      BOOST_TEST(item.reason == "the process ended while the handler ran");
  }

  [[nodiscard]] std::size_t marks_left_behind() const {
    return persistence::crash_marks::open(persistence::marks_path(journal))
      .value()->left_behind().size();
  }

  temporary_directory folder;
  std::string journal = (folder.path() / "poison.db").string();
  system_config config;
  caf::actor_system system{config};
  std::map<std::string, std::size_t> charges; // of the messages that were handled
  std::uint32_t deaths = 0;
};

// A neighbour shares a process with a culprit once: from then on it is a suspect
// itself, and so is the culprit, and no two suspects are in handlers at a time. So
// one culprit costs a neighbour one delivery at most, and n of them n.
constexpr auto charges_per_culprit = std::size_t{1};

const auto ways_to_die = texts{"abort", "null", "hang"};
const auto companions = names{"companion-1", "companion-2", "companion-3"};

} // namespace

BOOST_FIXTURE_TEST_SUITE(poison_suite, poison_fixture)

BOOST_DATA_TEST_CASE_F(poison_fixture, a_deadly_message_is_charged_for_each_death_and_set_aside,
                       ways_to_die) {
  publish({"companion-1", "a", "companion-2", "b", sample, "c", "companion-3", "d", "e", "f"}, {});
  live(4);
  BOOST_TEST(deaths == deaths_allowed);
  expect_death_by_count(only_letter_of("single"), sample);
  BOOST_TEST((handled() == joined(companions, {"a", "b", "c", "d", "e", "f"})));
  for (const auto& item : companions)
    BOOST_TEST(charges.at(item) == 1u); // they were in handlers at the first death
  BOOST_TEST(highest_charge() <= charges_per_culprit);
  BOOST_TEST(marks_left_behind() == 0u);
}

BOOST_DATA_TEST_CASE_F(poison_fixture, a_deadly_message_is_found_among_the_others_of_its_span,
                       ways_to_die) {
  publish({}, {"a", "b", sample, "c", "d"});
  live(1);
  BOOST_TEST(deaths == deaths_allowed);
  expect_death_by_count(only_letter_of("span"), sample);
  BOOST_TEST((handled() == names{"a", "b", "c", "d"}));
  for (const auto& [message, charge] : charges)
    BOOST_TEST(charge == 1u, message << " was charged " << charge << " times");
}

// Both are in handlers at the first death, and so both are charged for it; from then
// on they take turns, each death accuses one of them.
BOOST_AUTO_TEST_CASE(two_deadly_messages_in_two_queues_both_end_and_spare_their_neighbours) {
  publish({"companion-1", "abort", "companion-2", "a", "companion-3", "b"},
          {"c", "d", "null", "e", "f"});
  live(5);
  BOOST_TEST(deaths == 2 * deaths_allowed - 1);
  expect_death_by_count(only_letter_of("single"), "abort");
  expect_death_by_count(only_letter_of("span"), "null");
  BOOST_TEST((handled() == joined(companions, {"a", "b", "c", "d", "e", "f"})));
  BOOST_TEST(highest_charge() <= 2 * charges_per_culprit);
}

// Once, whoever keeps all its deliveries until the last one is there waited for ever:
// the first suspect would have had to be settled before the second one came.
BOOST_AUTO_TEST_CASE(suspects_that_their_handler_keeps_do_not_wait_for_each_other) {
  publish({}, {"a", "b", "c"});
  auto marks = persistence::marks_path(journal);
  {
    auto host = open();
    auto copied = std::promise<void>{};
    auto is_first = true;
    auto consumer = host.consume<std::string>("span", [&](std::span<const std::string>,
                                                          std::span<delivery> all) {
      if (std::exchange(is_first, false)) {
        std::filesystem::copy_file(marks, marks + ".copy"); // as a crash would leave them
        copied.set_value();
      }
      release(all);
    }).value();
    copied.get_future().wait();
    host.close().value();
  }
  std::filesystem::rename(marks + ".copy", marks);
  auto arrived = std::counting_semaphore<>{0};
  auto attempts = std::vector<std::uint32_t>{};
  auto kept = std::vector<kept_delivery>{};
  auto host = open();
  auto consumer = host.consume<std::string>("span", [&](const std::string&, delivery& d) {
    attempts.push_back(d.attempt());
    kept.push_back(d.keep());
    arrived.release();
  }).value();
  for (auto i = 0; i < 3; ++i)
    BOOST_REQUIRE(arrived.try_acquire_for(10s));
  BOOST_TEST(attempts == (std::vector<std::uint32_t>{2, 2, 2})); // they were suspects
  for (const auto& item : kept)
    BOOST_TEST(item.ack_and_wait().ok());
}

BOOST_AUTO_TEST_CASE(a_clean_stop_leaves_no_marks_and_the_next_start_charges_nobody) {
  publish({"a", "b", "c"}, {});
  {
    auto host = open();
    auto begun = std::promise<void>{};
    auto first = std::atomic_flag{};
    auto consumer = host.consume<std::string>("single", [&](const auto&, delivery& d) {
      if (!first.test_and_set())
        begun.set_value();
      d.release();
    }).value();
    begun.get_future().wait();
    host.close().value();
  }
  BOOST_TEST(marks_left_behind() == 0u);
  live(0);
  BOOST_TEST(deaths == 0u);
  BOOST_TEST((handled() == names{"a", "b", "c"}));
  BOOST_TEST(highest_charge() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
