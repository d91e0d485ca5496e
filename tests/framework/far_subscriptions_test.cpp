#include "ferry/link/far_subscriptions.hpp"

#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace ferry::testing {
namespace {

constexpr auto seven = consumer_id{7}; // the other node's names
constexpr auto nine = consumer_id{9};

using names = std::vector<std::string>;

far_runs sent(duration when) {
  return {at(when), {delivered_run{.run = run_of(1, 1)}}};
}

struct far_subscriptions_fixture {
  consumer_id open(consumer_id there, const std::string& receiver) {
    return subscriptions.open(there, receiver).here;
  }

  /// Who gets what arrives for `there`; empty: nobody, now.
  std::string receiver_of(consumer_id there, far_runs what = sent(1s)) {
    auto who = subscriptions.arrived(there, what);
    return who ? who->receiver : "";
  }

  names cut() {
    auto all = names{};
    for (const auto& who : subscriptions.cut())
      all.push_back(who.receiver);
    return all;
  }

  far_subscriptions<std::string> subscriptions;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(far_subscriptions_suite, far_subscriptions_fixture)

// -- arriving -------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_arrives_goes_to_the_receiver_of_its_subscription) {
  (void)open(seven, "alice");
  (void)open(nine, "bob");
  BOOST_TEST(receiver_of(seven) == "alice");
  BOOST_TEST(receiver_of(nine) == "bob");
}

BOOST_AUTO_TEST_CASE(what_overtakes_its_subscription_is_handed_over_with_it_in_order) {
  BOOST_TEST(receiver_of(seven, sent(1s)) == "");
  BOOST_TEST(receiver_of(seven, sent(2s)) == "");
  auto opened = subscriptions.open(seven, "alice");
  BOOST_REQUIRE(opened.early.size() == 2u);
  BOOST_TEST((opened.early[0].sent == at(1s)));
  BOOST_TEST((opened.early[1].sent == at(2s)));
  BOOST_TEST(opened.early[0].runs.size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_overtakes_is_handed_over_once_and_to_its_own_subscription_only) {
  (void)receiver_of(seven);
  BOOST_TEST(subscriptions.open(nine, "bob").early.empty());
  BOOST_TEST(subscriptions.open(seven, "alice").early.size() == 1u);
  BOOST_TEST(subscriptions.open(seven, "carol").early.empty());
}

BOOST_AUTO_TEST_CASE(what_arrives_after_the_end_of_its_subscription_is_kept_for_nobody) {
  (void)subscriptions.close(open(seven, "alice"));
  BOOST_TEST(receiver_of(seven) == "");
  BOOST_TEST(subscriptions.open(seven, "bob").early.empty());
}

// -- ending ---------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_subscription_that_ends_here_ends_there_once) {
  auto here = open(seven, "alice");
  BOOST_TEST((subscriptions.there(here) == seven));
  BOOST_TEST((subscriptions.close(here) == seven));
  BOOST_TEST(!subscriptions.there(here).has_value());
  BOOST_TEST(!subscriptions.close(here).has_value());
}

BOOST_AUTO_TEST_CASE(a_subscription_that_ends_there_ends_here_once) {
  auto here = open(seven, "alice");
  auto who = subscriptions.close_far(seven);
  BOOST_REQUIRE(who.has_value());
  BOOST_TEST(who->here == here);
  BOOST_TEST(who->receiver == "alice");
  BOOST_TEST(!subscriptions.close_far(seven).has_value());
  BOOST_TEST(!subscriptions.there(here).has_value());
}

// -- links ----------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_cut_link_ends_all_subscriptions_in_the_order_in_which_they_began) {
  (void)open(nine, "alice");
  auto ended = open(consumer_id{8}, "bob");
  auto here = open(seven, "carol");
  (void)subscriptions.close(ended);
  BOOST_TEST(cut() == (names{"alice", "carol"}));
  BOOST_TEST(!subscriptions.there(here).has_value());
  BOOST_TEST(cut() == names{});
}

BOOST_AUTO_TEST_CASE(what_arrived_early_over_a_link_is_gone_with_it) {
  (void)receiver_of(seven);
  (void)cut();
  BOOST_TEST(subscriptions.open(seven, "alice").early.empty());
}

BOOST_AUTO_TEST_CASE(who_waits_for_a_link_is_told_once) {
  subscriptions.wait("alice");
  subscriptions.wait("bob");
  subscriptions.wait("alice"); // it has tried again meanwhile
  (void)cut();
  BOOST_TEST(subscriptions.take_waiting() == (names{"alice", "bob"}));
  BOOST_TEST(subscriptions.take_waiting() == names{});
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
