#include "ferry/persistence/compaction_policy.hpp"

#include <boost/test/unit_test.hpp>

using namespace ferry::persistence;

namespace {

// Pages of 10 bytes: begins at 10 free ones, keeps 2, and takes 3 at a time.
struct compaction_policy_fixture {
  compaction_policy policy{{100, 20, 30}};

  bool found(std::uint64_t all, std::uint64_t free) {
    return policy.found({all, free, 10});
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(compaction_policy_suite, compaction_policy_fixture)

BOOST_AUTO_TEST_CASE(few_free_pages_are_kept_for_what_comes_next) {
  (void)found(9, 9);
  BOOST_TEST(policy.slice() == 0u);
  (void)found(10, 10);
  BOOST_TEST(policy.slice() == 3u);
}

BOOST_AUTO_TEST_CASE(less_than_half_of_the_file_is_left_as_it_is) {
  (void)found(41, 20);
  BOOST_TEST(policy.slice() == 0u);
  (void)found(40, 20);
  BOOST_TEST(policy.slice() == 3u);
}

BOOST_AUTO_TEST_CASE(once_begun_it_goes_on_until_little_is_free) {
  BOOST_TEST(!found(20, 12));
  BOOST_TEST(!found(17, 9));
  BOOST_TEST(policy.slice() == 3u);
  BOOST_TEST(!found(11, 3));
  BOOST_TEST(policy.slice() == 1u);
  BOOST_TEST(found(10, 2));
  BOOST_TEST(policy.slice() == 0u);
}

BOOST_AUTO_TEST_CASE(pages_that_were_used_again_meanwhile_end_it) {
  (void)found(20, 12);
  BOOST_TEST(found(20, 0));
  BOOST_TEST(policy.slice() == 0u);
}

BOOST_AUTO_TEST_CASE(what_failed_is_tried_again_when_twice_as_much_is_free) {
  (void)found(20, 12);
  policy.failed();
  (void)found(23, 23);
  BOOST_TEST(policy.slice() == 0u);
  (void)found(24, 24);
  BOOST_TEST(policy.slice() == 3u);
}

BOOST_AUTO_TEST_CASE(a_slice_is_never_less_than_a_page) {
  auto small = compaction_policy{{100, 20, 5}};
  (void)small.found({10, 10, 10});
  BOOST_TEST(small.slice() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
