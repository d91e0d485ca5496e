#include "ferry/queue/unheard_refusals.hpp"

#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

#include <initializer_list>
#include <vector>

namespace {

using namespace ferry;

const auto full = error{errc::queue_full, "full"};

publish_outcome outcome_of(std::uint64_t session, std::uint64_t up_to,
                           std::initializer_list<std::uint64_t> refused) {
  auto outcome = publish_outcome{session_id{session}, publish_number{up_to}, {}, {}, {}};
  for (auto number : refused)
    outcome.refused.push_back({publish_number{number}, full});
  return outcome;
}

struct unheard_refusals_fixture {
  std::vector<std::uint64_t> refused_in(const publish_outcome& outcome) {
    auto numbers = std::vector<std::uint64_t>{};
    for (const auto& item : refusals.completed(outcome).refused)
      numbers.push_back(value_of(item.number));
    return numbers;
  }

  unheard_refusals refusals;
};

using numbers = std::vector<std::uint64_t>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(unheard_refusals_suite, unheard_refusals_fixture)

BOOST_AUTO_TEST_CASE(what_was_refused_is_refused_again_in_order_and_once) {
  refusals.add(outcome_of(7, 5, {5, 3}));
  BOOST_TEST((refused_in(outcome_of(7, 9, {})) == numbers{3, 5}));
  BOOST_TEST((refused_in(outcome_of(7, 9, {4, 5})) == numbers{3, 4, 5}));
}

BOOST_AUTO_TEST_CASE(the_reason_stays_the_same) {
  refusals.add(outcome_of(7, 5, {5}));
  auto outcome = refusals.completed(outcome_of(7, 5, {}));
  BOOST_REQUIRE(outcome.refused.size() == 1u);
  BOOST_TEST((outcome.refused.front().why == full));
}

BOOST_AUTO_TEST_CASE(an_outcome_tells_of_nothing_behind_it) {
  refusals.add(outcome_of(7, 5, {5}));
  BOOST_TEST((refused_in(outcome_of(7, 4, {})) == numbers{}));
  BOOST_TEST((refused_in(outcome_of(7, 5, {})) == numbers{5}));
}

BOOST_AUTO_TEST_CASE(other_sessions_are_not_concerned) {
  refusals.add(outcome_of(7, 5, {5}));
  BOOST_TEST((refused_in(outcome_of(8, 9, {})) == numbers{}));
}

BOOST_AUTO_TEST_CASE(what_its_producer_has_heard_of_is_forgotten) {
  refusals.add(outcome_of(7, 6, {5, 6}));
  refusals.forget_before(session_id{7}, publish_number{5});
  BOOST_TEST((refused_in(outcome_of(7, 9, {})) == numbers{5, 6}));
  refusals.forget_before(session_id{7}, publish_number{6});
  BOOST_TEST((refused_in(outcome_of(7, 9, {})) == numbers{6}));
  refusals.forget_before(session_id{7}, publish_number{7});
  BOOST_TEST((refused_in(outcome_of(7, 9, {})) == numbers{}));
}

BOOST_AUTO_TEST_SUITE_END()
