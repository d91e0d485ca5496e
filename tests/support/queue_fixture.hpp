// A queue under test: a clock that stands still until it is moved, a journal
// that commits when it is told to, and a few verbs.

#pragma once

#include "support/builders.hpp"
#include "support/printing.hpp"

#include "ferry/queue/queue_core.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace ferry::testing {

inline constexpr auto alice = consumer_id{1};
inline constexpr auto bob = consumer_id{2};
inline constexpr auto plenty = credit{1000, 1'000'000};
inline constexpr auto producer = session_id{7};
inline constexpr auto question = question_id{42};

/// A queue on disk whose waits can be foretold: no jitter.
[[nodiscard]] inline queue_config on_disk() {
  auto config = queue_config{};
  config.retry.jitter = 0;
  return config;
}

[[nodiscard]] inline queue_config in_memory() {
  auto config = on_disk();
  config.durability = durability::memory;
  return config;
}

[[nodiscard]] inline queue_start start_with(queue_config config) {
  auto start = queue_start{};
  start.id = queue_id{1};
  start.name = "orders";
  start.config = std::move(config);
  return start;
}

/// Verbs return nothing; what the last one emitted stands in `out`.
struct queue_fixture {
  queue_core queue{start_with(on_disk())};
  time_point now = at(0s);
  effect_list out;
  std::uint64_t published = 0; // by `producer`
  commit_ticket asked{};       // the last write that the queue asked for

  void start(const queue_config& config) {
    restart(start_with(config));
  }

  void restart(queue_start from) {
    queue = queue_core{std::move(from)};
    asked = {};
    run([&] { queue.start(now, out); });
  }

  template <class Command>
  void run(Command command) {
    out.clear();
    command();
    for (const auto& write : each<effects::persist>(out))
      asked = write.ticket;
  }

  // -- producers --------------------------------------------------------------

  void publish(const publish_request& request) {
    run([&] { queue.publish(now, question, request, out); });
  }

  template <class... Texts>
  void publish_from(std::uint64_t first, const Texts&... texts) {
    published = std::max(published, first + sizeof...(texts) - 1);
    publish({producer, publish_number{1}, publish_number{first}, page_of(texts...)});
  }

  template <class... Texts>
  void publish(const Texts&... texts) {
    publish_from(published + 1, texts...);
  }

  /// Publishes and commits "a", "b", ... as one batch each.
  void store(std::uint64_t count) {
    for (auto i = std::uint64_t{0}; i < count; ++i)
      publish(letter(published + 1));
    commit();
  }

  // -- consumers --------------------------------------------------------------

  void subscribe(credit limit = plenty) {
    run([&] { (void)queue.subscribe(now, {limit}, out); });
  }

  void grant(consumer_id consumer, credit limit) {
    run([&] { queue.grant(now, consumer, limit, out); });
  }

  void settle(consumer_id consumer, settlement item) {
    run([&] { queue.settle(now, question, consumer, {&item, 1}, out); });
  }

  void settle(settle_kind kind, std::uint64_t nth, std::uint64_t count = 1) {
    settle(alice, {tag(nth), count, kind, {}, "because"});
  }

  void nack_after(duration delay, std::uint64_t nth) {
    settle(alice, {tag(nth), 1, settle_kind::nack, delay, {}});
  }

  void unsubscribe(consumer_id consumer) {
    run([&] { queue.unsubscribe(now, question_id{999}, consumer, out); });
  }

  void lose(consumer_id consumer) {
    run([&] { queue.consumer_lost(now, consumer, std::nullopt, out); });
  }

  /// Its handlers had begun with these.
  void lose(consumer_id consumer, std::vector<sequence_range> begun) {
    run([&] { queue.consumer_lost(now, consumer, std::move(begun), out); });
  }

  // -- journal, dead-letter queue and clock -----------------------------------

  void commit(commit_ticket ticket) {
    run([&] { queue.committed(now, ticket, out); });
  }

  void commit() {
    commit(asked);
  }

  void fail() {
    run([&] { queue.fail({errc::journal_failed, "the disk is full"}, out); });
  }

  void close() {
    run([&] { queue.close({errc::closed, "closed"}, out); });
  }

  void load(std::uint64_t first, std::uint64_t covered, std::vector<message_run> found) {
    run([&] {
      queue.loaded(now, sequence_number{first}, sequence_number{covered}, std::move(found), out);
    });
  }

  void end_burial(std::uint64_t sequence, bool succeeded) {
    run([&] { queue.burial_ended(now, sequence_number{sequence}, succeeded, out); });
  }

  void grant_turn() {
    run([&] { queue.turn_granted(now, out); });
  }

  void pause(duration until) {
    run([&] { queue.pause(now, at(until), out); });
  }

  void tick(duration instant) {
    now = at(instant);
    run([&] { queue.tick(now, out); });
  }

  // -- what came of it --------------------------------------------------------

  /// The tag of the `nth` message that was delivered, from 1 on.
  [[nodiscard]] static delivery_tag tag(std::uint64_t nth) {
    return delivery_tag{(std::uint64_t{1} << 40) + nth};
  }

  [[nodiscard]] list delivered() const {
    return sequences(each<effects::deliver>(out));
  }

  [[nodiscard]] list delivered_to(consumer_id consumer) const {
    auto mine = each<effects::deliver>(out);
    std::erase_if(mine, [&](const auto& item) { return item.consumer != consumer; });
    return sequences(mine);
  }

  [[nodiscard]] list buried() const {
    return sequences(each<effects::bury>(out));
  }

  [[nodiscard]] publish_outcome confirmed() const {
    return only<effects::confirm>(out).outcome;
  }

  /// How many the last settle ended, and how many had ended before.
  [[nodiscard]] list settled() const {
    auto outcome = only<effects::settled>(out).outcome;
    return {outcome.settled, outcome.stale};
  }

  [[nodiscard]] std::optional<time_point> wish() const {
    auto wishes = each<effects::wake_at>(out);
    return wishes.empty() ? std::nullopt : std::optional{wishes.back().when};
  }
};

} // namespace ferry::testing
