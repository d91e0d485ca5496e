#include "net_fixture.hpp"

#include "support/tls_client.hpp"

#include <vector>

using namespace ferry;
using namespace ferry::testing;

namespace {

struct mutual_tls_fixture : net_fixture {
  net::gate gate = listen({.tls = broker});
  silent_port elsewhere;

  /// Why the gate refuses a client of these manners.
  net::refusal refuse(const client_manners& manners) {
    auto socket = connect_to(gate.port());
    auto client = tls_client{manners};
    client.shake_hands(socket.descriptor());
    auto refused = refusals.take();
    BOOST_TEST(arrivals.size() == 0u);
    return refused;
  }

  /// Why alice refuses a server that shows the certificate of `files`.
  error refuse_server(const net::tls_files& files) {
    auto outcome = inbox<result<net::peer_stream>>{};
    auto dialing = net::dial(thread, {.target = at(elsewhere.port()), .tls = alice},
                             [&](result<net::peer_stream> made) { outcome.put(std::move(made)); });
    auto socket = elsewhere.accept();
    tls_server{files}.shake_hands(socket.descriptor());
    auto made = outcome.take();
    BOOST_REQUIRE(!made);
    BOOST_TEST((made.why().code == errc::not_trusted));
    BOOST_TEST(names(made.why().text, "node at " + at(elsewhere.port()) + " "));
    return made.why();
  }

