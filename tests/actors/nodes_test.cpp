// Two nodes with a link that the test carries, cuts and stalls, in virtual time.

#include "support/virtual_nodes.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

namespace {

using namespace ferry;
using namespace ferry::testing;
using namespace std::chrono_literals;

struct parcel {
  std::uint64_t number = 0;
};
FERRY_DESCRIBE(parcel, number)

struct nodes_fixture : virtual_nodes {
  nodes_fixture() {
    auto config = queue_config{};
    config.lease = 1h;
    queue = declare("parcels", config);
  }

  void add_producer(producer_config config = {}) {
    port = std::make_shared<producer_port>("parcels", 10'000, std::move(config));
    producer = own(actors::spawn_producer(system(), {queue, port, session_id{42}, clock(), {}}));
  }

  receipt publish() {
    auto message = ferry::envelope{codec<parcel>::encode({++last}).value(),
                                   codec<parcel>::content(), nullptr, now()};
    return port->publish(std::move(message), when_full::refuse);
  }

  void add_consumer(std::function<void(std::uint64_t)> handle) {
    auto handler =
      make_handler<parcel>([handle = std::move(handle)](const parcel& p) { handle(p.number); }, 10);
    consumer = consumer_of(queue, std::move(handler));
  }

  void add_keeping_consumer(std::vector<kept_delivery>& kept) {
    auto handler =
      make_handler<parcel>([&kept](const parcel&, delivery& d) { kept.push_back(d.keep()); }, 10);
    consumer = consumer_of(queue, std::move(handler));
  }

  /// The broker's journal is open again after a second and a half.
  void fail_journal_by_another_queue() {
    auto other = request<messages::queue_info>(broker, messages::declare{"other", {}});
    own_queues();
    auto elsewhere = std::make_shared<producer_port>("other", 1000, producer_config{});
    auto there = actors::as<actors::queue_actor>(other->queue);
    auto session = session_id{43};
    auto its = own(actors::spawn_producer(system(), {there, elsewhere, session, clock(), {}}));
    storage.fail_next_commit();
    storage.fail_openings(3);
    (void)elsewhere->publish({codec<parcel>::encode({1}).value(), codec<parcel>::content(), nullptr,
                              now()},
                             when_full::refuse);
    deliver_all();
  }

  static bool is_synced(const receipt& published) {
    auto outcome = published.poll();
    return outcome && outcome->ok();
  }

  actors::queue_actor queue;
  std::shared_ptr<producer_port> port;
  actors::producer_actor producer;
  actors::consumer_actor consumer;
  std::uint64_t last = 0;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(virtual_nodes_suite, nodes_fixture)

BOOST_AUTO_TEST_CASE(a_message_travels_there_and_back_in_pieces_of_one_byte) {
  add_producer();
  auto handled = std::vector<std::uint64_t>{};
  add_consumer([&](std::uint64_t number) { handled.push_back(number); });
  carry_all(1);
  auto receipt = publish();
  carry_all(1);
  BOOST_TEST(is_synced(receipt));
  BOOST_TEST(handled == std::vector<std::uint64_t>{1});
  BOOST_TEST(figures("parcels").acknowledged == 1u);
}

BOOST_AUTO_TEST_CASE(deliveries_of_a_link_that_breaks_return_at_once) {
  add_producer();
  add_consumer([](std::uint64_t) {});
  carry_all();
  (void)publish();
  deliver_all();
  (void)carry_some(); // the page arrives at the queue, and the delivery is on its way
  BOOST_TEST(figures("parcels").in_flight == 1u);
  cut();
  BOOST_TEST(figures("parcels").in_flight == 0u);
}

BOOST_AUTO_TEST_CASE(deliveries_of_a_node_that_falls_silent_return_at_the_limit_and_not_before) {
  add_producer();
  add_consumer([](std::uint64_t) {});
  carry_all();
  (void)publish();
  deliver_all();
  (void)carry_some();
  BOOST_TEST(figures("parcels").in_flight == 1u);
  advance(495ms);
  BOOST_TEST(figures("parcels").in_flight == 1u);
  advance(6ms);
  BOOST_TEST(figures("parcels").in_flight == 0u);
}

BOOST_AUTO_TEST_CASE(a_link_on_which_nothing_happens_lives_by_its_beats) {
  add_producer();
  pass(10s);
  auto receipt = publish();
  carry_all();
  BOOST_TEST(is_synced(receipt));
}

BOOST_AUTO_TEST_CASE(a_producer_sends_again_as_soon_as_the_link_is_back) {
  add_producer();
  carry_all();
  cut();
  auto receipt = publish();
  deliver_all();
  BOOST_TEST(!is_synced(receipt));
  pass(60ms); // clients come back within 50 ms
  BOOST_TEST(is_synced(receipt));
  BOOST_TEST(figures("parcels").published == 1u);
}

BOOST_AUTO_TEST_CASE(a_page_whose_receipt_was_lost_is_stored_once) {
  add_producer();
  carry_all();
  auto receipt = publish();
  deliver_all();
  (void)carry_some(); // the page arrives; its receipt is on its way
  BOOST_TEST(figures("parcels").ready == 1u);
  cut();
  pass(60ms);
  BOOST_TEST(is_synced(receipt));
  BOOST_TEST(figures("parcels").ready == 1u);
  BOOST_TEST(figures("parcels").duplicates == 1u);
}

BOOST_AUTO_TEST_CASE(what_is_under_way_is_not_sent_twice_however_long_it_takes) {
  link.pulse.silence = 1h;
  cut();
  pass(100ms);
  add_producer({.confirm_timeout = 100ms});
  carry_all();
  auto receipt = publish();
  advance(5s); // the stream stalls: the producer asks again and again
  BOOST_TEST(!is_synced(receipt));
  carry_all();
  BOOST_TEST(is_synced(receipt));
  BOOST_TEST(figures("parcels").duplicates == 0u);
}

BOOST_AUTO_TEST_CASE(a_settlement_of_a_lost_link_comes_too_late) {
  add_producer();
  auto kept = std::optional<kept_delivery>{};
  auto handler = make_handler<parcel>(
    [&](const parcel&, delivery& d) {
      if (!kept)
        kept = d.keep();
    },
    10);
  consumer = consumer_of(queue, std::move(handler));
  carry_all();
  (void)publish();
  carry_all();
  BOOST_REQUIRE(kept.has_value());
  cut();
  pass(60ms); // it was delivered again, and acked
  BOOST_TEST(figures("parcels").acknowledged == 1u);
  kept->ack();
  carry_all();
  BOOST_TEST(figures("parcels").acknowledged == 1u);
  BOOST_TEST(figures("parcels").in_flight == 0u);
}

// The file was exchanged for an empty one, so the queue is to be declared again.
BOOST_AUTO_TEST_CASE(a_queue_that_the_broker_cannot_create_for_now_is_declared_again_later) {
  add_producer();
  kill_broker();
  storage.replace();
  open_broker();
  fail_journal_by_another_queue();
  auto published = publish();
  pass(900ms);
  BOOST_TEST(!published.poll().has_value());
  BOOST_TEST(request<messages::queue_names>(broker, messages::list_queues{})->names.size() == 2u);
  pass(5s);
  own_queues();
  BOOST_TEST(is_synced(published));
  BOOST_TEST(links_made == 2u);
}

BOOST_AUTO_TEST_CASE(a_broker_that_comes_back_in_a_new_process_has_what_it_confirmed) {
  add_producer();
  auto handled = std::set<std::uint64_t>{};
  add_consumer([&](std::uint64_t number) { handled.insert(number); });
  carry_all();
  auto first = publish();
  deliver_all();
  (void)carry_some();
  kill_broker();
  auto second = publish();
  pass(1s);
  BOOST_TEST(!is_synced(second));
  open_broker();
  pass(1s); // the longest wait between two calls is 960 ms
  BOOST_TEST(is_synced(first));
  BOOST_TEST(is_synced(second));
  BOOST_TEST((handled == std::set<std::uint64_t>{1, 2}));
  BOOST_TEST(figures("parcels").ready == 0u);
}

BOOST_AUTO_TEST_CASE(a_settlement_from_before_a_volatile_broker_was_restarted_settles_nothing) {
  kill_broker();
  open_volatile_broker();
  pass(1s);
  queue = declare("parcels.memory", {.durability = durability::memory});
  add_producer();
  auto kept = std::vector<kept_delivery>{};
  add_keeping_consumer(kept);
  carry_all();
  (void)publish();
  carry_all();
  kill_broker();
  open_volatile_broker();
  pass(1s);
  own_queues();
  (void)publish();
  carry_all();
  BOOST_REQUIRE(kept.size() == 2u);
  kept[0].ack(); // of the same sequence, the same tag and the same consumer there
  carry_all();
  BOOST_TEST(figures("parcels.memory").acknowledged == 0u);
  BOOST_TEST(figures("parcels.memory").in_flight == 1u);
  kept[1].ack();
  carry_all();
  BOOST_TEST(figures("parcels.memory").acknowledged == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

// -- unequal limits -----------------------------------------------------------------

namespace {

struct note {
  std::string text;
};
FERRY_DESCRIBE(note, text)

/// A link whose ends do not take letters of the same size.
struct unequal_nodes : nodes_fixture {
  void join(letter_limits of_client, letter_limits of_server) {
    client_takes = of_client;
    server_takes = of_server;
    cut();
    pass(100ms);
    add_producer({.window_messages = 1000});
  }

  receipt publish_note(std::size_t bytes) {
    auto body = codec<note>::encode({std::string(bytes, 'x')}).value();
    auto headers = std::make_shared<header_map>();
    (*headers)["size"] = std::string(bytes, 'y'); // limits are for all of a message
    return port->publish({body, codec<note>::content(), headers, now()}, when_full::refuse);
  }

  void add_note_consumer() {
    auto handler =
      make_handler<note>([this](const note& item) { handled.push_back(item.text.size()); }, 10);
    consumer = consumer_of(queue, std::move(handler), 100);
  }

  std::vector<std::size_t> handled; // sizes
};

/// Takes deliveries and keeps the tags.
caf::behavior taking_behavior(caf::event_based_actor*, std::vector<delivery_tag>* tags) {
  return {
    [tags](const messages::delivery& m) {
      for (const auto& item : m.runs)
        for (auto i = std::uint64_t{0}; i < item.run.count; ++i)
          tags->push_back(advanced(item.first_tag, i));
    },
    [](const messages::resubscribe&) {},
  };
}

constexpr auto narrow = letter_limits{2000, 4000};

} // namespace

BOOST_FIXTURE_TEST_SUITE(unequal_nodes_suite, unequal_nodes)

BOOST_AUTO_TEST_CASE(a_message_that_the_broker_does_not_take_is_refused_alone) {
  join({}, narrow);
  add_note_consumer();
  auto receipts = std::vector<receipt>{};
  for (auto bytes : {10, 2000, 20, 800, 30})
    receipts.push_back(publish_note(static_cast<std::size_t>(bytes)));
  pass(2s);
  auto refused = receipts[1].poll();
  BOOST_REQUIRE((refused && !refused->ok()));
  BOOST_TEST((refused->why().code == errc::too_large));
  BOOST_TEST(
    refused->why().text
    == "a message to queue \"parcels\" is larger than a letter to its broker may be (limit "
       "2000 bytes, headers included); raise link_config::letters there");
  for (auto place : {0, 2, 3, 4})
    BOOST_TEST(is_synced(receipts[static_cast<std::size_t>(place)]));
  BOOST_TEST((handled == std::vector<std::size_t>{10, 20, 800, 30}));
  BOOST_TEST(links_made == 2u);
}

BOOST_AUTO_TEST_CASE(a_page_that_the_broker_does_not_take_arrives_in_pieces) {
  join({}, narrow);
  add_note_consumer();
  auto receipts = std::vector<receipt>{};
  for (auto i = 0; i < 50; ++i)
    receipts.push_back(publish_note(300));
  pass(1s);
  BOOST_TEST(std::ranges::all_of(receipts, is_synced));
  BOOST_TEST(handled.size() == 50u);
  BOOST_TEST(figures("parcels").duplicates == 0u);
  BOOST_TEST(links_made == 2u);
}

// Were its neighbours all on disk, the queue would take the page for a duplicate, and
// the refused message would be confirmed.
BOOST_AUTO_TEST_CASE(a_message_refused_in_an_answer_that_was_lost_is_stored_when_it_fits_now) {
  join({}, narrow);
  auto receipts = std::vector<receipt>{};
  for (auto bytes : {10, 2000, 20})
    receipts.push_back(publish_note(static_cast<std::size_t>(bytes)));
  while (figures("parcels").published < 1)
    BOOST_REQUIRE(carry_some());
  BOOST_TEST(!receipts[1].poll().has_value());
  server_takes = {}; // as the error advises
  cut();
  pass(2s);
  BOOST_TEST(std::ranges::all_of(receipts, is_synced));
  BOOST_TEST(figures("parcels").published == 3u);
  BOOST_TEST(figures("parcels").duplicates == 1u);
}

BOOST_AUTO_TEST_CASE(what_follows_a_refused_message_does_not_wait_for_a_back_off) {
  join({}, narrow);
  (void)publish_note(10); // those behind it gather to a page
  auto receipts = std::vector<receipt>{};
  for (auto bytes : {2000, 20, 2000, 30})
    receipts.push_back(publish_note(static_cast<std::size_t>(bytes)));
  carry_all();
  BOOST_TEST((receipts[0].poll() && receipts[2].poll()));
  BOOST_TEST(is_synced(receipts[1]));
  BOOST_TEST(is_synced(receipts[3]));
  BOOST_TEST(figures("parcels").published == 3u);
}

BOOST_AUTO_TEST_CASE(a_message_that_the_consumer_does_not_take_becomes_a_dead_letter) {
  queue = declare("parcels.tried_once", {.max_deliveries = 1});
  join(narrow, {});
  add_note_consumer();
  for (auto bytes : {10, 2000, 20})
    BOOST_TEST(!publish_note(static_cast<std::size_t>(bytes)).poll().has_value());
  pass(1s);
  BOOST_TEST((handled == std::vector<std::size_t>{10, 20}));
  BOOST_TEST(figures("parcels.tried_once").waiting() == 0u);
  BOOST_TEST(figures("parcels.tried_once.dead").ready == 1u);
  BOOST_TEST(links_made == 2u);
}

BOOST_AUTO_TEST_CASE(settlements_that_one_letter_does_not_hold_go_in_several) {
  queue = declare("parcels.tried_once", {.max_deliveries = 1});
  join({}, narrow);
  auto tags = std::vector<delivery_tag>{};
  auto receiver = own(system().spawn(taking_behavior, &tags));
  auto joining =
    request<messages::subscription>(queue, messages::subscribe{receiver, {{20, 1 << 20}, {}, {}}});
  carry_all();
  for (auto i = 0; i < 20; ++i)
    (void)publish_note(10);
  pass(100ms);
  BOOST_REQUIRE(tags.size() == 20u);
  auto all = messages::settle{joining->consumer, {}};
  for (auto tag : tags)
    all.settlements.push_back({tag, 1, settle_kind::nack, {}, std::string(1000, 'z')});
  auto settled = request<messages::settled>(queue, all);
  pass(100ms);
  BOOST_TEST(settled->outcome.settled == 20u);
  BOOST_TEST(figures("parcels.tried_once.dead").ready == 20u);
  BOOST_TEST(links_made == 2u);
}

BOOST_AUTO_TEST_CASE(many_messages_arrive_at_a_consumer_that_takes_few_at_once) {
  add_producer({.window_messages = 1000});
  for (auto i = 0; i < 50; ++i)
    (void)publish_note(300);
  pass(100ms);
  join(narrow, {});
  add_note_consumer();
  pass(1s);
  BOOST_TEST(handled.size() == 50u);
  BOOST_TEST(links_made == 2u);
}

BOOST_AUTO_TEST_CASE(an_answer_that_the_client_does_not_take_is_an_error_of_its_question) {
  join(narrow, {});
  (void)publish_note(900);
  (void)publish_note(900);
  pass(100ms);
  auto page = request<messages::browsed>(queue, messages::browse{});
  carry_all();
  BOOST_TEST((page.failure() == errc::too_large));
  BOOST_TEST(links_made == 2u);
}

BOOST_AUTO_TEST_SUITE_END()

// -- closing ------------------------------------------------------------------------

BOOST_AUTO_TEST_SUITE(closing_nodes_suite)

namespace {

/// A client that goes on while its broker is closed, and another one is opened.
struct client_of_a_closing_broker : nodes_fixture {
  client_of_a_closing_broker() {
    add_producer();
    add_consumer([this](std::uint64_t number) { handled.insert(number); });
    carry_all();
  }

  void go_on() {
    receipts.push_back(publish());
    pass(5ms); // acks go to disk after a millisecond
  }

  void verify() {
    open_broker();
    pass(2s); // the longest wait between two calls is 960 ms
    go_on();
    BOOST_TEST(std::ranges::all_of(receipts, is_synced));
    BOOST_TEST(handled.size() == receipts.size());
    BOOST_TEST(figures("parcels").waiting() == 0u);
  }

  std::vector<receipt> receipts;
  std::set<std::uint64_t> handled;
};

} // namespace

BOOST_AUTO_TEST_CASE(a_broker_that_closes_ends_no_producer_and_no_consumer_of_a_client) {
  for (auto links_at = std::size_t{0}; links_at < virtual_nodes::closing_steps; ++links_at) {
    BOOST_TEST_CONTEXT("links cut at step " << links_at) {
      auto nodes = client_of_a_closing_broker{};
      nodes.close_broker(links_at, [&] { nodes.go_on(); });
      nodes.verify();
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_on_its_way_within_a_closing_broker_ends_nobody_either) {
  for (auto links_at : {std::size_t{0}, virtual_nodes::closing_steps - 1})
    for (auto turns = std::size_t{0}; turns < 12; ++turns) {
      BOOST_TEST_CONTEXT("links cut at step " << links_at << " after " << turns << " turns") {
        auto nodes = client_of_a_closing_broker{};
        nodes.receipts.push_back(nodes.publish());
        nodes.deliver_all();
        nodes.arrive();
        nodes.close_broker(links_at, [&] { nodes.deliver_some(turns); });
        nodes.carry_all();
        nodes.verify();
      }
    }
}

BOOST_AUTO_TEST_CASE(a_queue_that_somebody_closed_ends_its_producers) {
  auto nodes = client_of_a_closing_broker{};
  nodes.tell(nodes.broker, messages::close_queue{"parcels"});
  nodes.go_on();
  auto outcome = nodes.receipts.back().poll();
  BOOST_REQUIRE(outcome.has_value());
  BOOST_REQUIRE(!outcome->ok());
  BOOST_TEST((outcome->why().code == errc::closed));
}

BOOST_AUTO_TEST_CASE(a_client_that_is_being_let_in_while_the_broker_closes_comes_again_at_once) {
  auto nodes = client_of_a_closing_broker{};
  nodes.cut();
  nodes.advance(60ms); // it has dialed, and its first words are on their way
  nodes.close_broker(0, [&] { nodes.carry_all(); });
  nodes.verify();
}

BOOST_AUTO_TEST_SUITE_END()
