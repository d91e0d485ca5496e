#include "ferry/link/dialing_core.hpp"

#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace ferry::testing {
namespace {

using enum first_link;
using words = std::vector<std::string>;

const auto silence = error{errc::timed_out, "no answer"};
const auto refusal = error{errc::not_trusted, "who are you"};

/// Waits without jitter.
reconnect_config exact(std::optional<duration> give_up_after = {}) {
  auto config = reconnect_config{};
  config.backoff.jitter = 0.0;
  config.give_up_after = give_up_after;
  return config;
}

struct dialing_core_fixture {
  dialing_core made(reconnect_config config = exact()) {
    auto core = dialing_core{at(0s), {"here:1", "there:1"}, std::move(config)};
    (void)core.begin(at(0s), 0.0);
    return core;
  }

  /// A core whose link has been open for a while.
  dialing_core connected(reconnect_config config = exact()) {
    auto core = made(std::move(config));
    core.opened();
    return core;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(dialing_core_suite, dialing_core_fixture)

// -- dialing --------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_first_address_is_dialed_at_once) {
  auto core = dialing_core{at(0s), {"here:1", "there:1"}, exact()};
  auto step = core.begin(at(0s), 0.0);
  BOOST_TEST((step.dial_at == at(0s)));
  BOOST_TEST(core.address() == "here:1");
  BOOST_TEST(step.why.code == errc::disconnected);
  BOOST_TEST(step.reports == words{});
}

BOOST_AUTO_TEST_CASE(after_a_failure_the_next_address_is_dialed) {
  auto core = made();
  auto step = core.failed(at(1s), 0.0, silence, awaited);
  BOOST_TEST((step.dial_at == at(1s)));
  BOOST_TEST(core.address() == "there:1");
}

BOOST_AUTO_TEST_CASE(whoever_asks_meanwhile_hears_why_and_that_it_is_dialed_again) {
  auto core = made();
  auto step = core.failed(at(1s), 0.0, silence, not_awaited);
  BOOST_TEST(step.why.code == errc::disconnected);
  BOOST_TEST(step.why.text == "no answer; it is dialed again by itself, try it again later");
  BOOST_TEST(step.reports == words{});
}

// -- losing a link --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_lost_link_is_reported_and_dialed_again) {
  auto core = connected();
  auto step = core.lost(at(10s), 0.0, silence, not_awaited);
  BOOST_TEST(step.reports == words{"the broker at here:1 is not connected (no answer)"});
  BOOST_TEST((step.dial_at == at(10s)));
  BOOST_TEST(core.address() == "here:1");
  BOOST_TEST(!core.is_over());
}

BOOST_AUTO_TEST_CASE(a_link_that_never_opened_is_not_reported_as_lost) {
  auto core = made();
  auto step = core.lost(at(1s), 0.0, silence, awaited);
  BOOST_TEST(step.reports == words{});
  BOOST_TEST(step.why.text.starts_with("the broker at here:1 is not connected (no answer)"));
}

BOOST_AUTO_TEST_CASE(a_link_is_reported_as_lost_once) {
  auto core = connected();
  (void)core.lost(at(10s), 0.0, silence, not_awaited);
  BOOST_TEST(core.lost(at(11s), 0.0, silence, not_awaited).reports == words{});
}

// -- the end --------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_refusal_ends_it_while_the_first_link_is_awaited) {
  auto core = dialing_core{at(0s), {"here:1"}, exact()};
  (void)core.begin(at(0s), 0.0);
  auto step = core.lost(at(1s), 0.0, refusal, awaited);
  BOOST_TEST(core.is_over());
  BOOST_TEST(!step.dial_at.has_value());
  BOOST_TEST(step.why.code == errc::not_trusted);
  BOOST_TEST(step.reports == words{"the broker at here:1 is not connected (who are you)"});
}

BOOST_AUTO_TEST_CASE(whoever_refuses_does_not_keep_a_client_from_its_other_addresses) {
  auto core = made();
  auto step = core.lost(at(1s), 0.0, refusal, awaited);
  BOOST_TEST((step.dial_at == at(1s)));
  BOOST_TEST(core.address() == "there:1");
  BOOST_TEST(step.reports == words{"the broker at here:1 is not connected (who are you)"});
}

