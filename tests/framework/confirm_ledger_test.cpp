#include "ferry/producer/confirm_ledger.hpp"

#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::testing {
namespace {

struct confirm_ledger_fixture {
  confirm_ledger ledger;

  void publish(int count) {
    for (auto i = 0; i < count; ++i)
      (void)ledger.next();
  }

  void confirm(std::uint64_t up_to, std::vector<refusal> refused = {}) {
    ledger.settle({session_id{1}, publish_number{up_to}, durability_level::synced,
                   std::move(refused), {}});
  }

  // none: stored; stale: still open
  [[nodiscard]] errc outcome(std::uint64_t number) const {
    auto known = ledger.outcome_of(publish_number{number});
    if (!known)
      return errc::stale;
    return known->ok() ? errc::none : known->why().code;
  }
};

const auto full = error{errc::journal_failed, "the disk is full"};
const auto late = error{errc::timed_out, "too late"};
const auto large = error{errc::too_large, "too large"};

} // namespace

BOOST_FIXTURE_TEST_SUITE(confirm_ledger_suite, confirm_ledger_fixture)

BOOST_AUTO_TEST_CASE(numbers_start_at_one_and_have_no_gap) {
  BOOST_TEST(ledger.next() == publish_number{1});
  BOOST_TEST(ledger.next() == publish_number{2});
}

BOOST_AUTO_TEST_CASE(a_publish_has_no_outcome_until_it_is_confirmed) {
  publish(2);
  confirm(1);
  BOOST_TEST(outcome(1) == errc::none);
  BOOST_TEST(outcome(2) == errc::stale);
}

BOOST_AUTO_TEST_CASE(a_refused_publish_has_its_reason_and_its_neighbours_are_stored) {
  publish(3);
  confirm(3, {{publish_number{2}, large}});
  BOOST_TEST(outcome(1) == errc::none);
  BOOST_TEST(outcome(2) == errc::too_large);
  BOOST_TEST(outcome(3) == errc::none);
}

BOOST_AUTO_TEST_CASE(an_answer_that_tells_nothing_new_changes_nothing) {
  publish(2);
  confirm(2);
  confirm(1, {{publish_number{1}, large}});
  BOOST_TEST(outcome(1) == errc::none);
  BOOST_TEST(!ledger.take_first_refusal().has_value());
}

