// A broker whose journal fails and comes back: queues, consumers and the broker
// together, over a storage that outlives its journals.

#include "ferry/actors/broker_actor.hpp"
#include "ferry/actors/consumer_actor.hpp"
#include "ferry/actors/reader_actor.hpp"
#include "ferry/actors/supervisor_actor.hpp"
#include "ferry/consumer.hpp"

#include "support/actor_doubles.hpp"
#include "support/fragile_storage.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <set>

namespace {

struct greeting {
  std::string text;
};
FERRY_DESCRIBE(greeting, text)

using namespace ferry;
using namespace ferry::testing;
using namespace std::chrono_literals;

using texts = std::vector<std::string>;

struct reopened_journal_fixture : virtual_system {
  reopened_journal_fixture() {
    open();
  }

  /// A broker over the storage; one that was opened before is forgotten.
  void open() {
    auto first = storage.opener()().value();
    auto kept = first->recover().value();
    auto links = actors::broker_links{{}, supervisor, clock(), first->opened()};
    auto where = actors::placement::shared;
    links.reader = own(actors::spawn_reader(system(), first->open_reader().value(), where));
    links.journal = own(actors::spawn_journal(system(), std::move(first), storage.opener(),
                                              {links.reader, {}}, where));
    links.report = [this](const std::string& text) { reports.push_back(text); };
    broker = own(actors::spawn_broker(system(), std::move(links), std::move(kept)));
  }

  reply<messages::queue_info> try_declare(const std::string& name,
                                          durability kind = durability::disk) {
    auto config = queue_config{};
    config.durability = kind;
    return request<messages::queue_info>(broker, messages::declare{name, config});
  }

  actors::queue_actor declare(const std::string& name, durability kind = durability::disk) {
    return actors::as<actors::queue_actor>(own(caf::actor{try_declare(name, kind)->queue}));
  }

  /// A memory queue that has RAM for two messages of `large`.
  actors::queue_actor declare_spilling(const std::string& name) {
    auto config = queue_config{};
    config.durability = durability::memory;
    config.over_budget = over_budget::spill;
    config.resident_bytes = 64 << 10;
    config.last_resort = last_resort::discard;
    auto info = request<messages::queue_info>(broker, messages::declare{name, config});
    return actors::as<actors::queue_actor>(own(caf::actor{info->queue}));
  }

  static std::string large(char letter) {
    return std::string(std::size_t{40} << 10, letter);
  }

  actors::queue_actor find(const std::string& name) {
    auto found = request<messages::queue_info>(broker, messages::find{name});
    return actors::as<actors::queue_actor>(own(caf::actor{found->queue}));
  }

  // Each publish is a session of its own, so that a refused one leaves no gap.
  reply<messages::receipt> publish(const actors::queue_actor& queue, const std::string& text) {
    auto message = ferry::envelope{codec<greeting>::encode({text}).value(),
                                   codec<greeting>::content(), nullptr, now()};
    auto first = publish_number{1};
    session = advanced(session, 1);
    return request<messages::receipt>(
      queue, messages::publish{{session, first, first,
                                std::make_shared<const message_page>(message_page{message})}});
  }

  void fail_by_publishing_to(const actors::queue_actor& queue) {
    storage.fail_next_commit();
    BOOST_TEST((publish(queue, "refused").failure() == errc::journal_failed));
  }

  // The first wait is 200 ms ± 20 %.
  void wait_until_open() {
    advance(241ms);
    BOOST_REQUIRE(!reports.empty());
    BOOST_TEST(reports.back() == "the journal is open again");
  }

  [[nodiscard]] std::ptrdiff_t times_missing(const std::string& queue) const {
    auto names_it = [&](const std::string& text) {
      return text.find("queue \"" + queue + "\" is not in the journal any more")
             != std::string::npos;
    };
    return std::ranges::count_if(reports, names_it);
  }

  template <class Function>
  actors::consumer_actor consume(const actors::queue_actor& queue, Function function) {
    return own(actors::spawn_consumer(
      system(),
      {queue, "orders", {100, 1 << 20}, make_handler<greeting>(std::move(function), 100), clock(),
       actors::placement::shared}));
  }

  actors::consumer_actor consume(const actors::queue_actor& queue) {
    return consume(queue, [this](const greeting& g) { handled.push_back(g.text); });
  }

