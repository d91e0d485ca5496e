// One redrive, step by step, without a queue.

#include "ferry/queue/redrive_core.hpp"

#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::testing {
namespace {

using namespace redrive_steps;

browsed_message letter_of(std::uint64_t sequence, const std::string& origin) {
  auto end = death{origin, sequence_number{1}, death_cause::rejected, "", 1, at(0s)};
  return {sequence_number{sequence}, message_state::ready, 0, {}, {},
          dead_letter(envelope("a"), end)};
}

struct redrive_core_fixture {
  redrive_core redrive{"dead", {}};
  time_point now = at(0s);

  void start(redrive_options options) {
    redrive = redrive_core{"dead", std::move(options)};
    redrive.found("dead", {});
  }

  void start_to_orders(redrive_options options = {}) {
    start(std::move(options));
    redrive.found("orders", {});
  }

  /// A page with the letters `first` to `last` of the queue "orders".
  void show(std::uint64_t first, std::uint64_t last, std::optional<std::uint64_t> newest = {}) {
    auto page = browse_page{{}, {}, sequence_number{newest.value_or(last)}};
    for (auto sequence = first; sequence <= last; ++sequence)
      page.items.push_back(letter_of(sequence, "orders"));
    if (newest)
      page.next = sequence_number{last};
    redrive.shown(std::move(page));
  }

  template <class Step>
  Step next() {
    auto step = redrive.next(now);
    BOOST_REQUIRE(std::holds_alternative<Step>(step));
    return std::get<Step>(std::move(step));
  }

  redrive_report report() {
    return next<done>().outcome.value();
  }
};

list sequences_of(const redrive_steps::move& step) {
  auto all = list{};
  for (const auto& item : step.letters)
    all.add(value_of(item.sequence), 1);
  return all;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(redrive_core_suite, redrive_core_fixture)

BOOST_AUTO_TEST_CASE(an_empty_queue_is_redriven_at_once) {
  BOOST_TEST(next<find>().queue == "dead");
  redrive.found("dead", {});
  BOOST_TEST(next<look>().query.after == sequence_number::none);
  redrive.shown({});
  BOOST_TEST((report() == redrive_report{}));
}

BOOST_AUTO_TEST_CASE(letters_move_to_the_queue_they_died_in) {
  start({});
  (void)next<look>();
  show(1, 2);
  BOOST_TEST(next<find>().queue == "orders");
  redrive.found("orders", {});
  auto step = next<redrive_steps::move>();
  BOOST_TEST(step.to == "orders");
  BOOST_TEST(sequences_of(step) == (list{1, 2}));
  BOOST_TEST(redrives_of(step.letters.at(0).letter) == 1u);
  redrive.moved({2, 0});
  BOOST_TEST(report().moved == 2u);
}

BOOST_AUTO_TEST_CASE(letters_of_two_origins_move_separately_and_in_order) {
  start_to_orders();
  redrive.found("invoices", {});
  redrive.shown({{letter_of(1, "orders"), letter_of(2, "invoices"), letter_of(3, "orders")}, {},
                 sequence_number{3}});
  BOOST_TEST(sequences_of(next<redrive_steps::move>()) == list{1});
  redrive.moved({1, 0});
  BOOST_TEST(next<redrive_steps::move>().to == "invoices");
  redrive.moved({1, 0});
  BOOST_TEST(sequences_of(next<redrive_steps::move>()) == list{3});
}

BOOST_AUTO_TEST_CASE(letters_whose_queue_is_gone_stay) {
  start({});
  show(1, 2);
  (void)next<find>();
  redrive.not_found("orders", {errc::no_such_queue, "there is no queue \"orders\""});
  BOOST_TEST(report().unknown_origin == 2u);
}

BOOST_AUTO_TEST_CASE(letters_that_do_not_fit_stay) {
  start({});
  redrive.found("orders", {.durability = durability::memory});
  show(1, 2);
  BOOST_TEST(report().unfit == 2u);
}

BOOST_AUTO_TEST_CASE(a_target_that_does_not_exist_ends_it) {
  start({.to = "nowhere"});
  BOOST_TEST(next<find>().queue == "nowhere");
  redrive.not_found("nowhere", {errc::no_such_queue, "there is no queue \"nowhere\""});
  BOOST_TEST(next<done>().outcome.why().code == errc::no_such_queue);
}

BOOST_AUTO_TEST_CASE(a_queue_on_disk_is_not_redriven_into_one_in_memory) {
  start({.to = "fast"});
  redrive.found("fast", {.durability = durability::memory});
  BOOST_TEST(next<done>().outcome.why().code == errc::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_redrive_into_itself_asks_for_nothing) {
  start({.to = "dead"});
  BOOST_TEST(next<done>().outcome.why().code == errc::invalid_argument);
}

BOOST_AUTO_TEST_CASE(the_next_page_is_looked_at_when_the_first_has_moved) {
  start_to_orders();
  show(1, 2, 4);
  (void)next<redrive_steps::move>();
  redrive.moved({2, 0});
  BOOST_TEST(next<look>().query.after == sequence_number{2});
}

// Otherwise a message that dies at once would be redriven for ever.
BOOST_AUTO_TEST_CASE(letters_that_arrive_after_the_start_are_left_alone) {
  start_to_orders();
  show(1, 2, 3);
  (void)next<redrive_steps::move>();
  redrive.moved({2, 0});
  (void)next<look>();
  show(3, 5, 9);
  BOOST_TEST(sequences_of(next<redrive_steps::move>()) == list{3});
  redrive.moved({1, 0});
  BOOST_TEST(report().moved == 3u);
}

BOOST_AUTO_TEST_CASE(no_more_move_than_the_limit_allows) {
  start_to_orders({.limit = 2});
  show(1, 5);
  BOOST_TEST(sequences_of(next<redrive_steps::move>()) == (list{1, 2}));
  redrive.moved({1, 1});
  BOOST_TEST(sequences_of(next<redrive_steps::move>()) == list{3});
  redrive.moved({1, 0});
  BOOST_TEST((report() == redrive_report{.moved = 2, .in_use = 1}));
}

BOOST_AUTO_TEST_CASE(a_dry_run_asks_for_no_move_and_waits_for_no_rate) {
  start_to_orders({.per_second = 1, .limit = 4, .mode = redrive_mode::dry_run});
  show(1, 5);
  BOOST_TEST((report() == redrive_report{.would_move = 4}));
}

BOOST_AUTO_TEST_CASE(a_rate_lets_letters_go_when_their_time_has_come) {
  start_to_orders({.per_second = 10});
  show(1, 5);
  BOOST_TEST(next<sleep>().until == at(100ms));
  now = at(200ms);
  BOOST_TEST(sequences_of(next<redrive_steps::move>()) == (list{1, 2}));
  redrive.moved({2, 0});
  BOOST_TEST(next<sleep>().until == at(300ms));
}

BOOST_AUTO_TEST_CASE(a_failure_tells_how_many_had_moved) {
  start_to_orders({.limit = 3});
  show(1, 2, 4);
  (void)next<redrive_steps::move>();
  redrive.moved({2, 0});
  redrive.failed({errc::closed, "the queue is closed"});
  auto why = next<done>().outcome.why();
  BOOST_TEST(why.code == errc::closed);
  BOOST_TEST(why.text.starts_with("after 2 moved letters: the queue is closed"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