BOOST_AUTO_TEST_CASE(a_refusal_ends_it_once_all_addresses_were_tried) {
  for (auto refusal_comes_first : {true, false}) {
    auto core = made();
    (void)core.failed(at(1s), 0.0, refusal_comes_first ? refusal : silence, awaited);
    BOOST_TEST(!core.is_over());
    auto step = core.failed(at(1s), 0.0, refusal_comes_first ? silence : refusal, awaited);
    BOOST_TEST(core.is_over());
    BOOST_TEST((step.why == refusal));
  }
}

BOOST_AUTO_TEST_CASE(a_refusal_of_an_earlier_round_does_not_end_it) {
  auto core = made();
  (void)core.failed(at(1s), 0.0, refusal, not_awaited);
  (void)core.failed(at(1s), 0.0, silence, not_awaited);
  (void)core.failed(at(2s), 0.0, silence, awaited);
  (void)core.failed(at(2s), 0.0, silence, awaited);
  BOOST_TEST(!core.is_over());
}

BOOST_AUTO_TEST_CASE(a_round_begins_anew_with_each_link) {
  auto core = made();
  (void)core.failed(at(1s), 0.0, refusal, not_awaited);
  core.opened();
  (void)core.lost(at(10s), 0.0, silence, awaited);
  (void)core.failed(at(10s), 0.0, silence, awaited);
  BOOST_TEST(!core.is_over());
}

BOOST_AUTO_TEST_CASE(a_link_that_is_lost_is_no_address_that_was_tried) {
  auto core = connected();
  (void)core.lost(at(10s), 0.0, silence, awaited);
  (void)core.failed(at(10s), 0.0, refusal, awaited);
  BOOST_TEST(!core.is_over());
  BOOST_TEST(core.address() == "there:1");
}

BOOST_AUTO_TEST_CASE(a_refusal_that_nobody_awaits_is_tried_again) {
  auto core = connected();
  auto step = core.lost(at(10s), 0.0, refusal, not_awaited);
  BOOST_TEST(!core.is_over());
  BOOST_TEST(step.dial_at.has_value());
  BOOST_TEST(step.why.code == errc::disconnected);
}

BOOST_AUTO_TEST_CASE(
  a_refusal_is_reported_when_its_reason_is_another_than_the_last_one_of_its_address) {
  auto other = error{errc::wrong_peer, "not of mine"};
  auto core = connected();
  auto reports = words{};
  auto note = [&](const dialing_step& step) {
    reports.insert(reports.end(), step.reports.begin(), step.reports.end());
  };
  note(core.lost(at(10s), 0.0, silence, not_awaited));
  for (const auto& why : {refusal, refusal, refusal, refusal, other, refusal})
    note(core.failed(at(11s), 0.0, why, not_awaited));
  BOOST_TEST(reports
             == (words{"the broker at here:1 is not connected (no answer)", "who are you",
                       "who are you", "not of mine"}));
}

BOOST_AUTO_TEST_CASE(a_refusal_is_reported_again_after_a_link) {
  auto core = connected();
  for (auto second : {10s, 20s}) {
    BOOST_TEST(core.lost(at(second), 0.0, refusal, not_awaited).reports.size() == 1u);
    core.opened();
  }
}

BOOST_AUTO_TEST_CASE(it_is_given_up_at_the_limit_and_not_before) {
  auto core = made(exact(2s));
  BOOST_TEST(core.failed(at(2s - 1ns), 0.0, silence, not_awaited).dial_at.has_value());
  auto step = core.failed(at(2s), 0.0, silence, not_awaited);
  BOOST_TEST(!step.dial_at.has_value());
  BOOST_TEST(core.is_over());
  BOOST_TEST(step.why.code == errc::closed);
  BOOST_TEST(step.why.text
             == "no answer; no link for as long as reconnect_config::give_up_after allows, "
                "connect again");
  BOOST_TEST(step.reports == words{step.why.text});
}

BOOST_AUTO_TEST_CASE(nothing_is_dialed_once_nobody_needs_it) {
  auto core = connected();
  core.end();
  BOOST_TEST(core.is_over());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
