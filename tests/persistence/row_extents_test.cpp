#include "ferry/persistence/row_extents.hpp"

#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include <map>
#include <set>
#include <string>

using namespace ferry;
using namespace ferry::persistence;
using namespace ferry::testing;

namespace {

constexpr auto orders = queue_id{1};
constexpr auto bills = queue_id{2};
constexpr auto a_page = bytes_for_the_end;
constexpr auto everything = ~std::uint64_t{0};

std::string told(const std::vector<row_stretch>& stretches) {
  auto text = std::string{};
  for (const auto& [first, keys] : stretches)
    text += std::to_string(value_of(first)) + " at " + std::to_string(keys.first >> 20) + ":"
            + std::to_string(keys.first & 0xfffff) + "-" + std::to_string(keys.last & 0xfffff)
            + "  ";
  return text;
}

std::string told(const std::vector<extent_change>& changes) {
  auto text = std::string{};
  for (const auto& [queue, first, number] : changes)
    text += (number == extent_number::none ? "end " : std::to_string(value_of(number)) + " is ")
            + std::to_string(value_of(queue)) + " from " + std::to_string(value_of(first)) + "  ";
  return text;
}

struct row_extents_fixture {
  row_extents rows;

  std::string store(queue_id queue, std::uint64_t first, std::uint64_t count,
                    std::uint64_t bytes = 1) {
    return told(rows.store(queue, {sequence_number{first}, count}, bytes));
  }

  void erase(queue_id queue, std::uint64_t first, std::uint64_t count) {
    for (const auto& stretch : rows.find(queue, {sequence_number{first}, count}))
      rows.erased(queue, stretch.first, stretch.count());
  }

  std::string find(queue_id queue, std::uint64_t first, std::uint64_t count) const {
    return told(rows.find(queue, {sequence_number{first}, count}));
  }

  std::string changes() {
    return told(rows.take_changes());
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(row_extents_suite, row_extents_fixture)

// -- storing ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_queue_that_is_alone_has_one_extent) {
  BOOST_TEST(store(orders, 1, 100, a_page) == "1 at 1:0-99  ");
  BOOST_TEST(store(orders, 101, 100, a_page) == "101 at 1:100-199  ");
  BOOST_TEST(changes() == "1 is 1 from 1  ");
}

BOOST_AUTO_TEST_CASE(what_fills_a_page_goes_to_the_end_of_the_table) {
  (void)store(orders, 1, 5);
  (void)store(bills, 1, 5);
  BOOST_TEST(store(orders, 6, 100, a_page) == "6 at 3:0-99  ");
  BOOST_TEST(changes() == "1 is 1 from 1  2 is 2 from 1  3 is 1 from 6  ");
}

BOOST_AUTO_TEST_CASE(what_fills_no_page_goes_on_where_its_queue_was) {
  (void)store(orders, 1, 5);
  (void)store(bills, 1, 5);
  BOOST_TEST(store(orders, 6, 100, a_page - 1) == "6 at 1:5-104  ");
}

BOOST_AUTO_TEST_CASE(an_extent_that_is_full_is_followed_by_another) {
  (void)store(orders, 1, places_per_extent - 1);
  BOOST_TEST(store(orders, places_per_extent, 3)
             == "1048576 at 1:1048575-1048575  1048577 at 2:0-1  ");
}

BOOST_AUTO_TEST_CASE(numbers_may_be_left_out_within_an_extent_and_beyond_it) {
  (void)store(orders, 1, 1);
  BOOST_TEST(store(orders, places_per_extent, 1) == "1048576 at 1:1048575-1048575  ");
  BOOST_TEST(store(orders, 3 * places_per_extent, 1) == "3145728 at 2:0-0  ");
}

BOOST_AUTO_TEST_CASE(numbers_below_all_others_get_an_extent_of_their_own) {
  (void)store(orders, 5, 1);
  BOOST_TEST(store(orders, 3, 4) == "3 at 2:0-1  5 at 1:0-1  ");
}

BOOST_AUTO_TEST_CASE(when_no_number_is_left_nothing_is_stored) {
  rows.know(bills, sequence_number{1}, last_extent);
  BOOST_CHECK_THROW((void)store(orders, 1, 1), std::length_error);
}

// -- finding ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(rows_are_found_in_all_extents_they_lie_in) {
  (void)store(orders, 1, 5);
  (void)store(bills, 1, 5);
  (void)store(orders, 6, 100, a_page);
  BOOST_TEST(find(orders, 4, 3) == "4 at 1:3-4  6 at 3:0-0  ");
  BOOST_TEST(find(bills, 2, 2) == "2 at 2:1-2  ");
}

BOOST_AUTO_TEST_CASE(nothing_is_found_of_an_empty_range_or_an_unknown_queue) {
  (void)store(orders, 4, 5);
  BOOST_TEST(find(orders, 4, 0) == "");
  BOOST_TEST(find(orders, 1, 3) == "");
  BOOST_TEST(find(bills, 1, 3) == "");
}

BOOST_AUTO_TEST_CASE(a_range_ends_with_the_last_sequence) {
  auto last = value_of(last_sequence);
  (void)store(orders, last, 1);
  BOOST_TEST(find(orders, last, everything) == "1099511627775 at 1:0-0  ");
  BOOST_TEST(find(orders, last - 1, 2) == "1099511627775 at 1:0-0  ");
}

// -- ending -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(an_extent_ends_with_its_last_row) {
  (void)store(orders, 1, 2);
  (void)store(bills, 1, 1);
  (void)store(orders, 3, 100, a_page);
  (void)changes();
  erase(orders, 1, 1);
  BOOST_TEST(changes() == "");
  erase(orders, 2, 1);
  BOOST_TEST(changes() == "end 1 from 1  ");
}

