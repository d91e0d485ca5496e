#include "ferry/persistence/read_ranges.hpp"

#include "ferry/persistence/memory_journal.hpp"
#include "support/printing.hpp"
#include "support/builders.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::testing {
namespace {

using persistence::read_ranges;

/// A journal whose queue has the rows 1 to 9, of one byte each.
struct read_ranges_fixture {
  read_ranges_fixture() {
    id = journal.create_queue("orders", {}).value();
    auto batch = persistence::write_batch{};
    batch.queue = id;
    batch.records.emplace_back(records::store{run_of(1, 9)});
    const auto* only = &batch;
    journal.commit({&only, 1}).value();
  }

  rows_read read(const std::vector<row_range>& ranges, page_limit limit = {}) {
    return read_ranges(journal, id, ranges, limit).value();
  }

  static row_range rows(std::uint64_t first, std::uint64_t last) {
    return {sequence_number{first}, sequence_number{last}};
  }

  persistence::memory_journal journal;
  queue_id id{};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(read_ranges_suite, read_ranges_fixture)

BOOST_AUTO_TEST_CASE(rows_that_lie_apart_are_read_as_one_answer) {
  auto found = read({rows(2, 3), rows(7, 7)});
  BOOST_TEST(sequences(found.runs) == (list{2, 3, 7}));
  BOOST_TEST(found.covered == last_sequence);
}

BOOST_AUTO_TEST_CASE(a_limit_of_rows_holds_for_all_ranges_together) {
  auto found = read({rows(2, 3), rows(6, 9)}, {3, 1000});
  BOOST_TEST(sequences(found.runs) == (list{2, 3, 6}));
  BOOST_TEST(found.covered == sequence_number{6});
}

BOOST_AUTO_TEST_CASE(a_limit_reached_at_the_end_of_a_range_covers_all_before_the_next) {
  auto found = read({rows(2, 3), rows(6, 9)}, {2, 1000});
  BOOST_TEST(sequences(found.runs) == (list{2, 3}));
  BOOST_TEST(found.covered == sequence_number{5});
}

BOOST_AUTO_TEST_CASE(a_limit_of_bytes_holds_for_all_ranges_together) {
  auto found = read({rows(1, 2), rows(4, 9)}, {100, 4});
  BOOST_TEST(sequences(found.runs) == (list{1, 2, 4, 5}));
  BOOST_TEST(found.covered == sequence_number{5});
}

BOOST_AUTO_TEST_CASE(a_journal_that_cannot_read_says_so) {
  journal.fail_next_commit({errc::journal_failed, "the disk is full"});
  (void)journal.commit({});
  auto asked = std::vector{rows(1, 2)};
  BOOST_TEST(read_ranges(journal, id, asked, {}).why().code == errc::journal_failed);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
