#include "ferry/broker/declared_queues.hpp"

#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::testing {
namespace {

queue_config on_disk() {
  return {};
}

queue_config in_memory() {
  return {.durability = durability::memory};
}

queue_config spilling() {
  return {.durability = durability::memory, .over_budget = over_budget::spill};
}

queue_config with_letters_in(const std::string& other, queue_config config = on_disk()) {
  config.dead_letter_queue = other;
  return config;
}

queue_config without_letters(queue_config config = on_disk()) {
  config.last_resort = last_resort::discard;
  return config;
}

struct declared_queues_fixture {
  errc declaring(const std::string& name, const queue_config& config) {
    return queues.objection_to_declaring({name, config}).code;
  }

  declared_queues queues{broker_storage::journal};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(declared_queues_suite, declared_queues_fixture)

// -- what is created ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_dead_letter_queue_is_created_before_the_queue_that_wants_it) {
  auto wanted = with_dead_letters({"orders", with_letters_in("lost", in_memory())});
  BOOST_REQUIRE(wanted.size() == 2u);
  BOOST_TEST(wanted[0].name == "lost");
  BOOST_TEST((wanted[0].config == dead_letter_config(in_memory())));
  BOOST_TEST(wanted[1].name == "orders");
}

BOOST_AUTO_TEST_CASE(a_queue_without_dead_letters_is_created_alone) {
  auto wanted = with_dead_letters({"orders", without_letters()});
  BOOST_REQUIRE(wanted.size() == 1u);
  BOOST_TEST(wanted[0].name == "orders");
}

// -- declaring ------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_queue_that_nobody_knows_may_be_declared) {
  BOOST_TEST(declaring("orders", on_disk()) == errc::none);
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_refused_first) {
  queues.close("orders");
  BOOST_TEST(declaring("orders", {.lease = duration{0}}) == errc::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_queue_may_be_declared_again_as_it_is_and_not_otherwise) {
  queues.add("orders", on_disk());
  BOOST_TEST(declaring("orders", on_disk()) == errc::none);
  auto why = queues.objection_to_declaring({"orders", {.max_deliveries = 3}});
  BOOST_TEST(why.code == errc::redeclared_differently);
  BOOST_TEST(why.text
             == "queue \"orders\" exists with other options: max_deliveries is 10, asked "
                "for 3; declare it as it is");
}

BOOST_AUTO_TEST_CASE(a_queue_that_was_closed_is_not_declared_again) {
  queues.add("orders", on_disk());
  queues.close("orders");
  auto why = queues.objection_to_declaring({"orders", on_disk()});
  BOOST_TEST(why.code == errc::closed);
  BOOST_TEST(why.text == "queue \"orders\" was closed; open its broker again to use it");
}

BOOST_AUTO_TEST_CASE(a_broker_without_a_journal_keeps_nothing_on_disk) {
  queues = declared_queues{broker_storage::none};
  BOOST_TEST(declaring("orders", on_disk()) == errc::invalid_argument);
  BOOST_TEST(declaring("orders", spilling()) == errc::invalid_argument);
  BOOST_TEST(declaring("orders", in_memory()) == errc::none);
}

BOOST_AUTO_TEST_CASE(a_queue_may_lie_anywhere_where_there_is_a_journal) {
  BOOST_TEST(declaring("orders", spilling()) == errc::none);
  BOOST_TEST(declaring("orders", in_memory()) == errc::none);
}

// -- dead letters ---------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(dead_letters_go_to_a_queue_that_is_at_least_as_durable) {
  queues.add("lost", without_letters(in_memory()));
  BOOST_TEST(declaring("quick", with_letters_in("lost", in_memory())) == errc::none);
  auto why = queues.objection_to_declaring({"orders", with_letters_in("lost")});
  BOOST_TEST(why.code == errc::invalid_argument);
  BOOST_TEST(why.text
             == "queue \"orders\" is kept on disk, its dead-letter queue \"lost\" is not; "
                "name one that is kept on disk as well");
}

BOOST_AUTO_TEST_CASE(dead_letters_of_memory_may_go_to_the_disk) {
  queues.add("lost", without_letters());
  BOOST_TEST(declaring("quick", with_letters_in("lost", in_memory())) == errc::none);
}

BOOST_AUTO_TEST_CASE(dead_letters_do_not_go_to_a_queue_that_was_closed) {
  queues.add("lost", without_letters());
  queues.close("lost");
  BOOST_TEST(declaring("orders", with_letters_in("lost")) == errc::closed);
  BOOST_TEST(declaring("others", without_letters()) == errc::none);
}

// -- using ----------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_queue_is_used_from_its_declaration_until_it_is_closed) {
  BOOST_TEST(queues.objection_to_using("orders").code == errc::no_such_queue);
  queues.add("orders", on_disk());
  BOOST_TEST(queues.objection_to_using("orders").code == errc::none);
  queues.close("orders");
  BOOST_TEST(queues.objection_to_using("orders").code == errc::closed);
}

// -- closing --------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_queue_may_be_closed_twice_but_not_before_it_is_declared) {
  BOOST_TEST(queues.objection_to_closing("orders").code == errc::no_such_queue);
  queues.add("orders", on_disk());
  BOOST_TEST(queues.objection_to_closing("orders").code == errc::none);
  queues.close("orders");
  BOOST_TEST(queues.objection_to_closing("orders").code == errc::none);
}

BOOST_AUTO_TEST_CASE(a_dead_letter_queue_is_closed_after_all_whose_letters_it_takes) {
  queues.add("lost", without_letters());
  queues.add("orders", with_letters_in("lost"));
  auto why = queues.objection_to_closing("lost");
  BOOST_TEST(why.code == errc::invalid_argument);
  BOOST_TEST(why.text
             == "queue \"lost\" takes the dead letters of \"orders\"; close that one "
                "first");
  queues.close("orders");
  BOOST_TEST(queues.objection_to_closing("lost").code == errc::none);
}

BOOST_AUTO_TEST_CASE(a_name_for_dead_letters_binds_nobody_where_there_are_none) {
  queues.add("lost", without_letters());
  queues.add("orders", without_letters(with_letters_in("lost")));
  BOOST_TEST(queues.objection_to_closing("lost").code == errc::none);
}

BOOST_AUTO_TEST_CASE(what_was_closed_is_known_by_name) {
  queues.add("orders", on_disk());
  queues.add("others", on_disk());
  queues.close("orders");
  BOOST_TEST((queues.closed() == std::set<std::string>{"orders"}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
