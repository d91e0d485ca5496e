#include "ferry/queue/held_producers.hpp"

#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::testing {
namespace {

constexpr auto alice = session_id{1};
constexpr auto bob = session_id{2};
constexpr auto carol = session_id{3};

struct held_producers_fixture {
  held_producers held{2};

  std::optional<session_id> add(session_id session) {
    return held.add({session, 10});
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(held_producers_suite, held_producers_fixture)

BOOST_AUTO_TEST_CASE(who_waits_longest_is_taken_first) {
  (void)add(bob);
  (void)add(alice);
  BOOST_TEST(held.first()->session == bob);
  BOOST_TEST(held.take() == bob);
  BOOST_TEST(held.take() == alice);
  BOOST_TEST(!held.first());
}

BOOST_AUTO_TEST_CASE(who_waits_already_keeps_its_place) {
  (void)add(bob);
  (void)add(alice);
  BOOST_TEST(!add(bob).has_value());
  BOOST_TEST(held.size() == 2u);
  BOOST_TEST(held.take() == bob);
}

BOOST_AUTO_TEST_CASE(one_more_than_there_is_room_for_takes_the_place_of_the_first) {
  BOOST_TEST(!add(alice).has_value());
  BOOST_TEST(!add(bob).has_value());
  BOOST_TEST(add(carol) == alice);
  BOOST_TEST(held.size() == 2u);
}

BOOST_AUTO_TEST_CASE(who_was_taken_can_wait_again) {
  (void)add(alice);
  (void)held.take();
  (void)add(alice);
  BOOST_TEST(held.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
