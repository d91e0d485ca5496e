#include "ferry/consumer/settlement_batch.hpp"

#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::testing {
namespace {

struct settlement_batch_fixture {
  settlement_batch batch;

  void add(std::uint64_t tag, settle_kind kind = settle_kind::ack, std::uint64_t count = 1) {
    batch.add({delivery_tag{tag}, count, kind, {}, {}});
  }

  // Each settlement as its first tag and its count, one after the other.
  [[nodiscard]] list taken() {
    auto found = list{};
    for (const auto& item : batch.take()) {
      found.add(value_of(item.first), 1);
      found.add(item.count, 1);
    }
    return found;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(settlement_batch_suite, settlement_batch_fixture)

BOOST_AUTO_TEST_CASE(consecutive_acks_become_one_range) {
  add(5);
  add(6);
  add(7, settle_kind::ack, 3);
  BOOST_TEST(taken() == (list{5, 5}));
}

BOOST_AUTO_TEST_CASE(a_gap_between_acks_begins_another_range) {
  add(5);
  add(7);
  BOOST_TEST(taken() == (list{5, 1, 7, 1}));
}

BOOST_AUTO_TEST_CASE(acks_that_go_backwards_stay_apart) {
  add(6);
  add(5);
  BOOST_TEST(taken() == (list{6, 1, 5, 1}));
}

BOOST_AUTO_TEST_CASE(equal_settlements_of_consecutive_tags_become_one_range) {
  add(5, settle_kind::release);
  add(6, settle_kind::release);
  batch.add({delivery_tag{7}, 1, settle_kind::nack, duration{5}, "busy"});
  batch.add({delivery_tag{8}, 1, settle_kind::nack, duration{5}, "busy"});
  batch.add({delivery_tag{9}, 1, settle_kind::nack, duration{5}, "lost"});
  BOOST_TEST(taken() == (list{5, 2, 7, 2, 9, 1}));
}

BOOST_AUTO_TEST_CASE(nacks_stay_apart_because_each_draws_a_jitter_of_its_own) {
  add(5, settle_kind::nack);
  add(6, settle_kind::nack);
  BOOST_TEST(taken() == (list{5, 1, 6, 1}));
}

BOOST_AUTO_TEST_CASE(an_ack_does_not_join_a_nack_before_it) {
  add(5, settle_kind::nack);
  add(6);
  BOOST_TEST(taken() == (list{5, 1, 6, 1}));
}

BOOST_AUTO_TEST_CASE(what_was_taken_is_gone) {
  add(5);
  (void)batch.take();
  BOOST_TEST(batch.empty());
  BOOST_TEST(taken() == list{});
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
