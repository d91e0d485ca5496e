#include "ferry/queue/resident_budget.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace ferry;

constexpr auto kib = std::size_t{1024};

BOOST_AUTO_TEST_SUITE(resident_budget_suite)

BOOST_AUTO_TEST_CASE(a_share_without_a_common_budget_has_its_own_limit) {
  auto share = resident_share{100};
  share.take(100);
  BOOST_TEST(share.excess() == 0u);
  share.take(1);
  BOOST_TEST(share.excess() == 1u);
  BOOST_TEST(share.allowance() == 100u);
}

BOOST_AUTO_TEST_CASE(shares_are_counted_together) {
  auto common = std::make_shared<resident_budget>(1000 * kib);
  auto left = resident_share{1000 * kib, common};
  auto right = resident_share{1000 * kib, common};
  left.take(300 * kib);
  right.take(100 * kib);
  BOOST_TEST(common->used() == 400 * kib);
  left.give_back(300 * kib);
  BOOST_TEST(common->used() == 100 * kib);
}

BOOST_AUTO_TEST_CASE(a_share_may_take_what_the_others_leave) {
  auto common = std::make_shared<resident_budget>(1000 * kib);
  auto left = resident_share{1000 * kib, common};
  auto right = resident_share{1000 * kib, common};
  left.take(700 * kib);
  BOOST_TEST(right.allowance() == 300 * kib);
  right.take(300 * kib);
  BOOST_TEST(right.excess() == 0u);
  right.take(1);
  BOOST_TEST(right.excess() == 1u);
}

BOOST_AUTO_TEST_CASE(what_a_share_of_the_same_queue_has_taken_is_none_of_the_others) {
  auto common = std::make_shared<resident_budget>(1000 * kib);
  auto ready = resident_share{1000 * kib, common};
  auto delayed = resident_share{1000 * kib, common};
  auto other = resident_share{1000 * kib, common};
  other.take(100 * kib);
  delayed.take(300 * kib);
  BOOST_TEST(ready.allowance() == 600 * kib);
  BOOST_TEST(ready.allowance(300 * kib) == 900 * kib);
}

BOOST_AUTO_TEST_CASE(a_share_never_exceeds_its_own_limit_however_much_is_left) {
  auto share = resident_share{100 * kib, std::make_shared<resident_budget>(1000 * kib)};
  BOOST_TEST(share.allowance() == 100 * kib);
}

BOOST_AUTO_TEST_CASE(every_share_may_have_a_little_when_the_others_took_all) {
  auto common = std::make_shared<resident_budget>(1000 * kib);
  auto greedy = resident_share{2000 * kib, common};
  auto late = resident_share{1000 * kib, common};
  greedy.take(2000 * kib);
  BOOST_TEST(late.allowance() == least_share);
  late.take(least_share);
  BOOST_TEST(late.excess() == 0u);
  late.take(1);
  BOOST_TEST(late.excess() == 1u);
}

BOOST_AUTO_TEST_CASE(the_least_share_is_no_more_than_a_queues_own_limit) {
  auto share = resident_share{10, std::make_shared<resident_budget>(0)};
  BOOST_TEST(share.allowance() == 10u);
}

BOOST_AUTO_TEST_CASE(a_share_that_ends_gives_back_what_it_held) {
  auto common = std::make_shared<resident_budget>(100);
  {
    auto share = resident_share{100, common};
    share.take(60);
  }
  BOOST_TEST(common->used() == 0u);
}

BOOST_AUTO_TEST_CASE(a_share_that_is_moved_is_counted_once) {
  auto common = std::make_shared<resident_budget>(100);
  auto share = resident_share{100, common};
  share.take(60);
  auto other = std::move(share);
  BOOST_TEST(common->used() == 60u);
  other = resident_share{100, common};
  BOOST_TEST(common->used() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
