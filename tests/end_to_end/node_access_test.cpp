// What docs/security.md says of who may do what, each permission from both sides, as a
// program on another node meets it.

#include "ferry/broker.hpp"

#include "ferry/actors/ask.hpp"
#include "ferry/actors/handles.hpp"
#include "ferry/actors/protocol/publishing.hpp"
#include "ferry/retry/death.hpp"

#include "support/certificate_authority.hpp"
#include "support/inbox.hpp"
#include "support/sockets.hpp"
#include "support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>

#include <optional>
#include <set>
#include <string>

namespace {

using namespace ferry;
using namespace ferry::testing;
using namespace std::chrono_literals;

using deeds = std::set<std::string>;

constexpr auto alices_token = "alice has a long secret";
constexpr auto everything = {permission::declare, permission::publish, permission::consume,
                             permission::administer};

struct parcel {
  std::uint64_t number = 0;
};
FERRY_DESCRIBE(parcel, number)

errc code_of(const auto& outcome) {
  return outcome.ok() ? errc::none : outcome.why().code;
}

/// A broker with queues, and clients of it that may do what the test grants them.
struct node_access_fixture {
  node_access_fixture() {
    access.tokens[alices_token] = "alice";
    for (const auto* name : {"orders", "orders.eu", "bills"})
      here.declare(name).value();
    here.producer<parcel>("orders").value().publish({1}).wait().value();
  }

  void grant_to(const std::string& who, const std::string& queue, std::vector<permission> may) {
    access.grants.push_back({who, queue, std::move(may)});
  }

  broker alice() {
    auto port = here.serve({.access = access}).value();
    auto config = connect_config{.token = alices_token, .connect_limit = 10s};
    config.report = [this](const std::string& text) { heard.put(text); };
    return connect(program, "127.0.0.1:" + std::to_string(port), config).value();
  }

  /// What the client can do to `queue`. Whatever it cannot do is not permitted, and
  /// nothing else is wrong with it.
  deeds what_can_be_done(broker& there, const std::string& queue) {
    auto done = deeds{};
    auto note = [&](const std::string& deed, const auto& outcome) {
      if (outcome.ok())
        done.insert(deed);
      else
        BOOST_TEST((outcome.why().code == errc::not_permitted), deed + ": " + outcome.why().text);
    };
    if (there.queues().value() != std::vector<std::string>{})
      done.insert("list");
    note("see", there.figures(queue));
    note("declare", there.declare(queue));
    note("publish", publish(there, queue));
    note("consume", consume(there, queue));
    note("browse", there.browse(queue));
    note("pause", there.pause(queue, 1ms));
    note("redrive", there.redrive(queue, {.to = queue}));
    note("close", there.close_queue(queue));
    return done;
  }

  static result<durability_level> publish(broker& there, const std::string& queue) {
    auto producer = there.producer<parcel>(queue);
    return producer ? producer->publish({2}).wait() : producer.why();
  }

  /// As an actor does that takes part by the protocol alone.
  status publish_by_hand(broker& there, const std::string& queue, const envelope& message) {
    auto page = std::make_shared<const message_page>(message_page{message});
    auto first = publish_number{1};
    auto handle = actors::as<actors::queue_actor>(there.handle(queue).value());
    auto receipt = actors::ask<messages::receipt>(
      program, handle, messages::publish{{session_id{1}, first, first, page}});
    const auto& refused = receipt.value().outcome.refused;
    if (refused.empty())
      return success();
    return refused.front().why;
  }

  /// A refused consumer is opened, and the refusal reported.
  status consume(broker& there, const std::string& queue) {
    auto handle = [this](const parcel&) { heard.put("handled"); };
    auto consumer = there.consume<parcel>(queue, handle);
    if (!consumer)
      return consumer.why();
    here.producer<parcel>(queue).value().publish({3}).wait().value();
    for (;;) {
      auto text = heard.take();
      if (text.find("\"alice\" may not consume from queue \"" + queue) != std::string::npos)
        return error{errc::not_permitted, text};
      if (text != "handled")
        continue;
      consumer->stop();
      return success();
    }
  }

