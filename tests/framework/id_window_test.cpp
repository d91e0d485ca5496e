#include "ferry/queue/id_window.hpp"

#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

namespace ferry::testing {
namespace {

using ids = std::vector<std::string>;

struct id_window_fixture {
  id_window window{2, 1h};

  ids remember(std::string_view id, duration when = 0s) {
    return window.remember(at(when), id);
  }

  ids expire(duration when) {
    return window.expire(at(when));
  }

  bool knows(std::string_view id, duration when = 0s) const {
    return window.contains(at(when), id);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(id_window_suite, id_window_fixture)

BOOST_AUTO_TEST_CASE(an_id_is_known_once_it_was_remembered) {
  BOOST_TEST(!knows("a"));
  BOOST_TEST((remember("a") == ids{}));
  BOOST_TEST(knows("a"));
  BOOST_TEST(!knows("b"));
}

BOOST_AUTO_TEST_CASE(the_oldest_id_makes_room_for_one_more_than_max_ids) {
  (void)remember("a");
  BOOST_TEST((remember("b") == ids{}));
  BOOST_TEST((remember("c") == ids{"a"}));
  BOOST_TEST(!knows("a"));
  BOOST_TEST(knows("b"));
  BOOST_TEST(window.size() == 2u);
}

BOOST_AUTO_TEST_CASE(an_id_that_is_met_again_is_kept_once_and_young_again) {
  (void)remember("a", 0s);
  (void)remember("b", 1min);
  BOOST_TEST((remember("a", 2min) == ids{}));
  BOOST_TEST(window.size() == 2u);
  BOOST_TEST((expire(1h + 1min) == ids{"b"}));
  BOOST_TEST((expire(1h + 2min) == ids{"a"}));
}

BOOST_AUTO_TEST_CASE(an_id_is_forgotten_at_max_age_and_not_before) {
  (void)remember("a");
  BOOST_TEST((expire(1h - 1ns) == ids{}));
  BOOST_TEST(knows("a"));
  BOOST_TEST(window.next_expiry() == std::optional{at(1h)});
  BOOST_TEST((expire(1h) == ids{"a"}));
  BOOST_TEST(!knows("a"));
  BOOST_TEST(!window.next_expiry().has_value());
}

BOOST_AUTO_TEST_CASE(an_id_of_max_age_is_unknown_although_nobody_asked_to_forget_it) {
  (void)remember("a");
  BOOST_TEST(knows("a", 1h - 1ns));
  BOOST_TEST(!knows("a", 1h));
}

BOOST_AUTO_TEST_CASE(ids_are_forgotten_oldest_first) {
  (void)remember("b", 0s);
  (void)remember("a", 1s);
  BOOST_TEST((expire(2h) == ids{"b", "a"}));
}

BOOST_AUTO_TEST_CASE(a_forgotten_id_can_be_remembered_again) {
  (void)remember("a");
  (void)expire(1h);
  (void)remember("a", 2h);
  BOOST_TEST(knows("a"));
  BOOST_TEST(window.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_window_for_no_ids_remembers_none) {
  auto off = id_window{0, 1h};
  BOOST_TEST((off.remember(at(0s), "a") == ids{}));
  BOOST_TEST(!off.contains(at(0s), "a"));
  BOOST_TEST((off.expire(never) == ids{}));
}

BOOST_AUTO_TEST_CASE(a_clock_that_went_back_does_not_make_an_id_older_than_its_elders) {
  (void)remember("a", 10min);
  (void)remember("b", 0s);
  BOOST_TEST((expire(1h) == ids{}));
  BOOST_TEST((expire(1h + 10min) == ids{"a", "b"}));
}

// The texts are short enough to lie inside their strings, which moving would move.
BOOST_AUTO_TEST_CASE(a_window_that_was_moved_knows_the_same_ids) {
  (void)remember("a");
  (void)remember("b");
  auto moved = std::move(window);
  BOOST_TEST(moved.contains(at(0s), "a"));
  BOOST_TEST((moved.remember(at(0s), "c") == ids{"a"}));
  BOOST_TEST(moved.contains(at(0s), "b"));
}

// What was remembered and not forgotten is known, and nothing else.
BOOST_AUTO_TEST_CASE(known_is_what_was_remembered_and_not_forgotten) {
  auto wide = id_window{100, 50s};
  auto known = std::set<std::string>{};
  for (auto i = 0; i < 2000; ++i) {
    auto now = at(i % 7 * 1s + i * 1s / 2);
    auto id = std::to_string(i * i % 977);
    known.insert(id);
    for (const auto& old : wide.remember(now, id))
      known.erase(old);
    for (const auto& old : wide.expire(now))
      known.erase(old);
    BOOST_REQUIRE(wide.size() == known.size());
  }
  for (auto i = 0; i < 977; ++i)
    BOOST_TEST(wide.contains(at(0s), std::to_string(i)) == known.contains(std::to_string(i)));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
