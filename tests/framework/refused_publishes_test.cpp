#include "ferry/queue/refused_publishes.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace ferry;

constexpr auto alice = session_id{1};
constexpr auto bob = session_id{2};

struct refused_publishes_fixture {
  refused_publishes refused;

  void add(session_id session, std::uint64_t number) {
    refused.add(session, publish_number{number});
  }

  bool knows(session_id session, std::uint64_t number) const {
    return refused.contains(session, publish_number{number});
  }
};

BOOST_FIXTURE_TEST_SUITE(refused_publishes_suite, refused_publishes_fixture)

BOOST_AUTO_TEST_CASE(a_refusal_is_remembered_for_its_session) {
  add(alice, 3);
  BOOST_TEST(knows(alice, 3));
  BOOST_TEST(!knows(alice, 4));
  BOOST_TEST(!knows(bob, 3));
}

BOOST_AUTO_TEST_CASE(what_is_older_than_a_producers_oldest_is_forgotten) {
  add(alice, 3);
  add(alice, 4);
  add(bob, 3);
  refused.forget_before(alice, publish_number{4});
  BOOST_TEST(!knows(alice, 3));
  BOOST_TEST(knows(alice, 4));
  BOOST_TEST(knows(bob, 3));
}

BOOST_AUTO_TEST_CASE(a_session_can_be_forgotten_as_a_whole) {
  add(alice, 3);
  refused.forget(alice);
  BOOST_TEST(!knows(alice, 3));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