// Once, refusals beyond the ten thousandth were told as stored.
BOOST_AUTO_TEST_CASE(however_many_publishes_fail_none_is_told_as_stored) {
  publish(20'001);
  confirm(1);
  ledger.fail(full);
  BOOST_TEST(outcome(1) == errc::none);
  for (auto number : {2, 3, 10'000, 10'001, 20'001})
    BOOST_TEST(outcome(static_cast<std::uint64_t>(number)) == errc::journal_failed);
}

BOOST_AUTO_TEST_CASE(after_a_failure_every_new_publish_has_failed_as_well) {
  ledger.fail(full);
  publish(1);
  BOOST_TEST(outcome(1) == errc::journal_failed);
}

BOOST_AUTO_TEST_CASE(the_first_failure_is_the_reason) {
  publish(1);
  ledger.fail(full);
  ledger.fail({errc::closed, "closed"});
  confirm(1);
  BOOST_TEST(outcome(1) == errc::journal_failed);
}

BOOST_AUTO_TEST_CASE(the_first_refusal_is_told_once) {
  publish(3);
  confirm(2, {{publish_number{1}, large}});
  ledger.fail(full);
  BOOST_TEST((ledger.take_first_refusal() == large));
  BOOST_TEST(!ledger.take_first_refusal().has_value());
}

// -- giving up ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_is_given_up_has_failed_and_what_follows_is_open) {
  publish(5);
  confirm(1);
  ledger.give_up(publish_number{3}, late);
  BOOST_TEST(outcome(1) == errc::none);
  BOOST_TEST(outcome(2) == errc::timed_out);
  BOOST_TEST(outcome(3) == errc::timed_out);
  BOOST_TEST(outcome(4) == errc::stale);
  confirm(5);
  BOOST_TEST(outcome(3) == errc::timed_out);
  BOOST_TEST(outcome(4) == errc::none);
  BOOST_TEST((ledger.take_first_refusal() == late));
}

BOOST_AUTO_TEST_CASE(a_confirm_that_comes_after_giving_up_changes_nothing) {
  publish(2);
  ledger.give_up(publish_number{2}, late);
  confirm(2);
  BOOST_TEST(outcome(2) == errc::timed_out);
}

BOOST_AUTO_TEST_CASE(giving_up_what_is_confirmed_refuses_nothing) {
  publish(2);
  confirm(2);
  ledger.give_up(publish_number{2}, late);
  BOOST_TEST(outcome(2) == errc::none);
  BOOST_TEST(!ledger.take_first_refusal().has_value());
}

// -- many at once -------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_batch_is_open_until_its_last_message_is_confirmed) {
  publish(3);
  confirm(2);
  BOOST_TEST(!ledger.outcome_of(publish_number{1}, publish_number{3}).has_value());
  confirm(3);
  BOOST_TEST(ledger.outcome_of(publish_number{1}, publish_number{3})->ok());
}

BOOST_AUTO_TEST_CASE(a_batch_ends_with_the_first_refusal_among_its_messages_and_no_others) {
  publish(5);
  ledger.settle({session_id{1}, publish_number{5}, durability_level::synced,
                 {{publish_number{2}, full}, {publish_number{4}, late}}, {}});
  auto from_to = [&](std::uint64_t first, std::uint64_t last) {
    auto outcome = *ledger.outcome_of(publish_number{first}, publish_number{last});
    return outcome.ok() ? errc::none : outcome.why().code;
  };
  BOOST_TEST(from_to(1, 1) == errc::none);
  BOOST_TEST(from_to(1, 2) == full.code);
  BOOST_TEST(from_to(1, 5) == full.code);
  BOOST_TEST(from_to(3, 3) == errc::none);
  BOOST_TEST(from_to(3, 5) == late.code);
  BOOST_TEST(from_to(5, 5) == errc::none);
}

BOOST_AUTO_TEST_CASE(a_batch_that_was_cut_by_a_failure_ends_with_it) {
  publish(3);
  confirm(2);
  ledger.fail(full);
  BOOST_TEST(ledger.outcome_of(publish_number{1}, publish_number{3})->why().code == full.code);
  BOOST_TEST(ledger.outcome_of(publish_number{1}, publish_number{2})->ok());
}

BOOST_AUTO_TEST_CASE(a_refusal_that_is_named_again_with_the_rest_of_its_page_is_told_once) {
  publish(3);
  auto refused = std::vector<refusal>{{publish_number{1}, full}};
  ledger.settle({session_id{1}, publish_number{2}, durability_level::synced, refused, {}});
  BOOST_TEST(ledger.take_first_refusal().has_value());
  ledger.settle({session_id{1}, publish_number{3}, durability_level::synced, refused, {}});
  BOOST_TEST(!ledger.take_first_refusal().has_value());
}

// -- an earlier life ----------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_ledger_goes_on_after_the_numbers_of_an_earlier_life) {
  ledger = confirm_ledger{publish_number{4}, publish_number{6}};
  BOOST_TEST(outcome(5) == errc::stale);
  BOOST_TEST(ledger.next() == publish_number{7});
  confirm(6);
  BOOST_TEST(outcome(5) == errc::none);
  BOOST_TEST(outcome(7) == errc::stale);
}

BOOST_AUTO_TEST_CASE(failing_when_everything_is_confirmed_refuses_nothing) {
  publish(1);
  confirm(1);
  ledger.fail(full);
  BOOST_TEST(!ledger.take_first_refusal().has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
