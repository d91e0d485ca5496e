#include "ferry/queue/quarantine.hpp"

#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::testing {
namespace {

struct quarantine_fixture {
  quarantine suspects;

  void accuse(message_run run) {
    suspects.add(std::move(run), suspect_fate::is_tried);
  }

  std::uint64_t take() {
    auto run = suspects.take();
    return run ? value_of(run->first) : 0;
  }

  bool load(std::uint64_t sequence, std::vector<message_run> found) {
    return suspects.loaded(sequence_number{sequence}, found);
  }

  bool end(std::uint64_t sequence) {
    return suspects.returned(sequence_number{sequence});
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(quarantine_suite, quarantine_fixture)

BOOST_AUTO_TEST_CASE(nothing_is_tried_before_the_turn_has_come) {
  accuse(run_of(1, 1));
  BOOST_TEST(take() == 0u);
  BOOST_TEST(suspects.ask());
  BOOST_TEST(take() == 0u);
  suspects.grant();
  BOOST_TEST(take() == 1u);
}

BOOST_AUTO_TEST_CASE(a_turn_is_asked_for_once) {
  accuse(run_of(1, 2));
  BOOST_TEST(suspects.ask());
  BOOST_TEST(!suspects.ask());
  suspects.grant();
  BOOST_TEST(!suspects.ask());
}

BOOST_AUTO_TEST_CASE(without_suspects_no_turn_is_asked_for) {
  BOOST_TEST(!suspects.ask());
}

BOOST_AUTO_TEST_CASE(suspects_are_tried_one_at_a_time_and_one_a_turn) {
  accuse(run_of(1, 2));
  suspects.grant();
  BOOST_TEST(take() == 1u);
  BOOST_TEST(take() == 0u);
  BOOST_TEST(end(1));
  BOOST_TEST(take() == 0u);
  suspects.grant();
  BOOST_TEST(take() == 2u);
}

BOOST_AUTO_TEST_CASE(the_oldest_suspect_is_tried_first) {
  accuse(run_of(5, 1));
  accuse(run_of(3, 1));
  suspects.grant();
  BOOST_TEST(take() == 3u);
}

BOOST_AUTO_TEST_CASE(a_turn_that_is_in_use_is_not_given_up) {
  accuse(run_of(1, 1));
  BOOST_TEST(!suspects.end_turn());
  suspects.grant();
  BOOST_TEST(take() == 1u);
  BOOST_TEST(!suspects.end_turn());
}

BOOST_AUTO_TEST_CASE(a_turn_that_nobody_uses_is_given_up_once) {
  accuse(run_of(1, 1));
  suspects.grant();
  BOOST_TEST(suspects.end_turn());
  BOOST_TEST(!suspects.end_turn());
}

BOOST_AUTO_TEST_CASE(only_the_suspect_that_is_out_can_return) {
  accuse(run_of(1, 2));
  BOOST_TEST(!end(1));
  suspects.grant();
  (void)take();
  BOOST_TEST(!end(2));
  BOOST_TEST(end(1));
  BOOST_TEST(!end(1));
}

BOOST_AUTO_TEST_CASE(a_payload_is_read_when_its_turn_has_come) {
  accuse(disk_run(7, 2));
  BOOST_TEST(!suspects.load());
  suspects.grant();
  BOOST_TEST((suspects.load() == sequence_number{7}));
  BOOST_TEST(!suspects.load());
  BOOST_TEST(take() == 0u);
  BOOST_TEST(load(7, {run_of(7, 1)}));
  BOOST_TEST(take() == 7u);
}

BOOST_AUTO_TEST_CASE(a_suspect_whose_row_is_gone_is_none) {
  accuse(disk_run(7, 1));
  suspects.grant();
  (void)suspects.load();
  BOOST_TEST(load(7, {}));
  BOOST_TEST(suspects.size() == 0u);
}

BOOST_AUTO_TEST_CASE(an_answer_that_was_not_asked_for_is_not_taken) {
  accuse(disk_run(7, 1));
  BOOST_TEST(!load(7, {run_of(7, 1)}));
}

BOOST_AUTO_TEST_CASE(one_that_has_to_die_needs_no_turn_and_is_never_tried) {
  suspects.add(disk_run(7, 1), suspect_fate::dies);
  BOOST_TEST(!suspects.ask());
  BOOST_TEST(!suspects.take_dying());
  BOOST_TEST((suspects.load() == sequence_number{7}));
  (void)load(7, {run_of(7, 1)});
  BOOST_TEST(value_of(suspects.take_dying()->first) == 7u);
  BOOST_TEST(suspects.size() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