BOOST_AUTO_TEST_CASE(the_last_extent_of_a_queue_goes_on_without_a_row) {
  (void)store(orders, 1, 2);
  (void)changes();
  erase(orders, 1, 2);
  BOOST_TEST(changes() == "");
  BOOST_TEST(store(orders, 3, 1) == "3 at 1:2-2  ");
}

BOOST_AUTO_TEST_CASE(an_extent_without_a_row_ends_when_the_next_begins) {
  (void)store(orders, 1, 2);
  (void)store(bills, 1, 1);
  erase(orders, 1, 2);
  (void)changes();
  (void)store(orders, 3, 100, a_page);
  BOOST_TEST(changes() == "3 is 1 from 3  end 1 from 1  ");
}

// -- opening ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(new_extents_follow_those_that_are_known) {
  rows.know(orders, sequence_number{1}, extent_number{7});
  BOOST_TEST(store(bills, 1, 1) == "1 at 8:0-0  ");
  BOOST_TEST(store(orders, 4, 1) == "4 at 7:3-3  ");
}

BOOST_AUTO_TEST_CASE(an_extent_that_was_not_counted_does_not_end) {
  rows.know(orders, sequence_number{1}, extent_number{1});
  rows.know(orders, sequence_number{5}, extent_number{2});
  erase(orders, 1, 4);
  BOOST_TEST(changes() == "");
}

BOOST_AUTO_TEST_CASE(counting_ends_the_extents_without_a_row_but_the_last) {
  rows.know(orders, sequence_number{1}, extent_number{1});
  rows.know(orders, sequence_number{5}, extent_number{2});
  rows.know(orders, sequence_number{9}, extent_number{3});
  auto queue = stored_queue{};
  queue.id = orders;
  queue.runs = {{run_of(6, 2), {}}};
  rows.recount(queue);
  BOOST_TEST(changes() == "end 1 from 1  ");
  erase(orders, 6, 2);
  BOOST_TEST(changes() == "end 1 from 5  ");
}

// -- always -------------------------------------------------------------------

namespace {

/// One key per row, told one by one.
std::set<row_key> keys_in(const std::vector<row_stretch>& stretches) {
  auto keys = std::set<row_key>{};
  for (const auto& [first, range] : stretches)
    for (auto key = range.first; key <= range.last; ++key)
      keys.insert(key);
  return keys;
}

} // namespace

BOOST_AUTO_TEST_CASE(no_two_rows_share_a_key_and_each_is_found_again) {
  BOOST_TEST(rc::check("keys are nobody else's, and stay", [] {
    auto all = row_extents{};
    auto taken = std::set<row_key>{};
    auto next = std::map<queue_id, std::uint64_t>{};
    auto kept = std::map<std::pair<queue_id, std::uint64_t>, row_key>{};
    auto steps = *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::arbitrary<std::uint32_t>());
    for (auto step : steps) {
      auto queue = queue_id{step % 3 + 1};
      auto first = next[queue] + 1 + (step % 11 == 0 ? places_per_extent - 2 : 0);
      auto count = std::uint64_t{step / 3 % 5 + 1};
      auto keys = keys_in(
        all.store(queue, {sequence_number{first}, count}, step % 2 == 0 ? a_page : 1));
      RC_ASSERT(keys.size() == count);
      for (auto key : keys) {
        RC_ASSERT(taken.insert(key).second);
        kept[{queue, first++}] = key;
      }
      next[queue] = first - 1;
      if (step % 7 == 0 && !kept.empty()) {
        auto [owner, gone] = kept.begin()->first;
        for (const auto& stretch : all.find(owner, {sequence_number{gone}, 1}))
          all.erased(owner, stretch.first, 1);
        kept.erase(kept.begin());
      }
    }
    for (const auto& [row, key] : kept)
      RC_ASSERT(keys_in(all.find(row.first, {sequence_number{row.second}, 1}))
                == std::set<row_key>{key});
  }));
}

BOOST_AUTO_TEST_SUITE_END()