  queue_figures figures(const actors::queue_actor& queue) {
    return request<messages::figures>(queue, messages::ask_figures{})->queue;
  }

  fragile_storage storage;
  actors::supervisor_actor supervisor
    = own(actors::spawn_supervisor(system(), {clock(), 1, {}}));
  std::vector<std::string> reports;
  actors::broker_actor broker;
  session_id session{};
  texts handled;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(reopened_journal_suite, reopened_journal_fixture)

// -- queues -----------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_was_confirmed_is_delivered_after_the_journal_is_back) {
  auto orders = declare("orders");
  BOOST_TEST(publish(orders, "tea").content().ok());
  fail_by_publishing_to(orders);
  wait_until_open();
  consume(orders);
  BOOST_TEST(handled == texts{"tea"});
}

BOOST_AUTO_TEST_CASE(publishing_and_consuming_go_on_by_themselves) {
  auto orders = declare("orders");
  consume(orders);
  fail_by_publishing_to(orders);
  wait_until_open();
  BOOST_TEST(publish(orders, "tea").content().ok());
  BOOST_TEST(handled == texts{"tea"});
  BOOST_TEST(figures(orders).acknowledged == 1u);
}

BOOST_AUTO_TEST_CASE(a_queue_without_a_part_in_the_failed_commit_refuses_as_well_and_goes_on) {
  auto orders = declare("orders");
  auto others = declare("others");
  publish(others, "tea");
  fail_by_publishing_to(orders);
  auto subscription = request<messages::subscription>(
    others, messages::subscribe{own(system().spawn([](caf::event_based_actor*, int) {
                                                     return caf::behavior{[](int) {}};
                                                   }, 0)),
                                {1, 1}});
  BOOST_TEST((subscription.failure() == errc::journal_failed));
  BOOST_TEST((publish(others, "refused").failure() == errc::journal_failed));
  wait_until_open();
  consume(others);
  BOOST_TEST(handled == texts{"tea"});
}

BOOST_AUTO_TEST_CASE(a_refusal_says_why_and_that_the_journal_is_opened_again) {
  auto orders = declare("orders");
  storage.fail_next_commit();
  auto text = publish(orders, "tea").content().why().text;
  BOOST_TEST(text.find("the disk is full") != std::string::npos);
  BOOST_TEST(text.find("opened again by itself") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(memory_queues_do_not_notice) {
  auto orders = declare("orders");
  auto quick = declare("quick", durability::memory);
  consume(quick);
  fail_by_publishing_to(orders);
  BOOST_TEST(publish(quick, "tea").content().ok());
  wait_until_open();
  BOOST_TEST(publish(quick, "coffee").content().ok());
  BOOST_TEST(handled == (texts{"tea", "coffee"}));
}

BOOST_AUTO_TEST_CASE(the_counters_of_a_queue_do_not_go_down) {
  auto orders = declare("orders");
  consume(orders);
  publish(orders, "tea");
  advance(1ms); // the ack is on disk
  fail_by_publishing_to(orders);
  wait_until_open();
  BOOST_TEST(figures(orders).acknowledged == 1u);
  BOOST_TEST(figures(orders).waiting() == 0u);
}

BOOST_AUTO_TEST_CASE(a_delayed_message_keeps_its_due_time) {
  auto orders = declare("orders");
  consume(orders, [&](const greeting& g, delivery& d) {
    handled.push_back(g.text);
    if (d.attempt() == 1)
      d.nack("later", 10s);
  });
  publish(orders, "tea");
  fail_by_publishing_to(orders);
  wait_until_open();
  advance(9s, 10ms);
  BOOST_TEST(handled.size() == 1u);
  advance(1s, 10ms);
  BOOST_TEST(handled.size() == 2u);
}

// -- dead letters -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_move_to_the_dead_letters_that_failed_is_made_once_after_all) {
  auto orders = declare("orders");
  auto dead = find("orders.dead");
  consume(orders, [&](const greeting& g, delivery& d) {
    handled.push_back(g.text);
    if (handled.size() == 1)
      storage.fail_next_commit(); // the move's
    d.reject("no");
  });
  publish(orders, "tea");
  BOOST_TEST(figures(dead).ready == 0u);
  wait_until_open();
  BOOST_TEST(handled == (texts{"tea", "tea"}));
  advance(5s, 10ms);
  BOOST_TEST(figures(dead).ready == 1u);
  BOOST_TEST(figures(orders).waiting() == 0u);
  BOOST_TEST(storage.rows(queue_id{1}) + storage.rows(queue_id{2}) == 1u);
}

BOOST_AUTO_TEST_CASE(a_memory_queue_keeps_its_dead_letters_until_the_journal_is_back) {
  auto dead = declare("quick.dead");
  auto config = queue_config{};
  config.durability = durability::memory;
  config.dead_letter_queue = "quick.dead";
  auto quick = actors::as<actors::queue_actor>(
    own(caf::actor{request<messages::queue_info>(broker, messages::declare{"quick", config})
                     ->queue}));
  fail_by_publishing_to(dead);
  consume(quick, [](const greeting&, delivery& d) { d.reject("no"); });
  publish(quick, "tea");
  BOOST_TEST(figures(quick).dying == 1u);
  wait_until_open();
  advance(1s, 10ms);
  BOOST_TEST(figures(quick).dying == 0u);
  BOOST_TEST(figures(dead).ready == 1u);
}

// -- consumers --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_was_not_settled_on_disk_comes_again_and_nothing_else_does) {
  auto orders = declare("orders");
  consume(orders, [&](const greeting& g) {
    handled.push_back(g.text);
    if (handled.size() == 2)
      storage.fail_next_commit(); // the ack's
  });
  publish(orders, "tea");
  publish(orders, "coffee");
  BOOST_TEST(handled == (texts{"tea", "coffee"}));
  wait_until_open();
  BOOST_TEST(handled == (texts{"tea", "coffee", "coffee"}));
  advance(60s, 100ms);
  BOOST_TEST(handled.size() == 3u);
  BOOST_TEST(storage.rows(queue_id{1}) + storage.rows(queue_id{2}) == 0u);
}

BOOST_AUTO_TEST_CASE(a_delivery_of_the_former_life_is_settled_too_late) {
  auto orders = declare("orders");
  auto kept = std::vector<kept_delivery>{};
  consume(orders, [&](const greeting&, delivery& d) { kept.push_back(d.keep()); });
  publish(orders, "tea");
  fail_by_publishing_to(orders);
  wait_until_open();
  BOOST_REQUIRE(kept.size() == 2u);
  kept[0].ack();
  deliver_all();
  BOOST_TEST(figures(orders).stale == 1u);
  BOOST_TEST(figures(orders).in_flight == 1u);
  kept[1].ack();
  deliver_all();
  BOOST_TEST(figures(orders).acknowledged == 1u);
}

BOOST_AUTO_TEST_CASE(a_consumer_of_the_former_life_that_is_lost_takes_nothing_from_a_new_one) {
  auto orders = declare("orders");
  auto alice = recording_consumer{*this, orders};
  fail_by_publishing_to(orders);
  wait_until_open();
  auto bob = recording_consumer{*this, orders}; // alice never subscribed again
  publish(orders, "tea");
  BOOST_TEST((bob.id() != alice.id()));
  alice.die();
  BOOST_TEST(figures(orders).in_flight == 1u);
  BOOST_TEST(bob.runs().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_consumer_that_comes_during_the_outage_asks_again_until_it_is_let_in) {
  auto orders = declare("orders");
  publish(orders, "tea");
  fail_by_publishing_to(orders);
  consume(orders);
  advance(299ms); // it asks after 100 and 300 ms
  BOOST_TEST(reports.back() == "the journal is open again");
  BOOST_TEST(handled.empty());
  advance(2ms);
  BOOST_TEST(handled == texts{"tea"});
}

BOOST_AUTO_TEST_CASE(a_consumer_asks_every_five_seconds_at_the_latest) {
  auto orders = declare("orders");
  publish(orders, "tea");
  storage.fail_openings(10);
  fail_by_publishing_to(orders);
  consume(orders);
  while (reports.back() != "the journal is open again")
    advance(1s, 50ms);
  advance(5s, 50ms);
  BOOST_TEST(handled == texts{"tea"});
}

BOOST_AUTO_TEST_CASE(a_consumer_can_be_stopped_during_the_outage) {
  auto orders = declare("orders");
  auto subscribed = consume(orders);
  fail_by_publishing_to(orders);
  auto refused = consume(orders);
  BOOST_TEST(request<messages::stopped>(subscribed, messages::stop{}).content().ok());
  BOOST_TEST(request<messages::stopped>(refused, messages::stop{}).content().ok());
}

// -- the broker -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_journal_is_opened_again_after_the_shortest_wait_and_not_before) {
  auto orders = declare("orders");
  fail_by_publishing_to(orders);
  advance(159ms);
  BOOST_TEST(storage.openings() == 1);
  advance(82ms);
  BOOST_TEST(storage.openings() == 2);
}

BOOST_AUTO_TEST_CASE(the_wait_doubles_when_opening_fails_and_the_operator_hears_of_it) {
  auto orders = declare("orders");
  storage.fail_openings(1);
  fail_by_publishing_to(orders);
  BOOST_REQUIRE(reports.size() == 1u);
  BOOST_TEST(reports[0].find("the disk is full") != std::string::npos);
  advance(241ms);
  BOOST_REQUIRE(reports.size() == 2u);
  BOOST_TEST(reports[1].find("the disk is gone") != std::string::npos);
  advance(320ms - 241ms + 160ms - 1ms); // at the earliest 160 + 320 ms after the failure
  BOOST_TEST(storage.openings() == 2);
  advance(403ms);
  BOOST_TEST(storage.openings() == 3);
  BOOST_TEST(reports.back() == "the journal is open again");
}

BOOST_AUTO_TEST_CASE(a_journal_that_fails_for_ever_is_tried_for_ever) {
  auto orders = declare("orders");
  storage.fail_openings(1'000'000);
  fail_by_publishing_to(orders);
  advance(10min, 500ms);
  auto before = storage.openings();
  advance(10min, 500ms);
  BOOST_TEST(storage.openings() - before >= 16); // each 36 s at the latest
  BOOST_TEST(storage.openings() - before <= 25); // each 24 s at the earliest
}

BOOST_AUTO_TEST_CASE(a_second_failure_is_survived_like_the_first) {
  auto orders = declare("orders");
  consume(orders);
  fail_by_publishing_to(orders);
  wait_until_open();
  publish(orders, "tea");
  advance(1ms); // the ack is on disk
  fail_by_publishing_to(orders);
  advance(481ms);
  publish(orders, "coffee");
  BOOST_TEST(handled == (texts{"tea", "coffee"}));
}

BOOST_AUTO_TEST_CASE(a_journal_that_held_for_a_while_begins_with_the_short_wait_again) {
  auto orders = declare("orders");
  fail_by_publishing_to(orders);
  wait_until_open();
  advance(30s, 100ms);
  fail_by_publishing_to(orders);
  wait_until_open();
}

BOOST_AUTO_TEST_CASE(during_the_outage_no_queue_on_disk_is_created_and_afterwards_it_is) {
  auto orders = declare("orders");
  fail_by_publishing_to(orders);
  auto refused = try_declare("others");
  BOOST_TEST((refused.failure() == errc::journal_failed));
  BOOST_TEST(refused.content().why().text.find("\"others") != std::string::npos);
  BOOST_TEST(try_declare("orders").content().ok());
  BOOST_TEST(try_declare("quick", durability::memory).content().ok());
  wait_until_open();
  BOOST_TEST(publish(declare("others"), "tea").content().ok());
}

BOOST_AUTO_TEST_CASE(a_queue_that_was_created_right_before_the_failure_goes_on) {
  auto orders = declare("orders");
  storage.fail_next_commit();
  auto fresh = declare("fresh");
  fail_by_publishing_to(orders);
  wait_until_open();
  BOOST_TEST(publish(fresh, "tea").content().ok());
}

BOOST_AUTO_TEST_CASE(a_queue_that_the_opened_file_does_not_know_stays_refused_and_is_named) {
  auto orders = declare("orders");
  fail_by_publishing_to(orders);
  storage.replace();
  advance(241ms);
  BOOST_TEST(times_missing("orders") == 1);
  BOOST_TEST((publish(orders, "tea").failure() == errc::journal_failed));
}

BOOST_AUTO_TEST_CASE(a_queue_of_the_same_name_in_another_file_is_not_taken_for_it) {
  auto orders = declare("orders");
  fail_by_publishing_to(orders);
  storage.renumber();
  advance(241ms);
  BOOST_TEST(times_missing("orders") == 1);
  BOOST_TEST((publish(orders, "tea").failure() == errc::journal_failed));
}

BOOST_AUTO_TEST_CASE(a_broker_stops_during_the_outage) {
  auto orders = declare("orders");
  consume(orders);
  fail_by_publishing_to(orders);
  BOOST_TEST(request<messages::stopped>(broker, messages::stop{}).content().ok());
  advance(60s, 1s);
  BOOST_TEST(storage.openings() == 1);
}

// -- memory queues that spill -----------------------------------------------------

BOOST_AUTO_TEST_CASE(a_queue_that_spills_is_stored_under_a_name_that_no_queue_can_have) {
  auto quick = declare_spilling("quick");
  for (auto letter : {'a', 'b', 'c', 'd'})
    BOOST_TEST(publish(quick, large(letter)).content().ok());
  auto stored = storage.opener()().value()->recover().value();
  BOOST_REQUIRE(stored.size() == 1u);
  BOOST_TEST(stored.front().name == "quick (spilled)");
  BOOST_TEST(stored.front().runs.size() == 1u);
  BOOST_TEST(stored.front().runs.front().run.count == 2u);
  BOOST_TEST(figures(quick).spilled == 2u);
}

BOOST_AUTO_TEST_CASE(a_queue_that_spills_delivers_from_ram_and_disk_during_the_outage) {
  auto orders = declare("orders");
  auto quick = declare_spilling("quick");
  for (auto letter : {'a', 'b', 'c'})
    publish(quick, large(letter));
  fail_by_publishing_to(orders);
  consume(quick);
  BOOST_TEST(handled == (texts{large('a'), large('b'), large('c')}));
  BOOST_TEST(publish(quick, "d").content().ok());
  BOOST_TEST(handled.size() == 4u);
  wait_until_open();
  BOOST_TEST(storage.rows(queue_id{3}) == 0u); // behind orders and orders.dead
  BOOST_TEST(figures(quick).acknowledged == 4u);
}

BOOST_AUTO_TEST_CASE(what_was_to_spill_is_refused_during_the_outage_and_kept_afterwards) {
  auto quick = declare_spilling("quick");
  publish(quick, large('a'));
  publish(quick, large('b'));
  storage.fail_next_commit();
  auto refused = publish(quick, large('c'));
  BOOST_TEST((refused.failure() == errc::journal_failed));
  BOOST_TEST(refused.content().why().text.find("can spill nothing") != std::string::npos);
  BOOST_TEST((publish(quick, large('d')).failure() == errc::journal_failed));
  wait_until_open();
  BOOST_TEST(storage.rows(queue_id{1}) == 1u);
  BOOST_TEST(publish(quick, large('e')).content().ok());
  consume(quick);
  BOOST_TEST(handled == (texts{large('a'), large('b'), large('c'), large('e')}));
  advance(1ms); // what is erased waits that long for something else to be written
  BOOST_TEST(storage.rows(queue_id{1}) == 0u);
}

BOOST_AUTO_TEST_CASE(what_was_spilled_before_the_outage_is_delivered_once_after_it) {
  auto orders = declare("orders");
  auto quick = declare_spilling("quick");
  for (auto letter : {'a', 'b', 'c', 'd'})
    publish(quick, large(letter));
  fail_by_publishing_to(orders);
  wait_until_open();
  BOOST_TEST(figures(quick).spilled == 2u);
  consume(quick);
  BOOST_TEST(handled == (texts{large('a'), large('b'), large('c'), large('d')}));
  BOOST_TEST(figures(quick).waiting() == 0u);
}

BOOST_AUTO_TEST_CASE(a_queue_that_spills_goes_on_in_ram_when_its_rows_are_in_another_file) {
  auto orders = declare("orders");
  auto quick = declare_spilling("quick");
  fail_by_publishing_to(orders);
  storage.replace();
  advance(241ms);
  BOOST_TEST(times_missing("quick") == 1);
  consume(quick);
  BOOST_TEST(publish(quick, "tea").content().ok());
  BOOST_TEST(handled == texts{"tea"});
}

BOOST_AUTO_TEST_CASE(a_queue_that_spills_stops_during_the_outage) {
  auto quick = declare_spilling("quick");
  publish(quick, large('a'));
  publish(quick, large('b'));
  storage.fail_next_commit();
  publish(quick, large('c'));
  BOOST_TEST(request<messages::stopped>(quick, messages::stop{}).arrived());
}

BOOST_AUTO_TEST_CASE(rows_that_an_earlier_process_spilled_are_erased_and_not_delivered) {
  auto quick = declare_spilling("quick");
  for (auto letter : {'a', 'b', 'c', 'd'})
    publish(quick, large(letter));
  BOOST_TEST(storage.rows(queue_id{1}) == 2u);
  open();
  BOOST_TEST(storage.rows(queue_id{1}) == 0u);
  auto names = request<messages::queue_names>(broker, messages::list_queues{});
  BOOST_TEST(names->names.empty());
  auto again = declare_spilling("quick");
  BOOST_TEST(figures(again).waiting() == 0u);
  for (auto letter : {'e', 'f', 'g'})
    BOOST_TEST(publish(again, large(letter)).content().ok());
  BOOST_TEST(storage.rows(queue_id{1}) == 1u);
  consume(again);
  BOOST_TEST(handled == (texts{large('e'), large('f'), large('g')}));
}

BOOST_AUTO_TEST_CASE(rows_that_could_not_be_erased_are_erased_when_the_journal_is_back) {
  auto quick = declare_spilling("quick");
  for (auto letter : {'a', 'b', 'c', 'd'})
    publish(quick, large(letter));
  storage.fail_next_commit_of_next_opening();
  open();
  BOOST_TEST(storage.rows(queue_id{1}) == 2u);
  advance(241ms);
  BOOST_TEST(storage.rows(queue_id{1}) == 0u);
}

// -- whatever happens -------------------------------------------------------------

/// A day in the life of a queue whose disk is bad, decided by `seed`.
struct bad_day : reopened_journal_fixture {
  explicit bad_day(unsigned seed) : random(seed) {
    consume(orders, [this](const greeting& g, delivery& d) { handle(g.text, d); });
  }

