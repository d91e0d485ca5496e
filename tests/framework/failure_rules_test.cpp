#include "ferry/retry/failure_rules.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

namespace ferry {
namespace {

const auto rules = std::vector<failure_rule>{{"no such customer", failure_kind::fatal},
                                             {"connection", failure_kind::pause},
                                             {"customer", failure_kind::retryable}};

} // namespace

BOOST_AUTO_TEST_SUITE(failure_rules_suite)

BOOST_AUTO_TEST_CASE(a_reason_that_contains_the_text_is_of_that_kind) {
  BOOST_TEST((classify(rules, "order 7: no such customer") == failure_kind::fatal));
  BOOST_TEST((classify(rules, "connection refused") == failure_kind::pause));
}

BOOST_AUTO_TEST_CASE(the_first_rule_that_matches_decides) {
  BOOST_TEST((classify(rules, "no such customer, connection lost") == failure_kind::fatal));
  BOOST_TEST((classify(rules, "customer without connection") == failure_kind::pause));
}

BOOST_AUTO_TEST_CASE(a_reason_that_no_rule_names_is_retryable) {
  BOOST_TEST((classify(rules, "no such Customer") == failure_kind::retryable));
  BOOST_TEST((classify(rules, "") == failure_kind::retryable));
  BOOST_TEST((classify({}, "connection refused") == failure_kind::retryable));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry
