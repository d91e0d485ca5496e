#include "ferry/broker.hpp"

#include "ferry/nodes/node_name.hpp"
#include "support/certificate_authority.hpp"
#include "support/frames.hpp"
#include "support/sockets.hpp"
#include "support/temporary_directory.hpp"
#include "support/watched.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>

#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace ferry;
using namespace std::chrono_literals;

struct parcel {
  std::uint64_t number = 0;
  std::string item;
};
FERRY_DESCRIBE(parcel, number, item)

/// Numbers that handlers on other threads saw.
class seen_numbers {
public:
  void add(std::uint64_t number) {
    seen_.change([&](auto& numbers) { numbers.push_back(number); });
  }

  [[nodiscard]] bool reaches(std::size_t count) {
    return seen_.becomes([&](const auto& numbers) { return numbers.size() >= count; });
  }

  [[nodiscard]] std::vector<std::uint64_t> in_order() const {
    return seen_.now();
  }

  [[nodiscard]] std::set<std::uint64_t> distinct() const {
    auto numbers = seen_.now();
    return {numbers.begin(), numbers.end()};
  }

private:
  ferry::testing::watched<std::vector<std::uint64_t>> seen_;
};

/// A process's worth of CAF; two of them are two nodes.
struct node {
  system_config config;
  caf::actor_system system{config};
};

struct nodes_fixture {
  broker open() {
    return broker::open(server.system, {.journal = journal}).value();
  }

  result<broker> try_connect(std::uint16_t port, connect_config config = {}) {
    config.connect_limit = 10s;
    return connect(client.system, "127.0.0.1:" + std::to_string(port), config);
  }

  ferry::testing::temporary_directory folder;
  std::string journal = (folder.path() / "broker.db").string();
  node server;
  node client;
};

errc code_of(const auto& outcome) {
  return outcome.ok() ? errc::none : outcome.why().code;
}

/// Whether all that is in the queue is settled in time, what comes again included.
bool is_emptied(const broker& here, const std::string& queue) {
  auto limit = std::chrono::steady_clock::now() + ferry::testing::patience;
  while (std::chrono::steady_clock::now() < limit)
    if (here.figures(queue).value().waiting() == 0)
      return true;
  return false;
}

/// What a node sends first whose letters another series of CAF writes.
std::string words_of_another_series() {
  auto word = actors::introduce("ferry", "stranger", {});
  word.encoding = "caf-another";
  auto bytes = to_letter(word).bytes;
  return std::string{link_preamble} + ferry::testing::framed(0, {bytes.data(), bytes.size()});
}

constexpr auto refusal_of_another_series = "node \"stranger\" writes letters as \"caf-another\"";

std::vector<std::uint64_t> numbers_to(std::uint64_t last) {
  auto all = std::vector<std::uint64_t>{};
  for (auto number = std::uint64_t{1}; number <= last; ++number)
    all.push_back(number);
  return all;
}

} // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(ferry::errc)
BOOST_TEST_DONT_PRINT_LOG_VALUE(ferry::durability_level)

BOOST_FIXTURE_TEST_SUITE(nodes_suite, nodes_fixture)

BOOST_AUTO_TEST_CASE(a_connected_program_declares_publishes_and_consumes_as_a_local_one) {
  auto here = open();
  auto port = here.serve().value();
  auto there = try_connect(port).value();
  there.declare("parcels").value();
  auto seen = seen_numbers{};
  auto consumer =
    there.consume<parcel>("parcels", [&](const parcel& p) { seen.add(p.number); }).value();
  auto producer = there.producer<parcel>("parcels").value();
  BOOST_TEST(producer.publish({1, "tea"}).wait().value() == durability_level::synced);
  for (auto number = std::uint64_t{2}; number <= 2000; ++number)
    (void)producer.publish({number, "tea"});
  producer.wait_all().value();
  BOOST_TEST(seen.reaches(2000));
  BOOST_TEST(seen.in_order() == numbers_to(2000));
  consumer.stop();
  auto figures = here.figures("parcels").value();
  BOOST_TEST(figures.acknowledged == 2000u);
  BOOST_TEST(figures.ready == 0u);
  BOOST_TEST(there.figures("parcels").value().acknowledged == 2000u);
  BOOST_TEST(there.queues().value() == here.queues().value());
  BOOST_TEST(there.journal_figures().value().stored == 2000u);
  BOOST_TEST(there.figures().value().commit_time.count() > 0u);
}

