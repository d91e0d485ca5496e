#include "ferry/broker/used_queues.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace {

using namespace ferry;

using names = std::vector<std::string>;

queue_config in_memory() {
  return {.durability = durability::memory};
}

struct used_queues_fixture {
  /// Uses a queue; `number` is what it is if it is used for the first time.
  int use(const std::string& name, std::optional<queue_config> declared_as, int number) {
    return queues.use(name, std::move(declared_as), [number] { return number; });
  }

  used_queues<int> queues;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(used_queues_suite, used_queues_fixture)

BOOST_AUTO_TEST_CASE(a_queue_is_made_once_however_often_it_is_asked_for) {
  BOOST_TEST(use("orders", std::nullopt, 1) == 1);
  BOOST_TEST(use("orders", std::nullopt, 2) == 1);
  BOOST_TEST(use("parcels", std::nullopt, 3) == 3);
  BOOST_TEST(queues.all().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_queue_that_was_found_is_not_declared) {
  (void)use("orders", std::nullopt, 1);
  BOOST_TEST(!queues.at("orders").declared_as.has_value());
}

BOOST_AUTO_TEST_CASE(a_queue_that_was_found_and_then_declared_is_declared) {
  (void)use("orders", std::nullopt, 1);
  (void)use("orders", in_memory(), 1);
  BOOST_TEST((queues.at("orders").declared_as == in_memory()));
}

BOOST_AUTO_TEST_CASE(a_queue_that_was_declared_and_then_found_stays_declared) {
  (void)use("orders", in_memory(), 1);
  (void)use("orders", std::nullopt, 1);
  BOOST_TEST((queues.at("orders").declared_as == in_memory()));
}

BOOST_AUTO_TEST_CASE(the_first_refusal_alone_makes_somebody_see_to_it) {
  BOOST_TEST(queues.refused("orders"));
  BOOST_TEST(!queues.refused("parcels"));
  BOOST_TEST(queues.take_refused() == (names{"orders", "parcels"}));
  BOOST_TEST(queues.refused("parcels"));
}

BOOST_AUTO_TEST_CASE(what_was_refused_is_asked_for_again_once) {
  (void)queues.refused("orders");
  (void)queues.take_refused();
  BOOST_TEST(queues.take_refused() == names{});
}

BOOST_AUTO_TEST_CASE(in_the_end_none_is_used_or_asked_for) {
  (void)use("orders", std::nullopt, 1);
  (void)queues.refused("orders");
  BOOST_TEST(queues.take_all().at("orders").queue == 1);
  BOOST_TEST(queues.all().empty());
  BOOST_TEST(queues.take_refused() == names{});
}

BOOST_AUTO_TEST_SUITE_END()
