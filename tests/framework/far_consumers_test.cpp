#include "ferry/link/far_consumers.hpp"

#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::testing {
namespace {

constexpr auto alice = consumer_id{7};
constexpr auto bob = consumer_id{9};

struct far_consumers_fixture {
  far_consumers consumers;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(far_consumers_suite, far_consumers_fixture)

BOOST_AUTO_TEST_CASE(a_consumer_has_one_name_here_and_one_there) {
  auto here = consumers.open(alice);
  BOOST_TEST(here > consumer_id::none);
  BOOST_TEST((consumers.there(here) == alice));
  BOOST_TEST((consumers.here(alice) == here));
}

BOOST_AUTO_TEST_CASE(who_never_subscribed_has_no_name) {
  BOOST_TEST(!consumers.here(alice).has_value());
  BOOST_TEST(!consumers.there(consumer_id{1}).has_value());
  BOOST_TEST(!consumers.was_closed(alice));
}

BOOST_AUTO_TEST_CASE(a_subscription_ends_once) {
  auto here = consumers.open(alice);
  BOOST_TEST((consumers.close(here) == alice));
  BOOST_TEST(!consumers.close(here).has_value());
  BOOST_TEST(!consumers.here(alice).has_value());
}

BOOST_AUTO_TEST_CASE(it_is_known_of_a_subscription_that_it_has_ended) {
  auto here = consumers.open(alice);
  BOOST_TEST(!consumers.was_closed(alice));
  (void)consumers.close(here);
  BOOST_TEST(consumers.was_closed(alice));
}

BOOST_AUTO_TEST_CASE(ending_one_leaves_the_others) {
  auto first = consumers.open(alice);
  auto second = consumers.open(bob);
  (void)consumers.close(first);
  BOOST_TEST((consumers.there(second) == bob));
}

BOOST_AUTO_TEST_CASE(names_are_not_reused_over_links_whatever_the_other_node_says) {
  auto first = consumers.open(alice);
  consumers.clear();
  auto second = consumers.open(alice);
  BOOST_TEST(second > first);
  BOOST_TEST(!consumers.there(first).has_value());
}

BOOST_AUTO_TEST_CASE(a_lost_link_ends_all_and_forgets_who_had_ended) {
  auto first = consumers.open(alice);
  auto second = consumers.open(bob);
  (void)consumers.close(first);
  consumers.clear();
  BOOST_TEST(!consumers.close(second).has_value());
  BOOST_TEST(!consumers.was_closed(alice));
}

// The end of the former one ended the later one as well.
BOOST_AUTO_TEST_CASE(a_name_that_is_used_again_belongs_to_the_later_subscription) {
  auto former = consumers.open(alice);
  auto latter = consumers.open(alice);
  BOOST_TEST(!consumers.close(former).has_value());
  BOOST_TEST((consumers.here(alice) == latter));
  (void)consumers.close(latter);
  (void)consumers.open(alice);
  BOOST_TEST(!consumers.was_closed(alice));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