  void alice_is_still_served() {
    auto pair = connect(gate);
    write_all(pair.caller(), "ahoy");
    BOOST_TEST(read_exactly(pair.callee(), 4) == "ahoy");
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(mutual_tls_suite, mutual_tls_fixture)

// -- those who are let in -----------------------------------------------------

BOOST_AUTO_TEST_CASE(both_sides_learn_the_others_names) {
  auto pair = connect(gate);
  BOOST_TEST(pair.far.peer_name == "alice");
  BOOST_TEST(pair.near.peer_name == "broker");
  BOOST_TEST((pair.near.dns_names == std::vector<std::string>{"mq.example", "mq"}));
  BOOST_TEST(pair.far.dns_names.empty());
}

BOOST_AUTO_TEST_CASE(both_sides_learn_the_others_address) {
  auto pair = connect(gate);
  BOOST_TEST(pair.near.address == at(gate.port()));
  BOOST_TEST(pair.far.address.starts_with("127.0.0.1:"));
}

BOOST_AUTO_TEST_CASE(bytes_travel_both_ways) {
  auto pair = connect(gate);
  write_all(pair.caller(), "to the broker");
  BOOST_TEST(read_exactly(pair.callee(), 13) == "to the broker");
  write_all(pair.callee(), "to alice");
  BOOST_TEST(read_exactly(pair.caller(), 8) == "to alice");
}

BOOST_AUTO_TEST_CASE(the_expected_name_is_the_common_name_or_an_alternative) {
  for (const auto* name : {"broker", "mq.example", "mq"})
    BOOST_TEST(call({.target = at(gate.port()), .tls = alice, .expected_name = name}).ok());
}

BOOST_AUTO_TEST_CASE(a_renewed_certificate_is_used_from_the_next_call_on) {
  auto renewed = cluster.issue("alice the second");
  (void)call_as(alice, gate).value();
  BOOST_TEST(arrivals.take().peer_name == "alice");
  std::filesystem::copy_file(renewed.certificate, alice.certificate,
                             std::filesystem::copy_options::overwrite_existing);
  std::filesystem::copy_file(renewed.key, alice.key,
                             std::filesystem::copy_options::overwrite_existing);
  (void)call_as(alice, gate).value();
  BOOST_TEST(arrivals.take().peer_name == "alice the second");
}

BOOST_AUTO_TEST_CASE(tls_1_3_is_preferred_and_1_2_is_spoken) {
  for (auto [newest, spoken] : {std::pair{0, "TLSv1.3"}, std::pair{TLS1_2_VERSION, "TLSv1.2"}}) {
    auto socket = connect_to(gate.port());
    auto client = tls_client{{.files = alice, .newest_version = newest}};
    write_all(socket.descriptor(), client.hello());
    while (!client.has_finished())
      write_all(socket.descriptor(), client.answer(read_some(socket.descriptor())));
    BOOST_TEST(client.version() == spoken);
    BOOST_TEST(arrivals.take().peer_name == "alice");
  }
}

// -- those who are not --------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_client_without_a_certificate_is_refused) {
  auto refused = refuse({});
  BOOST_TEST((refused.why.code == errc::not_trusted));
  BOOST_TEST(refused.why.text == "showed no certificate; give it one, by its tls_files");
  BOOST_TEST(refused.address.starts_with("127.0.0.1:"));
  alice_is_still_served();
}

BOOST_AUTO_TEST_CASE(a_client_of_another_authority_is_refused) {
  auto others = certificate_authority{folder, "others"};
  auto refused = refuse({.files = others.issue("mallory")});
  BOOST_TEST((refused.why.code == errc::not_trusted));
  BOOST_TEST(names(refused.why.text, "showed a certificate \"mallory\" that was refused here ("));
  BOOST_TEST(names(refused.why.text, "; issue it by the authority that both nodes name in "));
  alice_is_still_served();
}

BOOST_AUTO_TEST_CASE(a_client_whose_certificate_has_expired_is_refused) {
  auto old = cluster.issue("rip", {.valid_from = -2h, .valid_until = -1s});
  auto refused = refuse({.files = old});
  BOOST_TEST(names(refused.why.text, "showed a certificate \"rip\" that was refused here "
                                     "(certificate has expired); issue it again"));
  alice_is_still_served();
}

BOOST_AUTO_TEST_CASE(a_client_whose_certificate_is_not_valid_yet_is_refused) {
  auto early = cluster.issue("early", {.valid_from = 1h, .valid_until = 2h});
  auto refused = refuse({.files = early});
  BOOST_TEST(names(refused.why.text, "showed a certificate \"early\" that was refused here "
                                     "(certificate is not yet valid); check the clocks"));
  alice_is_still_served();
}

BOOST_AUTO_TEST_CASE(a_client_whose_certificate_names_nobody_is_refused) {
  auto refused = refuse({.files = cluster.issue("")});
  BOOST_TEST(refused.why.text
             == "showed a certificate without a common name; issue it with one, by "
                "which others know the node");
  alice_is_still_served();
}

BOOST_AUTO_TEST_CASE(a_client_whose_certificate_is_for_servers_is_refused) {
  auto refused = refuse({.files = cluster.issue("server", {.extended_key_usage = "serverAuth"})});
  BOOST_TEST(names(refused.why.text, "certificate \"server\" that was refused here"));
  BOOST_TEST(names(refused.why.text, "; issue it for both ends of a connection"));
}

BOOST_AUTO_TEST_CASE(a_client_that_speaks_an_old_tls_is_refused) {
  auto refused =
    refuse({.files = alice, .newest_version = TLS1_1_VERSION, .ciphers = "DEFAULT@SECLEVEL=0"});
  BOOST_TEST(refused.why.text == "speaks a TLS older than 1.2");
}

BOOST_AUTO_TEST_CASE(a_caller_learns_that_its_certificate_was_refused_and_by_whom) {
  auto others = certificate_authority{folder, "others"};
  auto mallory = others.issue("mallory");
  folder.write("both.pem",
               folder.bytes("others.authority.pem") + folder.bytes("cluster.authority.pem"));
  mallory.authority = folder.file("both.pem");
  auto failed = call_as(mallory, gate);
  BOOST_REQUIRE(!failed);
  BOOST_TEST((failed.why().code == errc::not_trusted));
  BOOST_TEST(failed.why().text
             == "node at " + at(gate.port())
                  + " refused this node's certificate (unknown ca); issue it by the authority that "
                    "both nodes name in tls_files::authority");
}

BOOST_AUTO_TEST_CASE(a_server_of_another_authority_is_refused_by_the_caller) {
  auto others = certificate_authority{folder, "others"};
  auto failed = call_as(others.issue("alice"), gate);
  BOOST_REQUIRE(!failed);
  BOOST_TEST((failed.why().code == errc::not_trusted));
  BOOST_TEST(
    names(failed.why().text, "node at " + at(gate.port())
                               + " showed a certificate \"broker\" that was refused here ("));
  BOOST_TEST(names(refusals.take().why.text, "refused this node's certificate (unknown ca)"));
  alice_is_still_served();
}

BOOST_AUTO_TEST_CASE(a_server_whose_certificate_has_expired_is_refused_by_the_caller) {
  auto why = refuse_server(cluster.issue("broker", {.valid_from = -2h, .valid_until = -1s}));
  BOOST_TEST(names(why.text,
                   "showed a certificate \"broker\" that was refused here (certificate has "
                   "expired); issue it again, and open that node's port anew"));
}

BOOST_AUTO_TEST_CASE(a_server_whose_certificate_is_not_valid_yet_is_refused_by_the_caller) {
  auto why = refuse_server(cluster.issue("broker", {.valid_from = 1h, .valid_until = 2h}));
  BOOST_TEST(names(why.text,
                   "showed a certificate \"broker\" that was refused here (certificate is "
                   "not yet valid); check the clocks of both machines"));
}

BOOST_AUTO_TEST_CASE(a_server_that_signed_its_certificate_itself_is_refused_by_the_caller) {
  auto itself = certificate_authority{folder, "broker"};
  auto why = refuse_server(itself.issue("broker"));
  BOOST_TEST(names(why.text, "; issue it by the authority that both nodes name in "));
}

BOOST_AUTO_TEST_CASE(a_server_with_another_name_is_refused_by_the_caller) {
  auto failed = call({.target = at(gate.port()), .tls = alice, .expected_name = "vault"});
  BOOST_REQUIRE(!failed);
  BOOST_TEST((failed.why().code == errc::not_trusted));
  BOOST_TEST(names(failed.why().text,
                   "is \"broker\" by its certificate, not \"vault\"; call another "
                   "address, or expect that name"));
  BOOST_TEST(names(refusals.take().why.text, "refused this node's certificate"));
}

BOOST_AUTO_TEST_CASE(a_caller_without_tls_is_refused_at_a_gate_with_tls) {
  auto near = call({.target = at(gate.port())}).value();
  write_all(near.socket.descriptor(), "ferry without any TLS");
  BOOST_TEST(names(refusals.take().why.text, "does not speak TLS"));
  BOOST_TEST(read_to_end(near.socket.descriptor()).size() < 16u); // an alert at most
}

BOOST_AUTO_TEST_CASE(a_caller_with_tls_is_told_of_a_gate_without) {
  auto plain = listen();
  auto outcome = inbox<result<net::peer_stream>>{};
  auto dialing = net::dial(thread, {.target = at(plain.port()), .tls = alice},
                           [&](result<net::peer_stream> made) { outcome.put(std::move(made)); });
  arrivals.take() = {}; // its owner sees a ClientHello and closes
  auto failed = outcome.take();
  BOOST_TEST((failed.why().code == errc::network_failed));
  BOOST_TEST(names(failed.why().text, "does it serve with TLS?"));
}

BOOST_AUTO_TEST_SUITE_END()
