#include "ferry/actors/receiver_table.hpp"

#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace ferry;
using namespace ferry::testing;

namespace {

constexpr auto alice = consumer_id{1};
constexpr auto bob = consumer_id{2};

struct receiver_table_fixture {
  void gather(consumer_id consumer, std::uint64_t first_tag) {
    auto e = effects::deliver{};
    e.consumer = consumer;
    e.first_tag = delivery_tag{first_tag};
    e.run = run_of(first_tag, 1);
    table.gather(e);
  }

  /// What is handed over, as "receiver: tag tag".
  std::string hand_over() {
    auto text = std::string{};
    table.hand_over([&](const std::string& receiver, consumer_id, auto runs) {
      text += (text.empty() ? "" : ", ") + receiver + ":";
      for (const auto& run : runs)
        text += " " + std::to_string(value_of(run.first_tag));
    });
    return text;
  }

  actors::receiver_table<std::string> table;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(receiver_table_suite, receiver_table_fixture)

BOOST_AUTO_TEST_CASE(a_consumer_gets_at_once_what_a_command_has_for_it) {
  table.add(alice, "alice");
  gather(alice, 1);
  gather(alice, 5);
  BOOST_TEST(hand_over() == "alice: 1 5");
}

BOOST_AUTO_TEST_CASE(consumers_are_handed_theirs_in_the_order_of_their_ids) {
  table.add(bob, "bob");
  table.add(alice, "alice");
  gather(bob, 1);
  gather(alice, 2);
  gather(bob, 3);
  BOOST_TEST(hand_over() == "alice: 2, bob: 1 3");
}

BOOST_AUTO_TEST_CASE(what_was_handed_over_is_not_handed_over_again) {
  table.add(alice, "alice");
  gather(alice, 1);
  (void)hand_over();
  BOOST_TEST(hand_over() == "");
}

BOOST_AUTO_TEST_CASE(what_is_for_a_consumer_that_is_gone_is_dropped) {
  table.add(alice, "alice");
  gather(alice, 1);
  table.remove(alice);
  gather(bob, 2);
  BOOST_TEST(hand_over() == "");
  table.add(alice, "alice");
  BOOST_TEST(hand_over() == "");
}

BOOST_AUTO_TEST_CASE(all_receivers_are_taken_once) {
  table.add(alice, "alice");
  table.add(bob, "bob");
  BOOST_TEST(table.take_all().size() == 2u);
  BOOST_TEST(table.take_all().empty());
}

BOOST_AUTO_TEST_SUITE_END()
