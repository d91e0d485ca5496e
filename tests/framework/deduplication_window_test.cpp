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
  deduplication_window window{2, 1h};
  time_point now = at(0s);

  list remember(session_id session, std::uint64_t up_to) {
    return values(window.remember(now, session, publish_number{up_to}));
  }

  list expire(duration when) {
    return values(window.expire(at(when)));
  }

  static list values(const std::vector<session_id>& sessions) {
    auto all = list{};
    for (auto session : sessions)
      all.add(value_of(session), 1);
    return all;
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

BOOST_AUTO_TEST_CASE(numbers_that_a_session_has_given_up_are_no_gap) {
  (void)remember(alice, 3);
  BOOST_TEST(missing(alice, 6, 6) == publish_number::none);
  BOOST_TEST(missing(alice, 6, 7) == publish_number{6});
  BOOST_TEST(judge(alice, 6, 6, 2).duplicates == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_stored_is_a_duplicate_also_where_the_session_began_before_it) {
  (void)remember(alice, 3);
  BOOST_TEST(judge(alice, 2, 2, 3).duplicates == 2u);
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

BOOST_AUTO_TEST_CASE(a_session_is_forgotten_at_max_age_and_not_before) {
  (void)remember(alice, 1);
  BOOST_TEST(expire(1h - 1ns) == list{});
  BOOST_TEST(window.next_expiry() == std::optional{at(1h)});
  BOOST_TEST(expire(1h) == list{1});
  BOOST_TEST(window.size() == 0u);
  BOOST_TEST(!window.next_expiry().has_value());
}

BOOST_AUTO_TEST_CASE(each_use_makes_a_session_young_again) {
  (void)remember(alice, 1);
  now = at(30min);
  (void)remember(bob, 1);
  now = at(40min);
  (void)remember(alice, 2);
  BOOST_TEST(expire(1h + 35min) == list{2});
  BOOST_TEST(expire(1h + 40min) == list{1});
}

BOOST_AUTO_TEST_CASE(a_clock_that_went_back_does_not_make_a_session_older_than_its_elders) {
  now = at(10min);
  (void)remember(alice, 1);
  now = at(0s);
  (void)remember(bob, 1);
  BOOST_TEST(expire(1h) == list{});
  BOOST_TEST(expire(1h + 10min) == (list{1, 2}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
