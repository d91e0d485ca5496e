// Where a client looks for its broker, and what it says when it looks no more; in
// virtual time.

#include "support/printing.hpp"
#include "support/virtual_nodes.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace {

using namespace ferry;
using namespace ferry::testing;
using namespace std::chrono_literals;

using addresses = std::vector<std::string>;

struct parcel {
  std::uint64_t number = 0;
};
FERRY_DESCRIBE(parcel, number)

struct reconnect_fixture : virtual_nodes {
  explicit reconnect_fixture(const virtual_client& wishes) : virtual_nodes(wishes) {
    queue = declare("parcels", {});
  }

  void add_producer(producer_config config = {}) {
    port = std::make_shared<producer_port>("parcels", 1000, std::move(config));
    producer = own(actors::spawn_producer(system(), {queue, port, session_id{42}, clock(), {}}));
  }

  void add_consumer() {
    auto handler =
      make_handler<parcel>([this](const parcel& p) { handled.push_back(p.number); }, 10);
    consumer = consumer_of(queue, std::move(handler));
    carry_all();
  }

  receipt publish() {
    auto message = ferry::envelope{codec<parcel>::encode({++last}).value(),
                                   codec<parcel>::content(), nullptr, now()};
    auto published = port->publish(std::move(message), when_full::refuse);
    deliver_all();
    return published;
  }

  /// What became of it: `none` where it is confirmed, `nullopt` while it is not known.
  static std::optional<errc> fate(const receipt& published) {
    auto outcome = published.poll();
    if (!outcome)
      return std::nullopt;
    return outcome->ok() ? errc::none : outcome->why().code;
  }

  actors::queue_actor queue;
  std::shared_ptr<producer_port> port;
  actors::producer_actor producer;
  actors::consumer_actor consumer;
  std::vector<std::uint64_t> handled;
  std::uint64_t last = 0;
};

/// A client that knows an address where nobody is, and then that of its broker.
struct two_addresses : reconnect_fixture {
  two_addresses() : reconnect_fixture({.addresses = {"elsewhere:1", "there:1"}}) {
  }
};

/// A client that looks for its broker for two seconds.
struct impatient_client : reconnect_fixture {
  impatient_client() : reconnect_fixture({.reconnect = {.give_up_after = 2s}}) {
  }

  // Two seconds, and the longest wait between two calls.
  void wait_until_it_gave_up() {
    pass(2s + 960ms);
  }
};

} // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(std::optional<ferry::errc>)

BOOST_AUTO_TEST_SUITE(nodes_reconnect_suite)

// -- two addresses ----------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(a_broker_is_found_behind_an_address_where_nobody_is, two_addresses) {
  BOOST_TEST(dialed == (addresses{"elsewhere:1", "there:1"}));
  add_producer();
  auto receipt = publish();
  carry_all();
  BOOST_TEST((fate(receipt) == errc::none));
}

BOOST_FIXTURE_TEST_CASE(a_client_follows_its_broker_to_the_other_address, two_addresses) {
  add_producer();
  add_consumer();
  pass(1s); // a link that holds for 800 ms counts as one that was had
  kill_broker();
  auto receipt = publish();
  served_at = "elsewhere:1";
  open_broker();
  pass(60ms); // the first call comes within 50 ms, the next one right behind it
  BOOST_TEST((fate(receipt) == errc::none));
  BOOST_TEST(handled == std::vector<std::uint64_t>{1});
  BOOST_TEST(dialed == (addresses{"elsewhere:1", "there:1", "there:1", "elsewhere:1"}));
}

BOOST_FIXTURE_TEST_CASE(a_client_follows_its_broker_there_and_back, two_addresses) {
  add_producer();
  for (const auto* place : {"elsewhere:1", "there:1", "elsewhere:1"}) {
    pass(1s);
    kill_broker();
    served_at = place;
    open_broker();
    auto receipt = publish();
    pass(60ms);
    BOOST_TEST((fate(receipt) == errc::none));
  }
}

BOOST_FIXTURE_TEST_CASE(a_client_that_lost_its_link_only_dials_the_address_that_worked_last,
                        two_addresses) {
  pass(1s);
  cut();
  pass(60ms);
  BOOST_TEST(dialed == (addresses{"elsewhere:1", "there:1", "there:1"}));
}

