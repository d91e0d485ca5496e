#include "ferry/actors/waiting_producers.hpp"

#include "support/printing.hpp"
#include "support/virtual_system.hpp"

#include <boost/test/unit_test.hpp>

using namespace ferry;
using namespace ferry::testing;

namespace {

constexpr auto monday = session_id{1};
constexpr auto tuesday = session_id{2};

/// A producer that counts how often it was told that there is room.
actors::producer_actor::behavior_type counting_behavior(actors::producer_actor::pointer self,
                                                        int* told) {
  return {
    [](const messages::proceed&) {},
    [told](const messages::room&) { ++*told; },
    [](const messages::wake&) {},
    [self](const messages::stop&) {
      self->quit();
      return messages::stopped{};
    },
  };
}

struct waiting_producers_fixture : virtual_system {
  actors::producer_actor producer(int* told) {
    return own(system().spawn(counting_behavior, told));
  }

  void wait(session_id session, const actors::producer_actor& producer) {
    waiting.add(session, caf::actor_cast<caf::strong_actor_ptr>(producer));
  }

  void tell(session_id session) {
    waiting.tell(queue.ptr(), session);
    deliver_all();
  }

  void tell_all() {
    waiting.tell_all(queue.ptr());
    deliver_all();
  }

  int alice_told = 0;
  int bob_told = 0;
  actors::producer_actor alice = producer(&alice_told);
  actors::producer_actor bob = producer(&bob_told);
  caf::scoped_actor queue{system()};
  actors::waiting_producers waiting;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(waiting_producers_suite, waiting_producers_fixture,
                         *boost::unit_test::timeout(20))

BOOST_AUTO_TEST_CASE(who_waits_is_told_once) {
  wait(monday, alice);
  tell(monday);
  tell(monday);
  BOOST_TEST(alice_told == 1);
}

BOOST_AUTO_TEST_CASE(who_waits_in_another_session_is_not_told) {
  wait(monday, alice);
  wait(tuesday, bob);
  tell(tuesday);
  BOOST_TEST(alice_told == 0);
  BOOST_TEST(bob_told == 1);
}

BOOST_AUTO_TEST_CASE(who_asks_twice_is_told_once) {
  wait(monday, alice);
  wait(monday, alice);
  tell_all();
  BOOST_TEST(alice_told == 1);
}

BOOST_AUTO_TEST_CASE(everybody_is_told_once) {
  wait(monday, alice);
  wait(tuesday, bob);
  tell_all();
  tell_all();
  BOOST_TEST(alice_told == 1);
  BOOST_TEST(bob_told == 1);
}

BOOST_AUTO_TEST_CASE(who_has_ended_is_not_told_and_the_others_are) {
  wait(monday, alice);
  wait(tuesday, bob);
  kill(alice);
  alice = nullptr;
  tell_all();
  BOOST_TEST(bob_told == 1);
}

BOOST_AUTO_TEST_SUITE_END()
