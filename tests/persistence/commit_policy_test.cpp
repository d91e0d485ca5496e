#include "ferry/persistence/commit_policy.hpp"

#include "persistence/record_builders.hpp"

#include <boost/test/unit_test.hpp>

#include <deque>
#include <vector>

using namespace ferry;
using namespace ferry::persistence;
using namespace ferry::testing;

namespace {

struct commit_policy_fixture {
  std::deque<write_batch> batches;
  std::vector<const write_batch*> waiting;

  void wait(std::vector<record> records) {
    batches.push_back({queue_id{1}, std::move(records)});
    waiting.push_back(&batches.back());
  }

  [[nodiscard]] std::size_t share(std::uint64_t messages, std::size_t bytes) const {
    return next_share(waiting, {messages, bytes});
  }
};

constexpr auto plenty = std::size_t{1} << 30;

} // namespace

BOOST_FIXTURE_TEST_SUITE(commit_policy_suite, commit_policy_fixture)

BOOST_AUTO_TEST_CASE(where_nothing_waits_nothing_is_taken) {
  BOOST_TEST(share(1, plenty) == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_short_of_the_limit_is_taken_together) {
  wait({stored(1, 3)});
  wait({stored(4, 2)});
  wait({stored(6, 1)});
  BOOST_TEST(share(7, plenty) == 3u);
}

BOOST_AUTO_TEST_CASE(the_batch_that_reaches_the_limit_is_the_last_one) {
  wait({stored(1, 3)});
  wait({stored(4, 2)});
  wait({stored(6, 1)});
  BOOST_TEST(share(6, plenty) == 3u);
  BOOST_TEST(share(5, plenty) == 2u);
  BOOST_TEST(share(4, plenty) == 2u);
  BOOST_TEST(share(3, plenty) == 1u);
}

BOOST_AUTO_TEST_CASE(a_batch_that_is_larger_than_the_limit_is_taken_whole) {
  wait({stored(1, 100)});
  wait({stored(101, 1)});
  BOOST_TEST(share(1, plenty) == 1u);
}

BOOST_AUTO_TEST_CASE(payload_counts_as_well) {
  wait({stored(1, 3)}); // a byte each
  wait({stored(4, 3)});
  wait({stored(7, 3)});
  BOOST_TEST(share(100, 3) == 1u);
  BOOST_TEST(share(100, 4) == 2u);
  BOOST_TEST(share(100, 7) == 3u);
}

BOOST_AUTO_TEST_CASE(every_other_record_counts_as_one_message) {
  wait({erased(1, 1000), remembered(7, 1000)});
  wait({erased(1001, 1)});
  BOOST_TEST(share(2, plenty) == 1u);
  BOOST_TEST(share(3, plenty) == 2u);
}

// -- what may wait ------------------------------------------------------------

BOOST_AUTO_TEST_CASE(acks_may_wait) {
  BOOST_TEST(may_wait({queue_id{1}, {erased(1, 3), erased(7, 1)}}));
  BOOST_TEST(may_wait({queue_id{1}, {erased(1, 1), handled("a", 5),
                                     forgotten(id_kind::handled, "b")}}));
}

BOOST_AUTO_TEST_CASE(what_somebody_goes_on_with_may_not_wait) {
  const record others[] = {stored(2, 1),      rescheduled(2, 1, 1, 0),
                           remembered(7, 2),  records::forget_session{session_id{7}},
                           published("a", 5), forgotten(id_kind::published, "a"),
                           suspected(2, 1),   cleared(2, 1),
                           taken(queue_id{2}, 2, 1)};
  for (const auto& item : others)
    BOOST_TEST(!may_wait({queue_id{1}, {erased(1, 1), item}}), item.index());
}

BOOST_AUTO_TEST_CASE(a_batch_without_records_does_not_wait) {
  BOOST_TEST(!may_wait({queue_id{1}, {}}));
}

BOOST_AUTO_TEST_SUITE_END()
