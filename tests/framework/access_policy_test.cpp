#include "ferry/link/access_policy.hpp"

#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace ferry::testing {
namespace {

constexpr auto secret = "0123456789abcdef";

access_config some_access() {
  auto config = access_config{};
  config.tokens = {{secret, "alice"}};
  config.grants = {
    {"alice", "orders", {permission::publish, permission::consume}},
    {"worker-*", "jobs-*", {permission::consume}},
    {"*", "news", {permission::consume}},
  };
  return config;
}

struct access_policy_fixture {
  access_policy policy{some_access(), true};

  std::string name_of(const std::string& token, const std::string& certificate = "") const {
    auto who = hello{};
    who.node = "node";
    who.token = token;
    auto name = policy.identify(who, certificate);
    return name ? *name : std::string{to_string(name.why().code)} + ": " + name.why().text;
  }

  bool may(std::string_view client, permission what, std::string_view queue) const {
    return policy.allows(client, what, queue).ok();
  }
};

std::string objection_to(const access_config& config) {
  auto outcome = check(config);
  return outcome ? "" : outcome.why().text;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(access_policy_suite, access_policy_fixture)

// -- who ----------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_client_is_named_by_its_token) {
  BOOST_TEST(name_of(secret) == "alice");
}

BOOST_AUTO_TEST_CASE(a_client_without_a_token_is_named_by_its_certificate) {
  BOOST_TEST(name_of("", "worker-1") == "worker-1");
}

BOOST_AUTO_TEST_CASE(a_token_goes_before_a_certificate) {
  BOOST_TEST(name_of(secret, "worker-1") == "alice");
}

BOOST_AUTO_TEST_CASE(an_unknown_token_is_refused_even_with_a_certificate_and_not_repeated) {
  auto expected = "not_permitted: the token of node \"node\" is not known here; add it to "
                  "access_config::tokens";
  BOOST_TEST(name_of("0123456789abcdeg", "worker-1") == expected);
  BOOST_TEST(name_of("0123456789abcde") == expected);
  BOOST_TEST(name_of("0123456789abcdefg") == expected);
}

BOOST_AUTO_TEST_CASE(who_has_neither_token_nor_certificate_is_refused) {
  BOOST_TEST(name_of("")
             == "not_permitted: node \"node\" has neither a token nor a certificate; give it "
                "connect_config::token or connect_config::tls");
}

// -- what ---------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_was_granted_is_allowed_and_everything_else_denied) {
  BOOST_TEST(may("alice", permission::publish, "orders"));
  BOOST_TEST(may("alice", permission::consume, "orders"));
  BOOST_TEST(!may("alice", permission::declare, "orders"));
  BOOST_TEST(!may("alice", permission::administer, "orders"));
  BOOST_TEST(!may("alice", permission::publish, "bills"));
  BOOST_TEST(!may("bob", permission::publish, "orders"));
}

BOOST_AUTO_TEST_CASE(a_name_without_a_star_is_that_name_only) {
  BOOST_TEST(!may("alice", permission::publish, "orders2"));
  BOOST_TEST(!may("alice", permission::publish, "order"));
  BOOST_TEST(!may("alice2", permission::publish, "orders"));
}

BOOST_AUTO_TEST_CASE(a_star_at_the_end_stands_for_every_rest_and_for_none) {
  BOOST_TEST(may("worker-1", permission::consume, "jobs-nightly"));
  BOOST_TEST(may("worker-", permission::consume, "jobs-"));
  BOOST_TEST(!may("worker", permission::consume, "jobs-nightly"));
  BOOST_TEST(!may("worker-1", permission::consume, "jobs"));
}

BOOST_AUTO_TEST_CASE(a_star_alone_stands_for_everybody) {
  BOOST_TEST(may("bob", permission::consume, "news"));
  BOOST_TEST(!may("bob", permission::publish, "news"));
}

BOOST_AUTO_TEST_CASE(a_client_that_calls_itself_a_star_is_nobody_else) {
  BOOST_TEST(!may("*", permission::publish, "orders"));
  BOOST_TEST(!may("worker*", permission::consume, "jobs-1"));
  BOOST_TEST(!may("alice", permission::publish, "*"));
}

BOOST_AUTO_TEST_CASE(a_denial_names_the_client_what_it_wanted_and_the_queue) {
  auto outcome = policy.allows("bob", permission::publish, "orders");
  BOOST_REQUIRE(!outcome.ok());
  BOOST_TEST(outcome.why().code == errc::not_permitted);
  BOOST_TEST(outcome.why().text
             == "client \"bob\" may not publish to queue \"orders\"; grant it in "
                "access_config::grants");
}

BOOST_AUTO_TEST_CASE(a_queue_is_shown_to_who_may_do_anything_to_it) {
  BOOST_TEST(policy.shows("alice", "orders"));
  BOOST_TEST(policy.shows("bob", "news"));
  BOOST_TEST(!policy.shows("bob", "orders"));
}

BOOST_AUTO_TEST_CASE(permissions_read_like_verbs) {
  BOOST_TEST(to_string(permission::declare) == "declare");
  BOOST_TEST(to_string(permission::publish) == "publish to");
  BOOST_TEST(to_string(permission::consume) == "consume from");
  BOOST_TEST(to_string(permission::administer) == "administer");
}

// -- security off -------------------------------------------------------------

BOOST_AUTO_TEST_CASE(without_any_security_everybody_may_do_everything) {
  policy = access_policy{{}, false};
  BOOST_TEST(name_of("") == "");
  BOOST_TEST(name_of("whatever") == "");
  BOOST_TEST(may("", permission::administer, "orders"));
  BOOST_TEST(policy.shows("", "orders"));
}

BOOST_AUTO_TEST_CASE(certificates_alone_deny_what_is_not_granted) {
  policy = access_policy{{}, true};
  BOOST_TEST(name_of("", "alice") == "alice");
  BOOST_TEST(!may("alice", permission::consume, "orders"));
  BOOST_TEST(!policy.shows("alice", "orders"));
}

BOOST_AUTO_TEST_CASE(a_token_alone_denies_what_is_not_granted) {
  policy = access_policy{{{{secret, "alice"}}, {}}, false};
  BOOST_TEST(!may("alice", permission::consume, "orders"));
}

BOOST_AUTO_TEST_CASE(a_grant_alone_denies_whoever_is_not_known) {
  policy = access_policy{{{}, {{"*", "*", {permission::consume}}}}, false};
  BOOST_TEST(name_of("").starts_with("not_permitted"));
}

// -- options ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_sound_configuration_passes) {
  BOOST_TEST(objection_to({}) == "");
  BOOST_TEST(objection_to(some_access()) == "");
}

BOOST_AUTO_TEST_CASE(a_token_has_16_characters_or_more_and_is_not_repeated_in_the_text) {
  BOOST_TEST(objection_to({{{"0123456789abcde", "alice"}}, {}})
             == "access_config: the token of client \"alice\" wants a name and 16 characters or "
                "more");
}

BOOST_AUTO_TEST_CASE(a_token_names_somebody) {
  BOOST_TEST(objection_to({{{secret, ""}}, {}}) != "");
}

BOOST_AUTO_TEST_CASE(a_grant_names_somebody_a_queue_and_something) {
  for (const auto& item : {grant{"", "orders", {permission::consume}},
                           grant{"alice", "", {permission::consume}}, grant{"alice", "orders", {}}})
    BOOST_TEST(objection_to({{}, {item}})
               == "access_config: a grant to client \"" + item.client + "\" on queue \""
                    + item.queue + "\" wants both names and at least one permission");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
