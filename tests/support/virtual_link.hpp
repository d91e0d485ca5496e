// Two link_cores, and between them a network of virtual time that delays, cuts into
// pieces, stalls, falls silent and breaks as it is told.

#pragma once

#include "ferry/link/link_core.hpp"
#include "support/builders.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace ferry::testing {

/// The first words of node `name`, of the cluster and the version of this test.
[[nodiscard]] inline hello hello_of(const std::string& name, std::uint64_t life,
                                    const pulse_config& pulse = {}) {
  auto mine = hello{};
  mine.encoding = "test";
  mine.cluster = "docks";
  mine.node = name;
  mine.incarnation = {life, life};
  mine.silence_ns = pulse.silence.count();
  return mine;
}

/// One direction: what was written, and how it travels.
struct virtual_wire {
  struct piece {
    time_point due{};
    std::string bytes;
    bool is_end = false; // of the stream
  };

  duration delay = 1ms;
  duration pause = 0s; // between two pieces
  std::size_t piece_bytes = std::size_t{1} << 20;
  bool is_stalled = false; // the system takes nothing
  bool is_silent = false;  // the system takes it, and nothing arrives

  std::string backlog; // written, and not taken yet
  bool is_closing = false;
  time_point take_at = never;
  time_point last_due{};
  std::deque<piece> under_way;
};

/// One side, and what happened to it.
struct virtual_end {
  using texts_of_lanes = std::map<lane_id, std::vector<std::vector<char>>>;

  virtual_end(time_point now, link_side side, const link_config& given, hello mine)
    : config(given),
      core(now, side, given, std::move(mine)) {
  }

  link_config config;
  link_core core;
  virtual_wire wire; // to the other side
  time_point woken_at = never;
  std::size_t wishes = 0; // how often it asked to be woken
  std::size_t most_with_stream = 0;
  std::optional<hello> who_knocked;
  std::optional<hello> peer;
  std::optional<error> why; // it is over
  texts_of_lanes sent;
  texts_of_lanes arrived;
};

class virtual_link {
public:
  explicit virtual_link(const link_config& config = {})
    : virtual_link(config, hello_of("alice", 1, config.pulse), config,
                   hello_of("bob", 2, config.pulse)) {
  }

  virtual_link(const link_config& of_client, hello alice, const link_config& of_server, hello bob)
    : client(at(0s), link_side::client, of_client, std::move(alice)),
      server(at(0s), link_side::server, of_server, std::move(bob)) {
  }

  // -- verbs ------------------------------------------------------------------

  void start() {
    for (auto* side : both())
      apply(*side, [&](auto& out) { side->core.start(now, out); });
  }

  /// Both have introduced themselves, if they can.
  void open() {
    start();
    pass(10ms);
  }

  void send(virtual_end& from, std::uint32_t lane, std::vector<char> text) {
    if (from.core.is_open())
      from.sent[lane_id{lane}].push_back(text);
    apply(from, [&](auto& out) { from.core.send(now, {lane_id{lane}, std::move(text)}, out); });
  }

  void send(virtual_end& from, std::uint32_t lane, const std::string& text) {
    send(from, lane, std::vector<char>(text.begin(), text.end()));
  }

  void close(virtual_end& side, const error& why) {
    apply(side, [&](auto& out) { side.core.close(now, why, out); });
  }

  void let_in() {
    apply(server, [&](auto& out) { server.core.let_in(now, out); });
  }

  void turn_away(const error& why) {
    apply(server, [&](auto& out) { server.core.turn_away(now, why, out); });
  }

  /// The network breaks; what was under way is lost.
  void cut_wire() {
    for (auto* side : both()) {
      side->wire.backlog.clear();
      side->wire.under_way.clear();
      side->wire.take_at = never;
      apply(*side, [&](auto& out) { side->core.broken("the cable was cut", out); });
    }
  }

  void stall(virtual_end& side, bool is_stalled = true) {
    side.wire.is_stalled = is_stalled;
  }

  void silence(virtual_end& side, bool is_silent = true) {
    side.wire.is_silent = is_silent;
  }

  /// Lets `time` go by, and whatever happens in it happen.
  void pass(duration time) {
    auto end = now + time;
    while (next_instant() <= end) {
      now = std::max(now, next_instant());
      play_one();
    }
    now = end;
  }

  /// As if both nodes were held up for `time`: their timers are late, and go first.
  void stand_still(duration time) {
    now += time;
    for (auto* side : both())
      tick(*side);
  }

  /// Calls everything on a side that is over, as a shell that is late would.
  void misuse(virtual_end& side) {
    apply(side, [&](auto& out) {
      side.core.start(now, out);
      side.core.received(now, std::string_view{"late"}, out);
      side.core.written(now, 1, out);
      side.core.broken("late", out);
      side.core.let_in(now, out);
      side.core.turn_away(now, {errc::closed, "late"}, out);
      side.core.send(now, {lane_id{1}, {'x'}}, out);
      side.core.close(now, {errc::closed, "late"}, out);
      side.core.tick(never, out);
    });
  }