  [[nodiscard]] bool happens(unsigned percent) {
    return random() % 100 < percent;
  }

  void handle(const std::string& text, delivery& d) {
    if (happens(15))
      storage.fail_next_commit();
    auto verb = random() % 100;
    last_verb[text] = verb < 20 ? "reject" : verb < 30 ? "nack" : "ack";
    if (verb < 20)
      d.reject("no");
    else if (verb < 30)
      d.nack("later", 100ms);
    else
      d.ack();
  }

  void live() {
    for (auto step = 0; step < 60; ++step) {
      if (happens(10))
        storage.fail_next_commit();
      if (happens(10))
        storage.fail_openings(static_cast<int>(random() % 3));
      auto text = std::to_string(step);
      if (publish(orders, text).content().ok())
        confirmed.insert(text);
      if (happens(50))
        advance(std::chrono::milliseconds{random() % 400}, 10ms);
    }
  }

  // The handler goes on failing commits, so this takes a few outages.
  void settle_everything() {
    auto is_open = [&] { return reports.empty() || reports.back() == "the journal is open again"; };
    auto is_settled = [&] {
      return is_open() && figures(orders).waiting() == 0 && storage.rows(queue_id{2}) == 0;
    };
    for (auto i = 0; i < 600 && !is_settled(); ++i)
      advance(1s, 100ms);
    BOOST_TEST(is_open());
    BOOST_TEST(figures(orders).waiting() == 0u);
    BOOST_TEST(storage.rows(queue_id{2}) == 0u);
  }

