// Everything that can happen to a queue in its simulated world.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string_view>

namespace ferry::testing {

enum class action : std::uint8_t {
  publish,      // a batch that arrives
  lose_a_batch, // a batch that does not
  resend,       // unconfirmed messages, from any of them on
  subscribe,
  grant,
  unsubscribe,
  lose_consumer,
  ack,
  nack,
  reject,
  undecodable,
  release,
  extend,
  defer,
  pass_time, // without a tick: wake-ups may be late
  tick,      // as asked for, or at any time
  write,     // some of the writes reach the disk
  tell,      // the queue hears of them
  read,      // a page comes, perhaps a short one
  bury,
  fail_to_bury,
  move, // some messages to another queue
  end_move,
  fail_to_move,
  crash, // with something in handlers, perhaps
  fail_journal,
  reopen_journal, // it failed; the queue begins anew within the same process
  pause,
  resume,
  grant_turn,
  ask_by_neighbour, // another queue asks for the turn
  end_by_neighbour,
};

inline constexpr auto action_names = std::array<std::string_view, 32>{
  "publish",      "lose_a_batch",     "resend",         "subscribe", "grant",
  "unsubscribe",  "lose_consumer",    "ack",            "nack",      "reject",
  "undecodable",  "release",          "extend",         "defer",     "pass_time",
  "tick",         "write",            "tell",           "read",      "bury",
  "fail_to_bury", "move",             "end_move",       "fail_to_move", "crash",
  "fail_journal", "reopen_journal",   "pause",          "resume",    "grant_turn",
  "ask_by_neighbour", "end_by_neighbour"};

/// One thing that happens. The numbers mean what the action makes of them, so
/// that every sequence of steps is possible and a failing one can be shortened.
struct step {
  action what{};
  std::uint32_t who = 0;
  std::uint32_t pick = 0;
  std::uint32_t amount = 0;

  friend std::ostream& operator<<(std::ostream& out, const step& item) {
    return out << action_names.at(static_cast<std::size_t>(item.what)) << "(" << item.who << ", "
               << item.pick << ", " << item.amount << ")";
  }
};

} // namespace ferry::testing