  [[nodiscard]] std::array<virtual_end*, 2> both() {
    return {&client, &server};
  }

  [[nodiscard]] virtual_end& other(const virtual_end& side) {
    return &side == &client ? server : client;
  }

  time_point now = at(0s);
  virtual_end client;
  virtual_end server;
  bool lets_in = true;             // whoever knocks, at once
  std::vector<std::string> faults; // what must never happen, and did

private:
  // -- time -------------------------------------------------------------------

  [[nodiscard]] static time_point due(const virtual_wire& wire) {
    return wire.is_silent || wire.under_way.empty() ? never : wire.under_way.front().due;
  }

  [[nodiscard]] static time_point take_at(const virtual_wire& wire) {
    return wire.is_stalled ? never : wire.take_at;
  }

  [[nodiscard]] time_point next_instant() {
    auto next = never;
    for (auto* side : both())
      next = std::min({next, side->woken_at, due(side->wire), take_at(side->wire)});
    return next == never ? never : std::max(next, now);
  }

  // What arrives in the instant of a tick arrives before it.
  void play_one() {
    for (auto* side : both())
      if (due(side->wire) <= now)
        return arrive(*side);
    for (auto* side : both())
      if (take_at(side->wire) <= now)
        return take(*side);
    for (auto* side : both())
      if (side->woken_at <= now)
        return tick(*side);
  }

  void arrive(virtual_end& from) {
    auto piece = std::move(from.wire.under_way.front());
    from.wire.under_way.pop_front();
    auto& to = other(from);
    apply(to, [&](auto& out) {
      if (piece.is_end)
        to.core.broken("the stream was closed", out);
      else
        to.core.received(now, piece.bytes, out);
    });
  }

  void take(virtual_end& side) {
    auto& wire = side.wire;
    auto size = std::min(wire.piece_bytes, wire.backlog.size());
    wire.last_due = std::max(wire.last_due, now + wire.delay);
    if (size > 0)
      wire.under_way.push_back({wire.last_due, wire.backlog.substr(0, size)});
    wire.backlog.erase(0, size);
    wire.take_at = wire.backlog.empty() ? never : now + wire.pause;
    if (wire.backlog.empty() && std::exchange(wire.is_closing, false))
      wire.under_way.push_back({wire.last_due, "", true});
    apply(side, [&](auto& out) { side.core.written(now, size, out); });
  }

  void tick(virtual_end& side) {
    side.woken_at = never;
    apply(side, [&](auto& out) { side.core.tick(now, out); });
  }

  // -- effects ----------------------------------------------------------------

  // By index: carrying out one effect may append others.
  void apply(virtual_end& side, auto command) {
    auto was_over = side.why.has_value();
    auto out = link_effect_list{};
    command(out);
    for (auto i = std::size_t{0}; i < out.size(); ++i) {
      if (was_over || (side.why && i > 0))
        faults.push_back("an effect after the cut");
      auto item = out[i];
      std::visit([&](const auto& effect) { carry_out(side, effect, out); }, item);
    }
  }

  void carry_out(virtual_end& side, const link_effects::write& e, link_effect_list&) {
    if (e.bytes.empty())
      faults.push_back("a write of nothing");
    side.wire.backlog.append(e.bytes.begin(), e.bytes.end());
    side.most_with_stream = std::max(side.most_with_stream, side.wire.backlog.size());
    if (side.wire.take_at == never)
      side.wire.take_at = now;
  }

  void carry_out(virtual_end& side, const link_effects::knock& e, link_effect_list& out) {
    if (side.who_knocked || &side == &client)
      faults.push_back("a knock too many");
    side.who_knocked = e.who;
    if (lets_in)
      side.core.let_in(now, out);
  }

  void carry_out(virtual_end& side, const link_effects::opened& e, link_effect_list&) {
    if (side.peer)
      faults.push_back("opened twice");
    side.peer = e.peer;
  }

  void carry_out(virtual_end& side, const link_effects::arrived& e, link_effect_list&) {
    if (!side.peer)
      faults.push_back("letters before it was open");
    for (const auto& item : e.letters)
      side.arrived[item.lane].push_back(item.bytes);
  }

  void carry_out(virtual_end& side, const link_effects::cut& e, link_effect_list&) {
    side.why = e.why;
    side.wire.is_closing = true;
    if (side.wire.take_at == never)
      side.wire.take_at = now;
  }

  void carry_out(virtual_end& side, const link_effects::wake_at& e, link_effect_list&) {
    ++side.wishes;
    side.woken_at = e.when;
  }
};

} // namespace ferry::testing