BOOST_AUTO_TEST_CASE(a_broker_that_is_opened_again_goes_on_where_its_clients_were) {
  auto here = std::optional{open()};
  auto port = here->serve().value();
  auto there = try_connect(port).value();
  there.declare("parcels").value();
  auto seen = seen_numbers{};
  auto consumer =
    there.consume<parcel>("parcels", [&](const parcel& p) { seen.add(p.number); }).value();
  auto producer = there.producer<parcel>("parcels").value();
  for (auto number = std::uint64_t{1}; number <= 1000; ++number)
    (void)producer.publish({number, "tea"});
  here.reset();
  for (auto number = std::uint64_t{1001}; number <= 2000; ++number)
    (void)producer.publish({number, "tea"});
  here.emplace(open());
  BOOST_REQUIRE(here->serve({.port = port}).ok());
  producer.wait_all(30s).value();
  BOOST_TEST(is_emptied(*here, "parcels"));
  consumer.stop();
  BOOST_TEST(seen.distinct().size() == 2000u);
}

BOOST_AUTO_TEST_CASE(a_broker_that_closes_again_and_again_under_load_ends_nobody_at_its_client) {
  auto here = std::optional{open()};
  auto port = here->serve().value();
  auto config = connect_config{};
  config.reconnect.backoff = {retry_growth::fixed, 5ms, 5ms, 1.0, 0.0};
  auto there = try_connect(port, config).value();
  there.declare("parcels").value();
  auto seen = seen_numbers{};
  auto consumer =
    there.consume<parcel>("parcels", [&](const parcel& p) { seen.add(p.number); }).value();
  auto producer = there.producer<parcel>("parcels").value();
  auto last = std::atomic<std::uint64_t>{0};
  auto load = std::jthread{[&](const std::stop_token& stop) {
    while (!stop.stop_requested())
      (void)producer.publish({++last, "tea"});
  }};
  for (auto round = 1; round <= 10; ++round) {
    BOOST_REQUIRE(seen.reaches(static_cast<std::size_t>(round) * 1000));
    here.reset();
    here.emplace(open());
    BOOST_REQUIRE(here->serve({.port = port}).ok());
  }
  load.request_stop();
  load.join();
  producer.wait_all(60s).value();
  BOOST_TEST(seen.reaches(last));
  consumer.stop();
  BOOST_TEST(seen.distinct().size() >= last - here->figures("parcels").value().waiting());
}

BOOST_AUTO_TEST_CASE(a_memory_queue_that_its_client_declared_is_there_again_with_its_broker) {
  auto here = std::optional{broker::open(server.system, {}).value()};
  auto port = here->serve().value();
  auto there = try_connect(port).value();
  there.declare("parcels", {.durability = durability::memory}).value();
  auto producer = there.producer<parcel>("parcels").value();
  producer.publish({1, "tea"}).wait().value();
  here.emplace(broker::open(server.system, {}).value());
  BOOST_REQUIRE(here->serve({.port = port}).ok());
  BOOST_TEST(producer.publish({2, "tea"}).wait(20s).value() == durability_level::memory);
  BOOST_TEST(here->figures("parcels").value().published == 1u);
}

