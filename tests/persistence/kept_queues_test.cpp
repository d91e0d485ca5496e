#include "ferry/persistence/kept_queues.hpp"

#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace ferry;
using namespace ferry::testing;
using persistence::continuation;
using persistence::kept_queues;
using persistence::stored_queue;
using step = persistence::continuation::step;

queue_config in_memory() {
  return {.durability = durability::memory};
}

queue_config spilling() {
  return {.durability = durability::memory, .over_budget = over_budget::spill};
}

queue_config with_letters_in(const std::string& other) {
  return {.dead_letter_queue = other};
}

queue_config without_letters() {
  return {.last_resort = last_resort::discard};
}

stored_queue on_disk(std::uint32_t id, const std::string& name,
                     const queue_config& config = without_letters()) {
  auto queue = stored_queue{};
  queue.id = queue_id{id};
  queue.name = name;
  queue.config = config;
  return queue;
}

/// The rows 1 to 3 of a memory queue.
stored_queue spilled(std::uint32_t id, const std::string& name) {
  auto rows = on_disk(id, persistence::stored_name(name, spilling()),
                      persistence::stored_options(spilling()));
  rows.next = sequence_number{4};
  rows.runs.push_back({disk_run(1, 3), {}});
  return rows;
}

/// Queue, first row and count of what is left behind first; nothing when there is none.
list first_of(persistence::leftover_rows left) {
  auto batch = left.next();
  if (!batch)
    return {};
  const auto& rows = std::get<records::erase>(batch->records.front());
  return {value_of(batch->queue), value_of(rows.first), rows.count};
}

std::string names(const std::vector<stored_queue>& queues) {
  auto text = std::string{};
  for (const auto& queue : queues)
    text += (text.empty() ? "" : " ") + queue.name;
  return text;
}

struct kept_queues_fixture {
  kept_queues kept;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(kept_queues_suite, kept_queues_fixture)

// -- names ----------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_queue_on_disk_is_stored_as_it_is_and_a_memory_queue_as_none) {
  BOOST_TEST(persistence::stored_name("orders", without_letters()) == "orders");
  BOOST_TEST((persistence::stored_options(without_letters()) == without_letters()));
  auto stored_as = persistence::stored_name("orders", spilling());
  BOOST_TEST(check_queue_name(stored_as).code == errc::invalid_argument);
}

BOOST_AUTO_TEST_CASE(all_memory_queues_are_stored_with_the_same_options) {
  auto config = spilling();
  config.lease = 1s;
  BOOST_TEST((persistence::stored_options(config) == persistence::stored_options(spilling())));
  BOOST_TEST(!persistence::is_on_disk(persistence::stored_options(config)));
}

BOOST_AUTO_TEST_CASE(only_a_memory_queue_that_does_not_spill_has_no_rows) {
  BOOST_TEST(persistence::uses_journal(without_letters()));
  BOOST_TEST(persistence::uses_journal(spilling()));
  BOOST_TEST(!persistence::uses_journal(in_memory()));
}

// -- a first opening ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(queues_on_disk_are_run_each_after_its_dead_letter_queue) {
  kept.open({on_disk(1, "a", with_letters_in("z")), on_disk(2, "b"), on_disk(3, "z")});
  BOOST_TEST(names(kept.take_rest().queues) == "z a b");
}

BOOST_AUTO_TEST_CASE(each_queue_is_run_once) {
  kept.open({on_disk(1, "a", with_letters_in("z")), on_disk(2, "b", with_letters_in("z")),
             on_disk(3, "z")});
  BOOST_TEST(names(kept.take_rest().queues) == "z a b");
  BOOST_TEST(names(kept.take_rest().queues) == "");
}

BOOST_AUTO_TEST_CASE(the_rows_of_memory_queues_are_left_behind_and_no_queues) {
  kept.open({on_disk(1, "a"), spilled(2, "quick")});
  auto rest = kept.take_rest();
  BOOST_TEST(names(rest.queues) == "a");
  BOOST_TEST(first_of(rest.leftovers) == (list{2, 1, 3}));
}

BOOST_AUTO_TEST_CASE(a_memory_queue_writes_behind_the_rows_of_earlier_processes) {
  kept.open({spilled(2, "quick")});
  (void)kept.take_rest();
  auto place = kept.place_of("quick", spilling());
  BOOST_REQUIRE(place.has_value());
  BOOST_TEST(place->id == queue_id{2});
  BOOST_TEST(place->next == sequence_number{4});
}

BOOST_AUTO_TEST_CASE(a_memory_queue_has_a_place_once_the_journal_knows_it) {
  BOOST_TEST(!kept.place_of("quick", spilling()).has_value());
  kept.add_place("quick", spilling(), queue_id{5});
  BOOST_TEST(kept.place_of("quick", spilling())->id == queue_id{5});
  BOOST_TEST(kept.place_of("quick", spilling())->next == sequence_number{1});
}