  temporary_directory folder;
  inbox<std::string> heard; // of the client: reports, and "handled"
  access_config access;
  system_config settings;
  caf::actor_system server{settings};
  caf::actor_system program{settings};
  broker here = broker::open(server, {.journal = folder.file("broker.db")}).value();
};

} // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(ferry::errc)
BOOST_TEST_DONT_PRINT_LOG_VALUE(deeds)

BOOST_FIXTURE_TEST_SUITE(node_access_suite, node_access_fixture)

// -- each permission alone --------------------------------------------------------

BOOST_AUTO_TEST_CASE(who_was_granted_nothing_sees_nothing_and_does_nothing) {
  grant_to("bob", "*", everything);
  auto there = alice();
  BOOST_TEST(what_can_be_done(there, "orders") == deeds{});
}

BOOST_AUTO_TEST_CASE(who_may_declare_a_queue_sees_it_and_does_nothing_else_to_it) {
  grant_to("alice", "orders", {permission::declare});
  auto there = alice();
  BOOST_TEST(what_can_be_done(there, "orders") == (deeds{"list", "see", "declare"}));
}

BOOST_AUTO_TEST_CASE(who_may_publish_to_a_queue_sees_it_and_does_nothing_else_to_it) {
  grant_to("alice", "orders", {permission::publish});
  auto there = alice();
  BOOST_TEST(what_can_be_done(there, "orders") == (deeds{"list", "see", "publish"}));
}

BOOST_AUTO_TEST_CASE(who_may_consume_from_a_queue_sees_it_and_does_nothing_else_to_it) {
  grant_to("alice", "orders", {permission::consume});
  auto there = alice();
  BOOST_TEST(what_can_be_done(there, "orders") == (deeds{"list", "see", "consume"}));
  BOOST_TEST(here.figures("orders").value().acknowledged > 0u);
}

BOOST_AUTO_TEST_CASE(who_may_administer_a_queue_neither_declares_publishes_nor_consumes) {
  grant_to("alice", "orders", {permission::administer});
  grant_to("alice", "bills", {permission::administer});
  auto there = alice();
  BOOST_TEST(there.browse("orders").ok());
  BOOST_TEST(there.pause("orders", 1ms).ok());
  BOOST_TEST(there.redrive("bills").ok());
  BOOST_TEST(what_can_be_done(there, "orders")
             == (deeds{"list", "see", "browse", "pause", "close"})); // to redrive it publishes
}

// -- patterns ---------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_grant_on_a_name_is_none_on_longer_ones) {
  grant_to("alice", "orders", {permission::publish});
  auto there = alice();
  BOOST_TEST(publish(there, "orders").ok());
  BOOST_TEST(code_of(publish(there, "orders.eu")) == errc::not_permitted);
}

BOOST_AUTO_TEST_CASE(a_grant_with_a_star_is_one_on_all_that_begin_so_and_on_no_other) {
  grant_to("al*", "orders*", {permission::publish});
  auto there = alice();
  BOOST_TEST(publish(there, "orders").ok());
  BOOST_TEST(publish(there, "orders.eu").ok());
  BOOST_TEST(code_of(publish(there, "bills")) == errc::not_permitted);
  BOOST_TEST(there.queues().value()
             == (std::vector<std::string>{"orders", "orders.dead", "orders.eu", "orders.eu.dead"}));
}

BOOST_AUTO_TEST_CASE(a_queue_that_nobody_was_granted_is_as_one_that_is_not_there) {
  grant_to("alice", "orders", {permission::publish});
  auto there = alice();
  auto hidden = there.figures("bills");
  auto missing = there.figures("bolts");
  BOOST_TEST(code_of(hidden) == code_of(missing));
  auto text = missing.why().text;
  text.replace(text.find("bolts"), 5, "bills");
  BOOST_TEST(hidden.why().text == text);
}