BOOST_AUTO_TEST_CASE(without_its_broker_a_connection_says_so) {
  auto here = std::optional{open()};
  auto port = here->serve().value();
  auto there = try_connect(port, {.close_limit = 100ms}).value();
  there.declare("parcels").value();
  auto producer = there.producer<parcel>("parcels").value();
  here.reset();
  auto receipt = producer.publish({1, "tea"});
  BOOST_TEST(code_of(receipt.wait(200ms)) == errc::timed_out);
  BOOST_TEST(code_of(there.declare("letters")) == errc::disconnected);
  BOOST_TEST(code_of(there.figures("parcels")) == errc::disconnected);
  BOOST_TEST(producer.window().held.text.find("dialed again") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_a_handler_nacks_comes_back_and_ends_as_a_dead_letter) {
  auto here = open();
  auto there = try_connect(here.serve().value()).value();
  auto config = queue_config{.max_deliveries = 2};
  config.retry = {retry_growth::immediate, 0ns, 0ns, 1.0, 0.0};
  there.declare("parcels", config).value();
  auto seen = seen_numbers{};
  auto fail = [&](const parcel& p) {
    seen.add(p.number);
    throw std::runtime_error("torn");
  };
  auto consumer = there.consume<parcel>("parcels", fail).value();
  there.producer<parcel>("parcels").value().publish({7, "tea"}).wait().value();
  BOOST_TEST(seen.reaches(2));
  consumer.stop();
  auto letters = there.browse("parcels.dead");
  BOOST_REQUIRE(letters.ok());
  BOOST_REQUIRE(letters->items.size() == 1u);
  BOOST_TEST(decode_as<parcel>(letters->items.front().message).value().number == 7u);
  BOOST_TEST(there.redrive("parcels.dead").value().moved == 1u);
  BOOST_TEST(there.figures("parcels").value().ready == 1u);
}

BOOST_AUTO_TEST_CASE(a_node_of_another_cluster_is_refused_by_name) {
  auto here = open();
  auto port = here.serve({.cluster = "harbour"}).value();
  auto refused = try_connect(port, {.cluster = "ferry"});
  BOOST_TEST(code_of(refused) == errc::wrong_peer);
  BOOST_TEST(refused.why().text.find("harbour") != std::string::npos);
}

// As a node of 0.17 and one of 1.x meet, whichever of them this one is.
BOOST_AUTO_TEST_CASE(a_broker_tells_a_node_of_another_series_of_caf_why_it_refuses_it) {
  auto here = open();
  auto stranger = ferry::testing::connect_to(here.serve().value());
  ferry::testing::write_all(stranger.descriptor(), words_of_another_series());
  auto heard = ferry::testing::read_to_end(stranger.descriptor());
  BOOST_TEST(heard.find(refusal_of_another_series) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_program_says_that_its_broker_is_of_another_series_of_caf) {
  auto stranger = ferry::testing::silent_port{};
  auto asked = std::async(std::launch::async, [&] { return try_connect(stranger.port()); });
  auto line = stranger.accept();
  ferry::testing::write_all(line.descriptor(), words_of_another_series());
  auto refused = asked.get();
  BOOST_TEST(code_of(refused) == errc::wrong_peer);
  BOOST_TEST(refused.why().text.find(refusal_of_another_series) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_client_does_what_it_was_granted_and_nothing_else) {
  auto here = open();
  here.declare("parcels").value();
  here.declare("letters").value();
  auto access = access_config{};
  access.tokens["a-token-that-is-long"] = "sender";
  access.grants.push_back({"sender", "parcels", {permission::publish}});
  auto port = here.serve({.access = access}).value();
  BOOST_TEST(code_of(try_connect(port)) == errc::not_permitted);
  BOOST_TEST(code_of(try_connect(port, {.token = "another-long-token"})) == errc::not_permitted);
  auto there = try_connect(port, {.token = "a-token-that-is-long"}).value();
  auto producer = there.producer<parcel>("parcels").value();
  BOOST_TEST(producer.publish({1, "tea"}).wait().value() == durability_level::synced);
  BOOST_TEST(code_of(there.producer<parcel>("letters")) == errc::not_permitted);
  BOOST_TEST(code_of(there.declare("others")) == errc::not_permitted);
  BOOST_TEST(code_of(there.browse("parcels")) == errc::not_permitted);
  BOOST_TEST(code_of(there.close_queue("parcels")) == errc::not_permitted);
  BOOST_TEST(code_of(there.pause("parcels", 1s)) == errc::not_permitted);
  BOOST_TEST(there.queues().value() == std::vector<std::string>{"parcels"});
}

// -- certificates -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_certificate_names_the_client_and_its_grants) {
  auto authority = ferry::testing::certificate_authority{folder, "harbour"};
  auto here = open();
  here.declare("letters").value();
  auto config = serve_config{.tls = authority.issue("broker")};
  config.access.grants.push_back(
    {"worker*", "parcels", {permission::declare, permission::publish, permission::consume}});
  auto port = here.serve(config).value();
  auto there =
    try_connect(port, {.tls = authority.issue("worker-1"), .expected_name = "broker"}).value();
  there.declare("parcels").value();
  auto seen = seen_numbers{};
  auto consumer =
    there.consume<parcel>("parcels", [&](const parcel& p) { seen.add(p.number); }).value();
  auto producer = there.producer<parcel>("parcels").value();
  for (auto number = std::uint64_t{1}; number <= 1000; ++number)
    (void)producer.publish({number, "tea"});
  producer.wait_all().value();
  BOOST_TEST(seen.reaches(1000));
  consumer.stop();
  BOOST_TEST(code_of(there.producer<parcel>("letters")) == errc::not_permitted);
}

BOOST_AUTO_TEST_CASE(with_certificates_nothing_is_permitted_that_is_not_granted) {
  auto authority = ferry::testing::certificate_authority{folder, "harbour"};
  auto here = open();
  here.declare("parcels").value();
  auto port = here.serve({.tls = authority.issue("broker")}).value();
  auto there = try_connect(port, {.tls = authority.issue("worker-1")}).value();
  BOOST_TEST(there.queues().value().empty());
  BOOST_TEST(code_of(there.declare("parcels")) == errc::not_permitted);
  BOOST_TEST(code_of(there.producer<parcel>("parcels")) == errc::not_permitted);
}

BOOST_AUTO_TEST_CASE(
  who_shows_a_certificate_of_another_authority_is_refused_while_others_are_served) {
  auto authority = ferry::testing::certificate_authority{folder, "harbour"};
  auto stranger = ferry::testing::certificate_authority{folder, "elsewhere"};
  auto here = open();
  auto port = here.serve({.tls = authority.issue("broker")}).value();
  auto good = try_connect(port, {.tls = authority.issue("worker-1")});
  BOOST_TEST(good.ok());
  BOOST_TEST(code_of(try_connect(port, {.tls = stranger.issue("worker-1")})) == errc::not_trusted);
  auto wrong_name =
    try_connect(port, {.tls = authority.issue("worker-1"), .expected_name = "another"});
  BOOST_TEST(code_of(wrong_name) == errc::not_trusted);
  BOOST_TEST(good->queues().ok());
}

BOOST_AUTO_TEST_CASE(without_certificates_a_broker_serves_its_own_machine_only) {
  auto here = open();
  BOOST_TEST(code_of(here.serve({.address = "0.0.0.0"})) == errc::invalid_argument);
  BOOST_TEST(here.serve({.address = "0.0.0.0", .insecure = true}).ok());
}

// -- strangers ----------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(bytes_that_no_node_sends_end_their_own_connection_only) {
  auto here = open();
  auto port = here.serve({.link = {.handshake = 300ms}}).value();
  auto good = try_connect(port).value();
  auto huge_header = std::string{link_preamble} + std::string("\xff\xff\xff\xff\1\0\0\0\1", 9);
  auto letter_before_hello = std::string{link_preamble} + std::string("\2\0\0\0\1\0\0\0\1xx", 11);
  for (const auto& bytes :
       {std::string(32, '\0'), std::string{"GET / HTTP/1.1\r\n\r\n"}, std::string(1 << 20, '\xa5'),
        huge_header, letter_before_hello, std::string{"fer"}}) {
    auto stranger = ferry::testing::connect_to(port);
    ferry::testing::write_all(stranger.descriptor(), bytes);
    BOOST_CHECK_NO_THROW(ferry::testing::read_to_end(stranger.descriptor()));
  }
  BOOST_TEST(good.declare("parcels").ok());
}

BOOST_AUTO_TEST_CASE(nobody_answers_is_told_after_the_limit) {
  auto config = connect_config{.connect_limit = 300ms};
  auto refused = connect(client.system, "127.0.0.1:1", config);
  BOOST_TEST(code_of(refused) == errc::disconnected);
  BOOST_TEST(refused.why().text.find("127.0.0.1:1") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_message_of_many_megabytes_arrives_whole) {
  auto here = open();
  auto there = try_connect(here.serve().value()).value();
  there.declare("parcels", {.max_payload_bytes = std::size_t{64} << 20}).value();
  auto text = std::string(std::size_t{63} << 20, 'x');
  text.back() = 'y';
  auto arrived = std::promise<bool>{};
  auto consumer =
    there.consume<parcel>("parcels", [&](const parcel& p) { arrived.set_value(p.item == text); });
  there.producer<parcel>("parcels").value().publish({1, text}).wait().value();
  BOOST_TEST(arrived.get_future().get());
}

BOOST_AUTO_TEST_SUITE_END()
