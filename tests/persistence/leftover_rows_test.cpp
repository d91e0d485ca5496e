#include "ferry/persistence/leftover_rows.hpp"

#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace ferry;
using namespace ferry::testing;
using persistence::stored_queue;

struct leftover_rows_fixture {
  void add(std::uint32_t id, std::vector<message_run> runs, std::uint64_t payload_bytes,
           std::uint64_t end) {
    auto queue = stored_queue{};
    queue.id = queue_id{id};
    for (auto& run : runs)
      queue.runs.push_back({std::move(run), {}});
    queue.payload_bytes = payload_bytes;
    left.add(queue, sequence_number{end});
  }

  /// Queue, first row and count of the next step; nothing when there is none.
  list step() {
    auto batch = left.next();
    if (!batch)
      return {};
    BOOST_REQUIRE(batch->records.size() == 1u);
    const auto& rows = std::get<records::erase>(batch->records.front());
    bytes = rows.payload_bytes;
    return {value_of(batch->queue), value_of(rows.first), rows.count};
  }

  persistence::leftover_rows left;
  std::uint64_t bytes = 0; // of the last step
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(leftover_rows_suite, leftover_rows_fixture)

BOOST_AUTO_TEST_CASE(where_nothing_was_left_there_is_no_step) {
  add(1, {}, 0, 1);
  BOOST_TEST(step() == list{});
}

BOOST_AUTO_TEST_CASE(every_stretch_of_rows_is_a_step) {
  add(1, {disk_run(5, 3), disk_run(10, 2)}, 50, 12);
  add(2, {disk_run(1, 1)}, 7, 2);
  BOOST_TEST(step() == (list{1, 5, 3}));
  BOOST_TEST(bytes == 30u);
  BOOST_TEST(step() == (list{1, 10, 2}));
  BOOST_TEST(step() == (list{2, 1, 1}));
  BOOST_TEST(step() == list{});
}

BOOST_AUTO_TEST_CASE(a_step_is_no_longer_than_4096_rows) {
  add(1, {disk_run(1, 4097)}, 4097, 4098);
  BOOST_TEST(step() == (list{1, 1, 4096}));
  BOOST_TEST(step() == (list{1, 4097, 1}));
  BOOST_TEST(step() == list{});
}

BOOST_AUTO_TEST_CASE(a_step_of_large_rows_is_shorter_but_has_one_row_at_least) {
  auto mib = std::uint64_t{1} << 20;
  add(1, {disk_run(1, 6)}, 6 * mib, 7);
  BOOST_TEST(step() == (list{1, 1, 4}));
  BOOST_TEST(step() == (list{1, 5, 2}));
  add(2, {disk_run(1, 2)}, 40 * mib, 3);
  BOOST_TEST(step() == (list{2, 1, 1}));
}

BOOST_AUTO_TEST_CASE(rows_from_the_end_on_are_in_use_and_stay) {
  add(1, {disk_run(1, 10), disk_run(20, 5)}, 15, 6);
  BOOST_TEST(step() == (list{1, 1, 5}));
  BOOST_TEST(step() == list{});
}

BOOST_AUTO_TEST_SUITE_END()
