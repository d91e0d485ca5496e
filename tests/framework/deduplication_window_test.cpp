#include "ferry/queue/deduplication_window.hpp"

#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::testing {
namespace {

constexpr auto alice = session_id{1};
constexpr auto bob = session_id{2};
constexpr auto carol = session_id{3};

struct deduplication_window_fixture {
  deduplication_window window{2};

  list remember(session_id session, std::uint64_t up_to) {
    auto forgotten = list{};
    for (auto old : window.remember(session, publish_number{up_to}))
      forgotten.add(value_of(old), 1);
    return forgotten;
  }

  publish_verdict judge(session_id session, std::uint64_t oldest, std::uint64_t first,
                        std::uint64_t count) const {
    return window.judge(session, publish_number{oldest}, publish_number{first}, count);
  }

  std::uint64_t duplicates(session_id session, std::uint64_t first, std::uint64_t count) const {
    auto verdict = judge(session, 1, first, count);
    BOOST_TEST(verdict.missing_from == publish_number::none);
    return verdict.duplicates;
  }

  publish_number missing(session_id session, std::uint64_t oldest, std::uint64_t first) const {
    return judge(session, oldest, first, 1).missing_from;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(deduplication_window_suite, deduplication_window_fixture)

BOOST_AUTO_TEST_CASE(the_first_batch_of_a_session_holds_no_duplicate) {
  BOOST_TEST(duplicates(alice, 1, 3) == 0u);
}

BOOST_AUTO_TEST_CASE(the_batch_that_follows_holds_no_duplicate) {
  (void)remember(alice, 3);
  BOOST_TEST(duplicates(alice, 4, 2) == 0u);
}

BOOST_AUTO_TEST_CASE(a_whole_batch_is_recognised) {
  (void)remember(alice, 3);
  BOOST_TEST(duplicates(alice, 1, 3) == 3u);
  BOOST_TEST(duplicates(alice, 1, 2) == 2u);
}

BOOST_AUTO_TEST_CASE(the_front_of_a_batch_is_recognised) {
  (void)remember(alice, 3);
  BOOST_TEST(duplicates(alice, 3, 2) == 1u);
  BOOST_TEST(duplicates(alice, 2, 5) == 2u);
}

BOOST_AUTO_TEST_CASE(a_gap_names_the_first_number_that_is_missing) {
  (void)remember(alice, 3);
  BOOST_TEST(missing(alice, 1, 5) == publish_number{4});
  BOOST_TEST(missing(alice, 1, 4) == publish_number::none);
}

BOOST_AUTO_TEST_CASE(an_unknown_session_is_taken_at_its_word_about_what_was_confirmed) {
  BOOST_TEST(missing(alice, 7, 7) == publish_number::none);
  BOOST_TEST(missing(alice, 7, 8) == publish_number{7});
}

BOOST_AUTO_TEST_CASE(sessions_do_not_share_numbers) {
  (void)remember(alice, 3);
  BOOST_TEST(duplicates(bob, 1, 3) == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_stored_is_never_unlearned) {
  (void)remember(alice, 3);
  (void)remember(alice, 2);
  BOOST_TEST(duplicates(alice, 3, 1) == 1u);
}

// -- bounds -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(at_most_max_sessions_are_remembered) {
  BOOST_TEST(remember(alice, 1) == list{});
  BOOST_TEST(remember(bob, 1) == list{});
  BOOST_TEST(window.size() == 2u);
  BOOST_TEST(remember(carol, 1) == list{1});
  BOOST_TEST(window.size() == 2u);
}

BOOST_AUTO_TEST_CASE(the_least_recently_used_session_is_forgotten) {
  (void)remember(alice, 1);
  (void)remember(bob, 1);
  (void)remember(alice, 2);
  BOOST_TEST(remember(carol, 1) == list{2});
}

BOOST_AUTO_TEST_CASE(a_forgotten_session_that_comes_back_goes_on_where_it_was) {
  (void)remember(alice, 9);
  (void)remember(bob, 1);
  (void)remember(carol, 1);
  BOOST_TEST(missing(alice, 10, 10) == publish_number::none);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
