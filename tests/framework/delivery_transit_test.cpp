#include "ferry/link/delivery_transit.hpp"

#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::testing {
namespace {

delivered_run bytes_in_run(std::uint64_t tag, std::size_t bytes) {
  return {delivery_tag{tag}, run_with(tag, std::string(bytes, 'a')), at(30s)};
}

delivered_run due_at(time_point deadline, time_point limit = never) {
  return {delivery_tag{1}, run_of(1, 1), deadline, company::any, 30s, limit};
}

/// The tags of each part.
std::vector<std::vector<std::uint64_t>> tags(const std::vector<std::vector<delivered_run>>& parts) {
  auto all = std::vector<std::vector<std::uint64_t>>{};
  for (const auto& part : parts) {
    auto& some = all.emplace_back();
    for (const auto& item : part)
      some.push_back(value_of(item.first_tag));
  }
  return all;
}

using tag_lists = std::vector<std::vector<std::uint64_t>>;

} // namespace

BOOST_AUTO_TEST_SUITE(delivery_transit_suite)

// -- parts ----------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(no_runs_make_no_parts) {
  BOOST_TEST(into_parts({}).empty());
}

BOOST_AUTO_TEST_CASE(runs_that_are_not_enough_together_go_as_one_part) {
  auto parts = into_parts(
    {bytes_in_run(1, enough_bytes / 2), bytes_in_run(2, enough_bytes / 2 - 1), bytes_in_run(3, 0)});
  BOOST_TEST((tags(parts) == tag_lists{{1, 2, 3}}));
}

BOOST_AUTO_TEST_CASE(a_part_takes_another_run_until_it_has_enough_bytes_and_not_from_then_on) {
  auto one_short =
    into_parts({bytes_in_run(1, enough_bytes - 1), bytes_in_run(2, 1), bytes_in_run(3, 1)});
  BOOST_TEST((tags(one_short) == tag_lists{{1, 2}, {3}}));
  auto enough = into_parts({bytes_in_run(1, enough_bytes), bytes_in_run(2, 1)});
  BOOST_TEST((tags(enough) == tag_lists{{1}, {2}}));
}

BOOST_AUTO_TEST_CASE(a_run_of_any_size_is_not_cut) {
  auto parts =
    into_parts({bytes_in_run(1, 1), bytes_in_run(2, 3 * enough_bytes), bytes_in_run(3, 1)});
  BOOST_TEST((tags(parts) == tag_lists{{1, 2}, {3}}));
}

BOOST_AUTO_TEST_CASE(the_last_part_is_not_empty_where_the_runs_end_with_enough) {
  auto parts = into_parts({bytes_in_run(1, enough_bytes), bytes_in_run(2, enough_bytes)});
  BOOST_TEST((tags(parts) == tag_lists{{1}, {2}}));
}

// -- clocks ---------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(who_had_a_second_left_has_one_by_a_clock_that_is_ahead) {
  auto here = on_this_clock({due_at(at(31s), at(90s))}, at(30s), at(1000s));
  BOOST_TEST((here[0].deadline == at(1001s)));
  BOOST_TEST((here[0].limit == at(1060s)));
}

BOOST_AUTO_TEST_CASE(who_had_a_second_left_has_one_by_a_clock_that_is_behind) {
  auto here = on_this_clock({due_at(at(1001s), at(1060s))}, at(1000s), at(30s));
  BOOST_TEST((here[0].deadline == at(31s)));
  BOOST_TEST((here[0].limit == at(90s)));
}

BOOST_AUTO_TEST_CASE(what_was_late_when_it_left_is_as_late_on_arrival) {
  auto here = on_this_clock({due_at(at(29s))}, at(30s), at(1000s));
  BOOST_TEST((here[0].deadline == at(999s)));
}

BOOST_AUTO_TEST_CASE(what_has_no_deadline_gets_none_by_any_clock) {
  auto behind = on_this_clock({due_at(never)}, at(30s), at(0s));
  BOOST_TEST((behind[0].deadline == never));
  BOOST_TEST((behind[0].limit == never));
  auto ahead = on_this_clock({due_at(never)}, at(0s), at(30s));
  BOOST_TEST((ahead[0].deadline == never));
}

BOOST_AUTO_TEST_CASE(a_deadline_ends_up_at_never_where_no_clock_shows_it_and_not_before) {
  auto last = on_this_clock({due_at(never - 2ns)}, at(0s), at(1ns));
  BOOST_TEST((last[0].deadline == never - 1ns));
  auto beyond = on_this_clock({due_at(never - 2ns)}, at(0s), at(3ns));
  BOOST_TEST((beyond[0].deadline == never));
}

BOOST_AUTO_TEST_CASE(each_run_is_told_the_same_clock) {
  auto here = on_this_clock({due_at(at(31s)), due_at(at(32s))}, at(30s), at(40s));
  BOOST_TEST((here[0].deadline == at(41s)));
  BOOST_TEST((here[1].deadline == at(42s)));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