// -- two queues at once -------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_redrive_to_another_queue_wants_that_one_may_publish_there) {
  grant_to("alice", "orders.dead", {permission::administer});
  auto there = alice();
  BOOST_TEST(there.redrive("orders.dead").ok());
  BOOST_TEST(code_of(there.redrive("orders.dead", {.to = "bills"})) == errc::not_permitted);
}

BOOST_AUTO_TEST_CASE(who_may_publish_there_redrives_to_another_queue) {
  grant_to("alice", "orders.dead", {permission::administer});
  grant_to("alice", "bills", {permission::publish});
  auto there = alice();
  BOOST_TEST(there.redrive("orders.dead", {.to = "bills"}).ok());
}

// The origin is all that a redrive without a target asks for.
BOOST_AUTO_TEST_CASE(nobody_forges_a_letter_that_a_redrive_brings_where_one_may_not_publish) {
  grant_to("alice", "orders", everything);
  auto there = alice();
  auto forged = dead_letter({}, {"bills", sequence_number{1}, {}, {}, 1, {}});
  BOOST_TEST(code_of(publish_by_hand(there, "orders", forged)) == errc::invalid_argument);
  BOOST_TEST(there.redrive("orders").value().moved == 0u);
  BOOST_TEST(here.figures("bills").value().published == 0u);
}

BOOST_AUTO_TEST_CASE(a_queue_is_declared_with_its_own_dead_letter_queue) {
  grant_to("alice", "letters", {permission::declare});
  auto there = alice();
  BOOST_TEST(there.declare("letters").ok());
  BOOST_TEST(here.figures("letters.dead").ok());
}

BOOST_AUTO_TEST_CASE(nobody_has_dead_letters_go_where_one_may_not_publish) {
  grant_to("alice", "letters", everything);
  grant_to("alice", "bills", {permission::declare});
  auto there = alice();
  auto refused = there.declare("letters", {.dead_letter_queue = "bills"});
  BOOST_TEST(code_of(refused) == errc::not_permitted);
  BOOST_TEST(refused.why().text.find("may not publish to queue \"bills\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(nobody_creates_a_queue_for_dead_letters_that_one_may_not_declare) {
  grant_to("alice", "letters", everything);
  grant_to("alice", "taken", {permission::publish});
  auto there = alice();
  BOOST_TEST(code_of(there.declare("letters", {.dead_letter_queue = "taken"}))
             == errc::not_permitted);
  BOOST_TEST(!here.figures("taken").ok());
}

BOOST_AUTO_TEST_CASE(who_may_declare_and_publish_there_has_dead_letters_go_there) {
  grant_to("alice", "letters", {permission::declare});
  grant_to("alice", "bills", {permission::declare, permission::publish});
  auto there = alice();
  BOOST_TEST(there.declare("letters", {.dead_letter_queue = "bills"}).ok());
}

BOOST_AUTO_TEST_CASE(where_there_are_no_dead_letters_it_does_not_matter_where_they_would_go) {
  grant_to("alice", "letters", {permission::declare});
  auto there = alice();
  auto config = queue_config{.last_resort = last_resort::discard, .dead_letter_queue = "nowhere"};
  BOOST_TEST(there.declare("letters", config).ok());
  BOOST_TEST(!here.figures("nowhere").ok());
}

// The longest words fit the handshake.
BOOST_AUTO_TEST_CASE(a_token_of_4096_characters_is_known) {
  auto token = std::string(4096, 't');
  access.tokens[token] = "alice";
  auto port = here.serve({.access = access, .cluster = std::string(4096, 'c')}).value();
  auto config = connect_config{.token = token, .cluster = std::string(4096, 'c')};
  config.node = std::string(4096, 'n');
  BOOST_TEST(connect(program, "127.0.0.1:" + std::to_string(port), config).ok());
}

// -- the journal ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_journals_figures_are_zero_to_who_administers_some_queues_only) {
  grant_to("alice", "orders*", everything);
  auto there = alice();
  BOOST_TEST(here.journal_figures().value().stored == 1u);
  BOOST_TEST(there.journal_figures().value().stored == 0u);
  auto all = there.figures().value();
  BOOST_TEST(all.journal.stored == 0u);
  BOOST_TEST(all.journal.commits == 0u);
  BOOST_TEST(all.commit_time.count() == 0u);
  BOOST_TEST(all.queues.front().figures.published == 1u);
}

BOOST_AUTO_TEST_CASE(the_journals_figures_are_shown_to_who_administers_all_queues) {
  grant_to("alice", "*", {permission::administer});
  auto there = alice();
  BOOST_TEST(there.journal_figures().value().stored == 1u);
  BOOST_TEST(there.figures().value().commit_time.count() > 0u);
}

BOOST_AUTO_TEST_CASE(the_journals_figures_are_zero_to_who_does_all_but_administer) {
  grant_to("alice", "*", {permission::declare, permission::publish, permission::consume});
  auto there = alice();
  BOOST_TEST(there.journal_figures().value().stored == 0u);
}

// -- names ------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_client_is_called_what_its_token_says_whatever_its_certificate_does) {
  auto authority = certificate_authority{folder, "harbour"};
  grant_to("alice", "orders", {permission::publish});
  grant_to("worker", "bills", {permission::publish});
  auto port = here.serve({.tls = authority.issue("broker"), .access = access}).value();
  auto address = "127.0.0.1:" + std::to_string(port);
  auto files = authority.issue("worker");
  auto by_token = connect(program, address, {.tls = files, .token = alices_token}).value();
  BOOST_TEST(publish(by_token, "orders").ok());
  BOOST_TEST(code_of(publish(by_token, "bills")) == errc::not_permitted);
  auto by_certificate = connect(program, address, {.tls = files}).value();
  BOOST_TEST(code_of(publish(by_certificate, "orders")) == errc::not_permitted);
  BOOST_TEST(publish(by_certificate, "bills").ok());
}

