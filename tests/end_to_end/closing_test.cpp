// Closing one queue while its broker goes on.

#include "ferry/broker.hpp"

#include "support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>

#include <latch>
#include <mutex>
#include <optional>
#include <set>
#include <string>

namespace {

using namespace ferry;
using namespace std::chrono_literals;

struct closing_fixture {
  void open() {
    host.reset();
    host.emplace(broker::open(system, {.journal = journal, .close_limit = 2s}).value());
  }

  void publish(int count) {
    auto producer = host->producer<std::string>("orders").value();
    for (auto number = 1; number <= count; ++number)
      (void)producer.publish(std::to_string(number));
    producer.wait_all().value();
  }

  ferry::testing::temporary_directory folder;
  std::string journal = (folder.path() / "closing.db").string();
  system_config config;
  caf::actor_system system{config};
  std::optional<broker> host;
};

errc code_of(const auto& outcome) {
  return outcome.ok() ? errc::none : outcome.why().code;
}

} // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(ferry::errc)

BOOST_FIXTURE_TEST_SUITE(closing_suite, closing_fixture)

BOOST_AUTO_TEST_CASE(what_a_closed_queue_holds_is_there_when_its_broker_is_opened_again) {
  open();
  host->declare("orders").value();
  publish(3);
  BOOST_TEST(host->close_queue("orders").ok());
  BOOST_TEST((code_of(host->producer<std::string>("orders")) == errc::closed));
  BOOST_TEST((code_of(host->declare("orders")) == errc::closed));
  BOOST_TEST((code_of(host->figures("orders")) == errc::closed));
  BOOST_TEST(host->figures().value().queues.size() == 1u); // its dead-letter queue
  open();
  BOOST_TEST(host->figures("orders").value().ready == 3u);
}

BOOST_AUTO_TEST_CASE(closing_in_the_middle_of_the_work_loses_and_doubles_nothing) {
  constexpr auto all = 200;
  open();
  host->declare("orders").value();
  publish(all);
  auto mutex = std::mutex{};
  auto handled = std::multiset<std::string>{};
  auto some = std::latch{20};
  auto done = std::latch{all};
  auto note = [&](const std::string& order) {
    auto held = std::lock_guard{mutex};
    handled.insert(order);
    if (handled.size() <= 20)
      some.count_down();
    done.count_down();
  };
  (void)host->consume<std::string>("orders", note, {.concurrency = 2, .prefetch_messages = 8})
    .value();
  some.wait();
  BOOST_TEST(host->close_queue("orders").ok());
  open();
  auto consumer = host->consume<std::string>("orders", note).value();
  done.wait();
  consumer.stop();
  BOOST_TEST(handled.size() == std::size_t{all});
  BOOST_TEST(std::set<std::string>(handled.begin(), handled.end()).size() == std::size_t{all});
}

BOOST_AUTO_TEST_CASE(closing_a_queue_tells_when_a_handler_did_not_return_in_time) {
  open();
  host->declare("orders").value();
  publish(1);
  auto begun = std::latch{1};
  auto may_return = std::latch{1};
  auto consumer = host->consume<std::string>("orders", [&](const std::string&) {
    begun.count_down();
    may_return.wait();
  });
  begun.wait();
  BOOST_TEST((code_of(host->close_queue("orders", 50ms)) == errc::timed_out));
  may_return.count_down();
  open();
  BOOST_TEST(host->figures("orders").value().ready == 1u);
}

BOOST_AUTO_TEST_CASE(a_queue_that_takes_dead_letters_is_closed_after_those_who_send_them) {
  open();
  host->declare("orders").value();
  auto refused = host->close_queue("orders.dead");
  BOOST_TEST((code_of(refused) == errc::invalid_argument));
  BOOST_TEST(refused.why().text.find("\"orders\"") != std::string::npos);
  BOOST_TEST(host->close_queue("orders").ok());
  BOOST_TEST(host->close_queue("orders.dead").ok());
}

// Once, the journal met the row of the closed one, and failed for all queues.
BOOST_AUTO_TEST_CASE(a_closed_queue_cannot_take_the_dead_letters_of_a_new_one) {
  open();
  host->declare("orders").value();
  host->close_queue("orders").value();
  host->close_queue("orders.dead").value();
  BOOST_TEST((code_of(host->declare("bills", {.dead_letter_queue = "orders.dead"})) == errc::closed));
  BOOST_TEST(host->declare("bills").ok());
}

BOOST_AUTO_TEST_CASE(closing_twice_is_allowed_and_closing_a_queue_that_is_not_there_is_not) {
  open();
  host->declare("orders").value();
  BOOST_TEST(host->close_queue("orders").ok());
  BOOST_TEST(host->close_queue("orders").ok());
  BOOST_TEST((code_of(host->close_queue("bills")) == errc::no_such_queue));
}

BOOST_AUTO_TEST_SUITE_END()