// -- giving up to connect ---------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(a_client_gives_up_at_the_limit_and_not_before, impatient_client) {
  kill_broker();
  pass(2s - 5ms);
  auto early = request<messages::queue_info>(client, messages::find{"parcels"});
  BOOST_TEST(early.failure() == errc::disconnected);
  pass(5ms + 960ms);
  auto late = request<messages::queue_info>(client, messages::find{"parcels"});
  BOOST_TEST(late.failure() == errc::closed);
  BOOST_TEST(late.content().why().text.find("give_up_after") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(who_gave_up_dials_no_more_although_the_broker_is_back, impatient_client) {
  kill_broker();
  wait_until_it_gave_up();
  auto calls = dialed.size();
  open_broker();
  pass(1h, 1min);
  BOOST_TEST(dialed.size() == calls);
  auto outcome = request<messages::queue_names>(client, messages::list_queues{});
  BOOST_TEST(outcome.failure() == errc::closed);
}

BOOST_FIXTURE_TEST_CASE(a_broker_that_is_back_before_the_limit_is_found, impatient_client) {
  pass(1s);
  kill_broker();
  add_producer();
  auto receipt = publish();
  pass(1s);
  open_broker();
  pass(960ms);
  BOOST_TEST((fate(receipt) == errc::none));
}

BOOST_FIXTURE_TEST_CASE(who_waits_to_join_hears_that_it_was_given_up, impatient_client) {
  kill_broker();
  auto joined = request<messages::joined>(client, messages::join{});
  pass(2s - 5ms);
  BOOST_TEST(!joined.arrived());
  pass(5ms + 960ms);
  BOOST_REQUIRE(joined.arrived());
  BOOST_TEST(joined.failure() == errc::closed);
}

BOOST_FIXTURE_TEST_CASE(what_a_producer_holds_fails_as_soon_as_its_link_is_given_up,
                        impatient_client) {
  add_producer();
  auto sent = publish();
  kill_broker();
  auto kept = publish();
  pass(2s - 5ms);
  BOOST_TEST((fate(sent) == std::nullopt));
  BOOST_TEST((fate(kept) == std::nullopt));
  pass(5ms + 960ms);
  BOOST_TEST((fate(sent) == errc::closed));
  BOOST_TEST((fate(kept) == errc::closed));
  BOOST_TEST((fate(publish()) == errc::closed));
}

BOOST_FIXTURE_TEST_CASE(a_producer_without_messages_learns_it_from_the_first, impatient_client) {
  add_producer();
  kill_broker();
  wait_until_it_gave_up();
  BOOST_TEST((fate(publish()) == errc::closed));
}

BOOST_FIXTURE_TEST_CASE(a_consumer_whose_link_was_given_up_can_be_stopped, impatient_client) {
  add_consumer();
  kill_broker();
  wait_until_it_gave_up();
  auto stopped = request<messages::stopped>(consumer, messages::stop{});
  BOOST_TEST(stopped.arrived());
}

// -- failing ------------------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(a_client_that_fails_within_itself_answers_whoever_waits, two_addresses) {
  pass(1s);
  dialing_throws = "no memory";
  kill_broker();
  auto waiting = request<messages::joined>(client, messages::join{});
  pass(60ms);
  BOOST_TEST(waiting.failure() == errc::closed);
  BOOST_TEST(waiting.content().why().text == "the connection failed: no memory; connect again");
}

// -- giving up to publish -----------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(what_no_link_confirms_is_given_up_at_the_producers_limit, two_addresses) {
  add_producer({.give_up_after = 2s});
  kill_broker();
  auto receipt = publish();
  pass(2s - 5ms);
  BOOST_TEST((fate(receipt) == std::nullopt));
  pass(5ms);
  BOOST_TEST((fate(receipt) == errc::timed_out));
  BOOST_TEST(receipt.poll()->why().text.find("nobody answers at") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(what_a_stalled_link_does_not_confirm_is_given_up_as_well, two_addresses) {
  link.pulse.silence = 1h;
  cut();
  pass(60ms);
  add_producer({.give_up_after = 2s});
  carry_all();
  auto receipt = publish();
  advance(2s - 1ms);
  BOOST_TEST((fate(receipt) == std::nullopt));
  advance(1ms);
  BOOST_TEST((fate(receipt) == errc::timed_out));
}

BOOST_FIXTURE_TEST_CASE(a_producer_goes_on_behind_what_it_gave_up, two_addresses) {
  add_producer({.give_up_after = 2s});
  add_consumer();
  kill_broker();
  auto first = publish();
  pass(1s);
  auto second = publish();
  pass(1s);
  open_broker();
  pass(960ms);
  BOOST_TEST((fate(first) == errc::timed_out));
  BOOST_TEST((fate(second) == errc::none));
  auto third = publish();
  carry_all();
  BOOST_TEST((fate(third) == errc::none));
  BOOST_TEST(handled == (std::vector<std::uint64_t>{2, 3}));
}

BOOST_AUTO_TEST_SUITE_END()
