// A queue on another node while there is no link to it.

#include "ferry/nodes/far_queue_actor.hpp"

#include "ferry/nodes/link_messages.hpp"
#include "support/virtual_system.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>

namespace {

using namespace ferry;
using namespace ferry::testing;

actors::delivery_receiver::behavior_type
receiver_behavior(actors::delivery_receiver::pointer, const std::shared_ptr<std::size_t>& told) {
  return {
    [](const messages::delivery&) {},
    [told](const messages::resubscribe&) { ++*told; },
  };
}

caf::behavior link_behavior(caf::event_based_actor*, const std::shared_ptr<std::size_t>& posted) {
  return {[posted](const messages::post&) { ++*posted; }};
}

struct far_queue_fixture : virtual_system {
  far_queue_fixture() {
    queue = own(actors::spawn_far_queue(system(), {"orders", {}, clock()}));
    receiver = own(caf::actor_cast<caf::actor>(system().spawn(receiver_behavior, told)));
  }

  errc subscribe() {
    return request<messages::subscription>(queue, messages::subscribe{receiver, {}}).failure();
  }

  void bind() {
    tell(queue, messages::bind{own(system().spawn(link_behavior, posted)), 1, 1 << 20});
  }

  std::shared_ptr<std::size_t> told = std::make_shared<std::size_t>(0);
  std::shared_ptr<std::size_t> posted = std::make_shared<std::size_t>(0);
  actors::far_queue_actor queue;
  caf::actor receiver;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(far_queue_actor_suite, far_queue_fixture)

BOOST_AUTO_TEST_CASE(who_tried_again_and_again_without_a_link_is_told_once_that_there_is_one) {
  for (auto turn = 0; turn < 3; ++turn)
    BOOST_TEST((subscribe() == errc::disconnected));
  bind();
  BOOST_TEST(*told == 1u);
  bind();
  BOOST_TEST(*told == 1u);
  BOOST_TEST(*posted == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
