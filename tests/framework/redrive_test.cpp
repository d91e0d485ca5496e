#include "ferry/queue/redrive.hpp"

#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::testing {
namespace {

using enum redrive_verdict;

constexpr auto ready = message_state::ready;

ferry::envelope dead_order() {
  auto item = envelope("a");
  item.headers = std::make_shared<const header_map>(header_map{{"colour", "red"}});
  return dead_letter(item, {"orders", sequence_number{7}, death_cause::rejected, "no such customer",
                            2, at(5s)});
}

browsed_message shown(ferry::envelope item, message_state state = ready) {
  return {sequence_number{1}, state, 0, {}, {}, std::move(item)};
}

/// Whether the letter of `dead_order` passes.
bool passes(const redrive_options& options) {
  return judge(options, shown(dead_order())) == move;
}

} // namespace

BOOST_AUTO_TEST_SUITE(redrive_suite)

// -- filters ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(without_filters_every_letter_moves) {
  BOOST_TEST(passes({}));
}

BOOST_AUTO_TEST_CASE(a_filter_by_cause_origin_or_reason_takes_only_what_matches) {
  BOOST_TEST(passes({.cause = death_cause::rejected}));
  BOOST_TEST(!passes({.cause = death_cause::exhausted}));
  BOOST_TEST(passes({.origin = "orders"}));
  BOOST_TEST(!passes({.origin = "invoices"}));
  BOOST_TEST(passes({.reason_contains = "customer"}));
  BOOST_TEST(!passes({.reason_contains = "Customer"}));
}

BOOST_AUTO_TEST_CASE(a_filter_by_time_of_death_includes_its_first_instant_and_not_its_last) {
  BOOST_TEST(passes({.died_from = at(5s)}));
  BOOST_TEST(!passes({.died_from = at(5s + 1ns)}));
  BOOST_TEST(passes({.died_to = at(5s + 1ns)}));
  BOOST_TEST(!passes({.died_to = at(5s)}));
}

BOOST_AUTO_TEST_CASE(a_message_that_is_no_letter_passes_no_filter_about_its_death) {
  BOOST_TEST((judge({.to = "orders"}, shown(envelope("a"))) == move));
  BOOST_TEST((judge({.to = "orders", .origin = "orders"}, shown(envelope("a"))) == skip));
  BOOST_TEST((judge({}, shown(envelope("a"))) == unknown_origin));
}

BOOST_AUTO_TEST_CASE(only_what_is_ready_or_delayed_moves) {
  using enum message_state;
  auto verdict = [](message_state state) { return judge({}, shown(dead_order(), state)); };
  BOOST_TEST((verdict(message_state::ready) == redrive_verdict::move));
  BOOST_TEST((verdict(delayed) == redrive_verdict::move));
  for (auto state : {in_flight, dying, committing, moving})
    BOOST_TEST((verdict(state) == redrive_verdict::in_use));
}

// -- another life -------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_redriven_message_is_the_original_with_one_redrive_more) {
  auto message = redriven(dead_order());
  BOOST_TEST(text_of(message) == "a");
  BOOST_TEST((*message.headers == header_map{{"colour", "red"}, {"ferry-redrives", "1"}}));
  BOOST_TEST(!death_of(message).has_value());
  BOOST_TEST(redrives_of(redriven(message)) == 2u);
}

BOOST_AUTO_TEST_CASE(a_message_that_was_never_redriven_counts_none) {
  BOOST_TEST(redrives_of(envelope("a")) == 0u);
  BOOST_TEST(redrives_of(dead_order()) == 0u);
}

BOOST_AUTO_TEST_CASE(a_message_that_was_redriven_as_often_as_allowed_is_cycling) {
  auto twice = redriven(redriven(dead_order()));
  auto again = dead_letter(twice, {"orders", sequence_number{9}, death_cause::rejected, "", 1, {}});
  BOOST_TEST((judge({.max_redrives = 3}, shown(again)) == move));
  BOOST_TEST((judge({.max_redrives = 2}, shown(again)) == cycling));
  BOOST_TEST((judge({.max_redrives = 0}, shown(again)) == move));
}

// -- where it may go ----------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_queue_cannot_be_redriven_into_itself) {
  BOOST_TEST(check("orders.dead", {.to = "orders.dead"}).code == errc::invalid_argument);
  BOOST_TEST(check("orders.dead", {.to = "orders"}).code == errc::none);
}

BOOST_AUTO_TEST_CASE(a_letter_moves_into_a_queue_that_is_as_durable_and_takes_its_size) {
  auto disk = queue_config{};
  auto memory = queue_config{.durability = durability::memory};
  BOOST_TEST(fits(dead_order(), disk, disk));
  BOOST_TEST(fits(dead_order(), memory, disk));
  BOOST_TEST(fits(dead_order(), memory, memory));
  BOOST_TEST(!fits(dead_order(), disk, memory));
  auto item = envelope("ab");
  BOOST_TEST(fits(item, disk, {.max_payload_bytes = 2}));
  BOOST_TEST(!fits(item, disk, {.max_payload_bytes = 1}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
