// Whatever happens in whatever order, the queue keeps its promises. RapidCheck
// invents the steps, and shortens them to the fewest that fail; its output names
// what to set RC_PARAMS to in order to see a failure again.

#include "support/queue_simulation.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::testing {
namespace {

rc::Gen<action> any_action() {
  using enum action;
  return rc::gen::weightedElement<action>({
    {14, publish},    {2, lose_a_batch},  {6, resend}, {4, subscribe}, {4, grant},
    {1, unsubscribe}, {2, lose_consumer}, {10, ack},   {8, nack},      {3, reject},
    {1, undecodable}, {4, release},       {3, extend}, {3, defer}, {5, pass_time}, {7, tick},
    {12, write},      {10, tell},         {10, read},  {4, bury},      {2, fail_to_bury},
    {4, move},        {4, end_move},      {2, fail_to_move},
    {2, crash},       {1, fail_journal},  {1, reopen_journal},
    {1, pause},       {2, resume},        {6, grant_turn},
    {1, ask_by_neighbour}, {2, end_by_neighbour},
  });
}

rc::Gen<std::vector<step>> any_steps() {
  auto number = rc::gen::inRange<std::uint32_t>(0, 120);
  auto one =
    rc::gen::build<step>(rc::gen::set(&step::what, any_action()), rc::gen::set(&step::who, number),
                         rc::gen::set(&step::pick, number), rc::gen::set(&step::amount, number));
  return rc::gen::scale(8.0, rc::gen::container<std::vector<step>>(one));
}

// Small limits, so that every one of them is met.
queue_config any_config(durability kind, last_resort resort) {
  auto config = queue_config{};
  config.durability = kind;
  config.last_resort = resort;
  config.max_deliveries = *rc::gen::inRange<std::uint32_t>(0, 4).as("max_deliveries");
  config.longest_lease = *rc::gen::element<duration>(1min, 12h).as("longest_lease");
  config.deduplication_time = *rc::gen::element<duration>(20s, 24h).as("deduplication_time");
  config.deduplication_ids = *rc::gen::inRange<std::uint32_t>(0, 4).as("deduplication_ids");
  config.handled_ids = *rc::gen::inRange<std::uint32_t>(0, 4).as("handled_ids");
  config.max_messages = *rc::gen::element<std::uint64_t>(0, 0, 1, 6).as("max_messages");
  config.max_bytes = *rc::gen::element<std::uint64_t>(0, 0, 25, 80).as("max_bytes");
  config.over_budget = *rc::gen::element(over_budget::block, over_budget::refuse).as("over_budget");
  if (resort == last_resort::dead_letter)
    config.overflow = *rc::gen::element(overflow::block, overflow::dead_letter).as("overflow");
  config.failures = {{"connection", failure_kind::pause}, {"hope", failure_kind::fatal}};
  config.pause = 20s;
  config.max_payload_bytes = 24;
  config.resident_bytes = *rc::gen::element<std::size_t>(1, 500, 2000, 60'000).as("resident_bytes");
  config.retry.jitter = 0;
  return config;
}

// Of a broker whose other queues took some of it.
std::shared_ptr<resident_budget> any_budget() {
  auto limit = *rc::gen::element<std::size_t>(0, 100'000, 1'000'000).as("common budget");
  if (limit == 0)
    return nullptr;
  auto budget = std::make_shared<resident_budget>(limit);
  budget->take(99'000);
  return budget;
}

bool spills_and_keeps_its_promises(last_resort resort) {
  return rc::check("a queue that spills keeps its promises whatever happens", [=] {
    auto config = any_config(durability::memory, resort);
    config.over_budget = over_budget::spill;
    auto world = queue_simulation{config, any_budget()};
    for (const auto& item : *any_steps())
      world.play(item);
    world.drain();
  });
}

bool keeps_its_promises(durability kind, last_resort resort) {
  return rc::check("a queue keeps its promises whatever happens", [=] {
    auto world = queue_simulation{any_config(kind, resort), any_budget()};
    for (const auto& item : *any_steps())
      world.play(item);
    world.drain();
  });
}

} // namespace

BOOST_AUTO_TEST_SUITE(queue_core_property_suite)

BOOST_AUTO_TEST_CASE(a_durable_queue_with_a_dead_letter_queue_keeps_its_promises) {
  BOOST_TEST(keeps_its_promises(durability::disk, last_resort::dead_letter));
}

BOOST_AUTO_TEST_CASE(a_durable_queue_that_keeps_everything_keeps_its_promises) {
  BOOST_TEST(keeps_its_promises(durability::disk, last_resort::keep));
}

BOOST_AUTO_TEST_CASE(a_durable_queue_that_discards_keeps_its_promises) {
  BOOST_TEST(keeps_its_promises(durability::disk, last_resort::discard));
}

BOOST_AUTO_TEST_CASE(a_memory_queue_with_a_dead_letter_queue_keeps_its_promises) {
  BOOST_TEST(keeps_its_promises(durability::memory, last_resort::dead_letter));
}

BOOST_AUTO_TEST_CASE(a_memory_queue_that_keeps_everything_keeps_its_promises) {
  BOOST_TEST(keeps_its_promises(durability::memory, last_resort::keep));
}

BOOST_AUTO_TEST_CASE(a_memory_queue_that_discards_keeps_its_promises) {
  BOOST_TEST(keeps_its_promises(durability::memory, last_resort::discard));
}

BOOST_AUTO_TEST_CASE(a_memory_queue_that_spills_with_a_dead_letter_queue_keeps_its_promises) {
  BOOST_TEST(spills_and_keeps_its_promises(last_resort::dead_letter));
}

BOOST_AUTO_TEST_CASE(a_memory_queue_that_spills_and_keeps_everything_keeps_its_promises) {
  BOOST_TEST(spills_and_keeps_its_promises(last_resort::keep));
}

BOOST_AUTO_TEST_CASE(a_memory_queue_that_spills_and_discards_keeps_its_promises) {
  BOOST_TEST(spills_and_keeps_its_promises(last_resort::discard));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
