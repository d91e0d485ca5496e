#include "ferry/queue/commit_pipeline.hpp"

#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::testing {
namespace {

struct commit_pipeline_fixture {
  commit_pipeline commits;
  effect_list out;

  // A change that makes message `sequence` ready once it is on disk.
  void store(std::uint64_t sequence) {
    auto run = run_of(sequence, 1);
    auto change = turn{};
    change.records.emplace_back(records::store{run});
    change.ready.push_back(std::move(run));
    commits.submit(std::move(change), out);
  }

  // A change that has nothing to write.
  void give_back(std::uint64_t sequence) {
    auto change = turn{};
    change.ready.push_back(run_of(sequence, 1));
    commits.submit(std::move(change), out);
  }

  list popped(std::uint64_t ticket) {
    auto all = list{};
    while (auto change = commits.pop_committed(commit_ticket{ticket}))
      for (auto number : sequences(change->ready).numbers)
        all.add(number, 1);
    return all;
  }

  list tickets() const {
    auto all = list{};
    for (const auto& item : each<effects::persist>(out))
      all.add(value_of(item.ticket), 1);
    return all;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(commit_pipeline_suite, commit_pipeline_fixture)

BOOST_AUTO_TEST_CASE(tickets_grow_by_one) {
  store(7);
  store(8);
  store(9);
  BOOST_TEST(tickets() == (list{1, 2, 3}));
}

BOOST_AUTO_TEST_CASE(a_turn_waits_until_its_own_ticket_is_committed) {
  store(7);
  store(8);
  BOOST_TEST(popped(0) == list{});
  BOOST_TEST(popped(1) == list{7});
  BOOST_TEST(popped(1) == list{});
  BOOST_TEST(popped(2) == list{8});
}

BOOST_AUTO_TEST_CASE(a_later_ticket_hands_out_all_turns_before_it_in_order) {
  store(9);
  store(8);
  store(7);
  BOOST_TEST(popped(2) == (list{9, 8}));
}

BOOST_AUTO_TEST_CASE(a_turn_without_records_emits_nothing) {
  give_back(7);
  BOOST_TEST(out.empty());
}

BOOST_AUTO_TEST_CASE(a_turn_without_records_waits_for_the_writes_before_it) {
  store(7);
  store(8);
  give_back(1);
  store(9);
  BOOST_TEST(popped(1) == list{7});
  BOOST_TEST(popped(2) == (list{8, 1}));
  BOOST_TEST(tickets() == (list{1, 2, 3}));
}

BOOST_AUTO_TEST_CASE(after_a_failure_turns_are_handed_out_whatever_became_of_them) {
  store(7);
  store(8);
  BOOST_TEST(sequences(commits.pop()->ready) == list{7});
  BOOST_TEST(sequences(commits.pop()->ready) == list{8});
  BOOST_TEST(!commits.pop().has_value());
}

BOOST_AUTO_TEST_CASE(messages_are_counted_until_they_are_handed_out) {
  store(7);
  auto change = turn{};
  change.records.emplace_back(records::erase{sequence_number{1}, 1});
  change.delayed.push_back({at(1s), disk_run(1, 5)});
  commits.submit(std::move(change), out);
  BOOST_TEST(commits.messages() == 6u);
  (void)popped(1);
  BOOST_TEST(commits.messages() == 5u);
  (void)commits.pop();
  BOOST_TEST(commits.messages() == 0u);
  BOOST_TEST(commits.empty());
}

// -- what a turn writes -------------------------------------------------------

BOOST_AUTO_TEST_CASE(neighbours_are_erased_as_one_range) {
  auto change = turn{};
  change.erase(run_of(1, 2));
  change.erase(run_of(3, 4));
  auto range = only<records::erase>(change.records);
  BOOST_TEST(range.first == sequence_number{1});
  BOOST_TEST(range.count == 6u);
  BOOST_TEST(range.payload_bytes == 6u);
}

BOOST_AUTO_TEST_CASE(messages_apart_are_erased_apart) {
  auto change = turn{};
  change.erase(disk_run(1, 2));
  change.erase(disk_run(4, 1));
  BOOST_TEST(each<records::erase>(change.records).size() == 2u);
}

BOOST_AUTO_TEST_CASE(neighbours_are_taken_over_as_one_range) {
  auto change = turn{};
  change.take_over(queue_id{3}, dead(1));
  change.take_over(queue_id{3}, dead(2));
  auto range = only<records::take_over>(change.records);
  BOOST_TEST(range.origin == queue_id{3});
  BOOST_TEST(range.first == sequence_number{1});
  BOOST_TEST(range.count == 2u);
  BOOST_TEST(range.payload_bytes == 2u);
}

BOOST_AUTO_TEST_CASE(letters_of_two_queues_are_taken_over_apart) {
  auto change = turn{};
  change.take_over(queue_id{3}, dead(1));
  change.take_over(queue_id{4}, dead(2));
  BOOST_TEST(each<records::take_over>(change.records).size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_turn_is_empty_until_something_follows_from_it) {
  auto change = turn{};
  BOOST_TEST(change.empty());
  change.tell.emplace_back(effects::settled{});
  BOOST_TEST(!change.empty());
}

BOOST_AUTO_TEST_CASE(the_pipeline_is_behind_from_a_million_messages_that_ended_and_wait_for_the_disk) {
  auto end = [&](std::size_t count) {
    auto change = turn{};
    change.records.emplace_back(records::erase{sequence_number{1}, count, 0});
    change.acked.resize(count);
    commits.submit(std::move(change), out);
  };
  end(999'999);
  BOOST_TEST(!commits.is_behind());
  end(1);
  BOOST_TEST(commits.is_behind());
  (void)commits.pop_committed(commit_ticket{1});
  BOOST_TEST(!commits.is_behind());
}

// -- suspended ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(while_it_is_suspended_nothing_is_asked_for_and_tickets_grow_on) {
  commits = commit_pipeline{records_kept::yes};
  store(7);
  commits.suspend();
  store(8);
  BOOST_TEST(tickets() == list{1});
  out.clear();
  commits.resume(out);
  store(9);
  BOOST_TEST(tickets() == (list{1, 2, 3}));
}

BOOST_AUTO_TEST_CASE(what_was_committed_is_not_asked_for_again) {
  commits = commit_pipeline{records_kept::yes};
  store(7);
  store(8);
  BOOST_TEST(popped(1) == list{7});
  out.clear();
  commits.suspend();
  commits.resume(out);
  BOOST_TEST(tickets() == list{2});
}

BOOST_AUTO_TEST_CASE(what_is_asked_for_again_is_stored_once) {
  commits = commit_pipeline{records_kept::yes};
  store(7);
  commits.suspend();
  out.clear();
  commits.resume(out);
  auto records = records_of(out);
  BOOST_REQUIRE(records.size() == 2u);
  BOOST_TEST(value_of(std::get<records::erase>(records[0]).first) == 7u);
  BOOST_TEST(std::get<records::erase>(records[0]).count == 1u);
  BOOST_TEST(std::holds_alternative<records::store>(records[1]));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