BOOST_AUTO_TEST_CASE(a_queue_begins_with_all_that_is_stored_of_it) {
  auto stored = on_disk(3, "orders");
  stored.next = sequence_number{9};
  stored.runs.push_back({disk_run(5, 2), at(3s)});
  stored.payload_bytes = 2;
  stored.sessions.push_back({session_id{7}, publish_number{4}, at(1s)});
  stored.ids.push_back({id_kind::handled, "o-1", at(2s)});
  stored.suspects.push_back(sequence_number{6});
  auto from = persistence::start_of(std::move(stored));
  BOOST_TEST(from.id == queue_id{3});
  BOOST_TEST(from.name == "orders");
  BOOST_TEST((from.config == without_letters()));
  BOOST_TEST(from.next == sequence_number{9});
  BOOST_REQUIRE(from.runs.size() == 1u);
  BOOST_TEST(from.runs[0].due == at(3s));
  BOOST_TEST(from.runs[0].run.first == sequence_number{5});
  BOOST_TEST(from.payload_bytes == 2u);
  BOOST_TEST(from.sessions.at(0).session == session_id{7});
  BOOST_TEST(from.ids.at(0).id == "o-1");
  BOOST_TEST((from.suspects == std::vector<sequence_range>{{sequence_number{6}, 1}}));
}

// -- another opening ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_queue_on_disk_is_revived_from_its_rows_and_not_run_twice) {
  kept.open({on_disk(1, "a"), on_disk(2, "b")});
  auto next = kept.go_on("a", without_letters(), queue_id{1});
  BOOST_TEST((next.how == step::revive));
  BOOST_TEST(next.from.name == "a");
  BOOST_TEST(names(kept.take_rest().queues) == "b");
}

BOOST_AUTO_TEST_CASE(a_queue_on_disk_gives_up_where_its_rows_are_gone_or_those_of_another) {
  kept.open({on_disk(1, "a")});
  BOOST_TEST((kept.go_on("b", without_letters(), queue_id{2}).how == step::give_up));
  BOOST_TEST((kept.go_on("a", without_letters(), queue_id{2}).how == step::give_up));
}

BOOST_AUTO_TEST_CASE(a_memory_queue_resumes_where_its_rows_are) {
  kept.add_place("quick", spilling(), queue_id{2});
  kept.open({spilled(2, "quick")});
  BOOST_TEST((kept.go_on("quick", spilling(), {}).how == step::resume));
}

BOOST_AUTO_TEST_CASE(a_memory_queue_gives_up_where_its_rows_are_gone_or_those_of_another) {
  kept.add_place("quick", spilling(), queue_id{2});
  kept.open({});
  BOOST_TEST((kept.go_on("quick", spilling(), {}).how == step::give_up));
  kept.open({spilled(3, "quick")});
  BOOST_TEST((kept.go_on("quick", spilling(), {}).how == step::give_up));
}

BOOST_AUTO_TEST_CASE(the_rows_of_this_process_are_not_left_behind) {
  kept.add_place("quick", spilling(), queue_id{2}); // its first row is 1
  kept.open({spilled(2, "quick")});
  BOOST_TEST(first_of(kept.take_rest().leftovers) == list{});
}

BOOST_AUTO_TEST_CASE(what_earlier_processes_left_is_left_behind_until_it_is_gone) {
  kept.open({spilled(2, "quick")});
  (void)kept.take_rest();
  auto with_ours = spilled(2, "quick");
  with_ours.runs.push_back({disk_run(4, 2), {}});
  kept.open({with_ours});
  auto leftovers = kept.take_rest().leftovers;
  BOOST_TEST(first_of(leftovers) == (list{2, 1, 3}));
  (void)leftovers.next();
  BOOST_TEST(first_of(leftovers) == list{});
}

BOOST_AUTO_TEST_CASE(a_queue_without_rows_goes_on_and_keeps_its_name_for_itself) {
  kept.open({on_disk(1, "quick")});
  BOOST_TEST((kept.go_on("quick", in_memory(), {}).how == step::nothing));
  BOOST_TEST(names(kept.take_rest().queues) == "");
}

BOOST_AUTO_TEST_CASE(a_queue_that_was_closed_stays_where_it_is) {
  kept.open({on_disk(1, "a"), on_disk(2, "b")});
  kept.leave("a");
  BOOST_TEST(names(kept.take_rest().queues) == "b");
}

BOOST_AUTO_TEST_CASE(what_an_earlier_opening_found_does_not_count_in_the_next_one) {
  kept.open({on_disk(1, "a")});
  kept.open({on_disk(2, "b")});
  BOOST_TEST(names(kept.take_rest().queues) == "b");
}

BOOST_AUTO_TEST_SUITE_END()