  // By the rows, because a consumer would make further outages.
  std::set<std::string> dead_letters() {
    auto texts = std::set<std::string>{};
    for (const auto& letter : storage.messages(queue_id{1}))
      BOOST_TEST(texts.insert(codec<greeting>::decode(letter.body.bytes())->text).second);
    return texts;
  }

  std::minstd_rand random;
  actors::queue_actor orders = declare("orders");
  std::set<std::string> confirmed;
  std::map<std::string, std::string> last_verb;
};

BOOST_AUTO_TEST_CASE(whatever_fails_and_when_each_confirmed_message_ends_once_and_no_other_begins) {
  auto outages = std::size_t{0};
  for (auto seed = 1u; seed <= 100; ++seed)
    BOOST_TEST_CONTEXT("seed " << seed) {
      auto day = bad_day{seed};
      day.live();
      day.settle_everything();
      outages += day.reports.size();
      auto dead = day.dead_letters();
      for (const auto& text : day.confirmed)
        BOOST_TEST(day.last_verb[text] == (dead.contains(text) ? "reject" : "ack"));
      for (const auto& [text, verb] : day.last_verb)
        BOOST_TEST(day.confirmed.contains(text));
    }
  BOOST_TEST(outages > 100u);
}

BOOST_AUTO_TEST_SUITE_END()
