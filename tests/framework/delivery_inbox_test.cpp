#include "ferry/consumer/delivery_inbox.hpp"

#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::testing {
namespace {

struct delivery_inbox_fixture {
  delivery_inbox inbox;

  void add(std::uint64_t first_tag, std::uint64_t count, duration deadline, duration now = 0s) {
    inbox.add({delivery_tag{first_tag}, run_of(first_tag, count), at(deadline), company::any,
               deadline - now});
  }

  // Each renewal as its first tag and its count, one after the other.
  [[nodiscard]] list renewed(duration now) {
    auto found = list{};
    for (const auto& item : inbox.renew(at(now))) {
      found.add(value_of(item.first), 1);
      found.add(item.count, 1);
    }
    return found;
  }

  // The tags that are left, in order.
  [[nodiscard]] list drained() {
    auto found = list{};
    while (!inbox.empty()) {
      auto part = inbox.take(1);
      found.add(value_of(part.first_tag), part.run.count);
    }
    return found;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(delivery_inbox_suite, delivery_inbox_fixture)

BOOST_AUTO_TEST_CASE(messages_are_taken_in_the_order_in_which_they_came) {
  add(5, 2, 30s);
  add(1, 2, 30s);
  BOOST_TEST(drained() == (list{5, 6, 1, 2}));
}

BOOST_AUTO_TEST_CASE(deliveries_are_halved_down_to_single_messages_that_keep_their_tags) {
  auto of = [](std::uint64_t first, std::uint64_t count) {
    return delivered_run{delivery_tag{first}, run_of(first, count)};
  };
  auto two = halves_of({of(1, 5), of(9, 3)});
  BOOST_REQUIRE(two.has_value());
  BOOST_TEST(two->first.front().run.count == 5u);
  BOOST_TEST(two->second.front().run.count == 3u);
  auto one = halves_of(two->second);
  BOOST_REQUIRE(one.has_value());
  BOOST_TEST((one->first.front().first_tag == delivery_tag{9}));
  BOOST_TEST(one->first.front().run.count == 1u);
  BOOST_TEST((one->second.front().first_tag == delivery_tag{10}));
  BOOST_TEST((one->second.front().run.first == sequence_number{10}));
  BOOST_TEST(!halves_of(one->first).has_value());
}

BOOST_AUTO_TEST_CASE(a_part_of_a_run_keeps_its_tags_and_its_messages_together) {
  add(5, 3, 30s);
  auto part = inbox.take(2);
  BOOST_TEST(part.first_tag == delivery_tag{5});
  BOOST_TEST(part.run.first == sequence_number{5});
  BOOST_TEST(part.run.count == 2u);
  BOOST_TEST(drained() == list{7});
}

BOOST_AUTO_TEST_CASE(more_than_a_run_is_not_taken_at_once) {
  add(1, 2, 30s);
  add(3, 2, 30s);
  BOOST_TEST(inbox.take(100).run.count == 2u);
}

BOOST_AUTO_TEST_CASE(a_lease_is_renewed_when_a_quarter_of_it_is_gone_and_not_before) {
  add(1, 3, 40s);
  BOOST_TEST(renewed(10s - 1ns) == list{});
  BOOST_TEST(renewed(10s) == (list{1, 3}));
}

BOOST_AUTO_TEST_CASE(a_renewed_lease_lasts_as_long_as_the_first) {
  add(1, 1, 40s);
  (void)renewed(10s);
  BOOST_TEST(renewed(20s - 1ns) == list{});
  inbox.drop_expired(at(50s - 1ns));
  BOOST_TEST(!inbox.empty());
  inbox.drop_expired(at(50s));
  BOOST_TEST(inbox.empty());
}

BOOST_AUTO_TEST_CASE(only_what_still_waits_is_renewed) {
  add(1, 3, 40s);
  (void)inbox.take(1);
  BOOST_TEST(renewed(10s) == (list{2, 2}));
}

BOOST_AUTO_TEST_CASE(what_has_expired_is_dropped_at_its_deadline_and_not_before) {
  add(1, 1, 10s);
  add(2, 1, 20s);
  inbox.drop_expired(at(10s - 1ns));
  inbox.drop_expired(at(10s));
  BOOST_TEST(drained() == list{2});
}

BOOST_AUTO_TEST_CASE(nothing_is_renewed_beyond_the_limit_of_its_lease) {
  inbox.add({delivery_tag{1}, run_of(1, 1), at(40s), company::any, 40s, at(45s)});
  BOOST_TEST(renewed(10s) == (list{1, 1}));
  BOOST_TEST(renewed(44s) == list{});
  inbox.drop_expired(at(45s));
  BOOST_TEST(inbox.empty());
}

BOOST_AUTO_TEST_CASE(a_suspect_joins_no_other_message) {
  add(1, 1, 40s);
  BOOST_TEST(inbox.next_is_sociable());
  (void)inbox.take(1);
  BOOST_TEST(!inbox.next_is_sociable());
  inbox.add({delivery_tag{2}, run_of(2, 1), at(40s), company::none, 40s});
  BOOST_TEST(!inbox.next_is_sociable());
  BOOST_TEST((inbox.take(1).with == company::none));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
