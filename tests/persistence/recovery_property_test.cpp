// Wherever a crash cuts the writes of a queue, its journal brings back what the
// records up to there say: rows, counts, due times, suspects, sessions, ids and
// histories. What they say is worked out by a table that is slow and obvious.
//
// The seed is printed with a failure; RC_PARAMS="seed=..." runs it again.

#include "persistence/journal_under_test.hpp"
#include "support/queue_simulation.hpp"

#include <algorithm>
#include <map>

namespace ferry::testing {
namespace {

rc::Gen<action> any_action() {
  using enum action;
  return rc::gen::weightedElement<action>({
    {10, publish}, {3, subscribe}, {2, lose_consumer}, {8, ack},   {6, nack},  {2, reject},
    {2, release},  {3, defer},     {6, tick},          {8, write}, {8, tell},  {6, read},
    {2, pass_time}, {3, bury},     {4, crash},         {4, grant_turn}, {1, reopen_journal},
  });
}

rc::Gen<std::vector<step>> any_steps() {
  auto number = rc::gen::inRange<std::uint32_t>(0, 120);
  auto one =
    rc::gen::build<step>(rc::gen::set(&step::what, any_action()), rc::gen::set(&step::who, number),
                         rc::gen::set(&step::pick, number), rc::gen::set(&step::amount, number));
  return rc::gen::scale(1.0, rc::gen::container<std::vector<step>>(one));
}

queue_config any_config() {
  auto config = queue_config{};
  config.max_deliveries = *rc::gen::inRange<std::uint32_t>(1, 4).as("max_deliveries");
  config.last_resort =
    *rc::gen::element(last_resort::dead_letter, last_resort::keep, last_resort::discard);
  config.deduplication_ids = 2;
  config.handled_ids = 2;
  config.deduplication_time = 20s;
  config.resident_bytes = *rc::gen::element<std::size_t>(0, 100'000);
  config.retry.jitter = 0;
  return config;
}

// -- what is compared, as text ------------------------------------------------

std::string row(sequence_number sequence, std::uint32_t deliveries, time_point due) {
  return std::to_string(value_of(sequence)) + "*" + std::to_string(deliveries) + "@"
         + std::to_string(to_ns(due)) + " ";
}

std::string message(const ferry::envelope& item) {
  auto text = text_of(item) + "[";
  for (const auto& [name, value] : item.headers ? *item.headers : header_map{})
    text += name + "=" + value + ";";
  return text + "] ";
}

std::string beside(std::uint64_t bytes, sequence_number next) {
  return " bytes " + std::to_string(bytes) + " next " + std::to_string(value_of(next));
}

// Sessions and ids in any order: which of two is older may be told by their times.
std::string remembered(std::vector<std::string> items) {
  std::ranges::sort(items);
  auto text = std::string{" remembers "};
  for (const auto& item : items)
    text += item + " ";
  return text;
}

std::string expected(const queue_table& table) {
  auto text = std::string{};
  auto bytes = std::uint64_t{0};
  for (const auto& [sequence, kept] : table.rows) {
    text += row(sequence, kept.deliveries, kept.due) + message(kept.item);
    bytes += kept.item.body.size();
  }
  auto memory = std::vector<std::string>{};
  for (const auto& [session, kept] : table.sessions)
    memory.push_back(told(persistence::stored_session{session, kept.up_to, kept.used}));
  for (const auto& [key, met] : table.ids)
    memory.push_back(told(persistence::stored_id{key.first, key.second, met}));
  auto suspects = std::vector<sequence_number>{table.suspects.begin(), table.suspects.end()};
  return text + " suspects " + told(suspects) + beside(bytes, table.next)
         + remembered(std::move(memory));
}

std::string recovered(journal_under_test& disk, queue_id queue) {
  auto kept = disk.recovered(queue);
  auto messages = std::map<sequence_number, std::string>{};
  for (const auto& run : disk.read(queue, 1, 1'000'000, {1'000'000, SIZE_MAX}).runs)
    for (auto i = std::uint64_t{0}; i < run.count; ++i)
      messages[advanced(run.first, i)] = message(run.envelopes()[i]);
  auto text = std::string{};
  for (const auto& item : kept.runs)
    for (auto i = std::uint64_t{0}; i < item.run.count; ++i) {
      auto sequence = advanced(item.run.first, i);
      text += row(sequence, item.run.deliveries, item.due) + messages[sequence];
    }
  auto memory = std::vector<std::string>{};
  for (const auto& item : kept.sessions)
    memory.push_back(told(item));
  for (const auto& item : kept.ids)
    memory.push_back(told(item));
  return text + " suspects " + told(kept.suspects) + beside(kept.payload_bytes, kept.next)
         + remembered(std::move(memory));
}

// -- the two journals ---------------------------------------------------------

/// Replays what a queue wrote, and looks after each write at what came of it.
class replayed_journal {
public:
  explicit replayed_journal(journal_kind kind) : disk_(kind), queue_(disk_.create("orders")) {
  }

  void commit(const std::vector<record>& records) {
    RC_ASSERT(disk_.try_to_commit(persistence::write_batch{queue_, records}) == errc::none);
  }

  [[nodiscard]] std::string look() {
    return recovered(disk_, queue_);
  }

private:
  journal_under_test disk_;
  queue_id queue_;
};

void recovers_after_every_prefix(const std::vector<std::vector<record>>& writes) {
  auto table = queue_table{};
  auto sqlite = replayed_journal{journal_kind::sqlite};
  auto memory = replayed_journal{journal_kind::memory};
  for (const auto& records : writes) {
    table.apply(records);
    sqlite.commit(records);
    memory.commit(records);
    RC_ASSERT(memory.look() == expected(table));
    RC_ASSERT(sqlite.look() == expected(table));
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(recovery_property_suite)

BOOST_AUTO_TEST_CASE(after_every_prefix_of_its_writes_a_queue_comes_back_as_they_say) {
  BOOST_TEST(rc::check("recovery equals what was written, after every prefix", [] {
    auto world = queue_simulation{any_config()};
    for (const auto& item : *any_steps())
      world.play(item);
    world.drain();
    recovers_after_every_prefix(world.writes());
  }));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
