#include "ferry/queue/read_ahead.hpp"

#include "support/builders.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::testing {
namespace {

constexpr auto mib = std::size_t{1} << 20;

struct read_ahead_fixture {
  ready_index ready{resident_share{64 * mib}, backing::disk};
  read_ahead ahead;

  /// Everything from `first` on that `count` names lies on disk.
  void store_on_disk(std::uint64_t first, std::uint64_t count) {
    ready.add(disk_run(first, count));
  }

  void take(std::uint64_t count) {
    (void)ready.take(count, 100 * mib);
  }

  bool asks(std::uint64_t taken = 0) {
    return ahead.next(ready, taken).has_value();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(read_ahead_suite, read_ahead_fixture)

BOOST_AUTO_TEST_CASE(nothing_is_asked_for_while_nothing_is_on_disk_only) {
  BOOST_TEST(!asks());
  ready.add(run_of(1, 1));
  BOOST_TEST(!asks());
}

BOOST_AUTO_TEST_CASE(a_page_is_asked_for_when_nothing_lies_ready_before_it) {
  store_on_disk(1, 100'000);
  auto page = ahead.next(ready, 0);
  BOOST_REQUIRE(page.has_value());
  BOOST_TEST(page->rows == 4096u);
  BOOST_TEST(page->bytes == 4 * mib);
}

BOOST_AUTO_TEST_CASE(a_page_is_asked_for_as_soon_as_less_than_one_lies_ready) {
  ready.add(run_of(1, 4097));
  store_on_disk(4098, 100'000);
  BOOST_TEST(!asks());
  take(1);
  BOOST_TEST(!asks(1));
  take(1);
  BOOST_TEST(asks(1));
}

BOOST_AUTO_TEST_CASE(what_lies_behind_the_missing_rows_is_not_ahead_of_them) {
  ready.add(run_of(1, 10));
  store_on_disk(11, 100'000);
  ready.add(run_of(200'000, 10'000));
  BOOST_TEST(asks());
}

BOOST_AUTO_TEST_CASE(it_looks_again_at_once_when_a_row_on_disk_became_the_oldest) {
  ready.add(run_of(2, 9000));
  store_on_disk(10'000, 100'000);
  BOOST_TEST(!asks());
  store_on_disk(1, 1);
  BOOST_TEST(asks());
}

BOOST_AUTO_TEST_CASE(a_page_fits_into_half_of_a_small_budget) {
  auto page = page_within(64 << 10);
  BOOST_TEST(page.rows * envelope_bytes + page.bytes <= std::size_t{32} << 10);
  BOOST_TEST(page.rows > 100u);
}

BOOST_AUTO_TEST_CASE(a_page_is_at_least_one_row) {
  BOOST_TEST(page_within(0).rows == 1u);
  BOOST_TEST(page_within(0).bytes == 1u);
}

BOOST_AUTO_TEST_CASE(no_page_is_asked_for_while_half_of_the_budget_lies_ready) {
  auto small = ready_index{resident_share{64 << 10}, backing::disk};
  small.add({std::make_shared<const message_page>(2, envelope(std::string(20'000, 'x'))), 0, 2,
             sequence_number{1}, 0});
  small.add(disk_run(3, 100));
  BOOST_TEST(!ahead.next(small, 0).has_value());
  (void)small.take(1, 100 * mib);
  BOOST_TEST(ahead.next(small, 1).has_value());
}

BOOST_AUTO_TEST_CASE(a_page_fits_into_what_is_left_and_none_is_asked_for_when_nothing_is) {
  auto small = ready_index{resident_share{64 << 10}, backing::none};
  small.add(disk_run(1, 100'000));
  auto half = ahead.next(small, 0, 32 << 10).value();
  BOOST_TEST(half.rows == page_within(32 << 10).rows);
  BOOST_TEST(ahead.next(small, 0, (64 << 10) - 1).has_value());
  BOOST_TEST(!ahead.next(small, 0, 64 << 10).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