BOOST_AUTO_TEST_CASE(a_grant_alone_lets_nobody_in_who_has_no_name) {
  access.tokens.clear();
  grant_to("*", "*", everything);
  auto port = here.serve({.access = access}).value();
  auto refused = connect(program, "127.0.0.1:" + std::to_string(port));
  BOOST_TEST(code_of(refused) == errc::not_permitted);
}

// -- certificates that do not do ----------------------------------------------------

BOOST_AUTO_TEST_CASE(a_broker_says_that_its_own_certificate_has_expired_and_opens_no_port) {
  auto authority = certificate_authority{folder, "harbour"};
  auto port = std::optional {
    silent_port {
    }
    } -> port(); // free again
  for (auto [wishes, words] :
       {std::pair{certificate_wishes{.valid_from = -2h, .valid_until = -1s}, "\" expired on "},
        std::pair{certificate_wishes{.valid_from = 1h, .valid_until = 2h},
                  "\" is not valid before "}}) {
    auto files = authority.issue("broker", wishes);
    auto refused = here.serve({.port = port, .tls = files});
    BOOST_TEST(code_of(refused) == errc::not_trusted);
    BOOST_TEST(refused.why().text.find(files.certificate + words) != std::string::npos);
    BOOST_TEST(refused.why().text.find("issue it again") != std::string::npos);
    auto caller = connect_to(port);
    BOOST_TEST(read_to_end(caller.descriptor()) == "");
  }
  BOOST_TEST(here.serve({.port = port, .tls = authority.issue("broker")}).ok());
}

BOOST_AUTO_TEST_CASE(a_program_says_that_its_own_certificate_has_expired_and_calls_nobody) {
  auto authority = certificate_authority{folder, "harbour"};
  auto port = here.serve({.tls = authority.issue("broker")}).value();
  auto files = authority.issue("alice", {.valid_from = -2h, .valid_until = -1s});
  auto refused = connect(program, "127.0.0.1:" + std::to_string(port), {.tls = files});
  BOOST_TEST(code_of(refused) == errc::not_trusted);
  BOOST_TEST(refused.why().text.find(files.certificate + "\" expired on ") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
