// A group of children without actors: they start at once, and end when the test
// says so. What the core asks for is kept as words.

#pragma once

#include "ferry/supervision/supervisor_core.hpp"
#include "support/builders.hpp"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace ferry::testing {

/// Restarts without jitter: 3 in 5 s, after 200 ms, 400 ms, 800 ms ...
[[nodiscard]] inline supervision_config exact(supervision_strategy strategy) {
  auto config = supervision_config{};
  config.strategy = strategy;
  config.restarts.backoff.jitter = 0.0;
  return config;
}

/// Carries out what one `supervisor_core` asks for.
class supervised_group {
public:
  explicit supervised_group(supervision_config config) : core(std::move(config), 1) {
  }

  // -- verbs ------------------------------------------------------------------

  result<child_id> add(const std::string& name, child_kind kind = child_kind::permanent) {
    auto added = core.add(now, name, kind, out);
    if (added)
      names[*added] = name;
    run();
    return added;
  }

  void lose(const std::string& name) {
    end(name, ending::abnormal);
  }

  void finish(const std::string& name) {
    end(name, ending::normal);
  }

  void stop_child(const std::string& name) {
    core.stop_child(now, core.find(name), out);
    run();
  }

  void stop() {
    core.stop(now, out);
    run();
  }

  void pass(duration time) {
    now += time;
    core.tick(now, out);
    run();
  }

  /// What was asked for since the last call: "start a, stop b, lost a, removed a".
  std::string asked() {
    return std::exchange(log, {});
  }

  supervisor_core core;
  time_point now = at(0s);
  time_point woken_at = never;
  std::set<std::string> cannot_start;
  std::map<child_id, std::string> names;

private:
  void end(const std::string& name, ending how) {
    core.ended(now, {core.find(name), how, "because"}, out);
    run();
  }

  // By index: carrying out one effect may append others.
  void run() {
    for (auto i = std::size_t{0}; i < out.size(); ++i) {
      auto item = out[i];
      std::visit([this](const auto& effect) { carry_out(effect); }, item);
    }
    out.clear();
  }

  void carry_out(const supervision_effects::start_child& e) {
    if (names[e.child].empty()) // its first life begins before its name is known here
      names[e.child] = core.children().back().name;
    note("start " + names[e.child]);
    if (cannot_start.contains(names[e.child]))
      core.ended(now, {e.child, ending::abnormal, "no thread"}, out);
    else
      core.started(now, e.child, out);
  }

  void carry_out(const supervision_effects::stop_child& e) {
    note("stop " + names[e.child]);
  }

  void carry_out(const supervision_effects::lost& e) {
    note((e.again_at ? "lost " : "lost for good ") + names[e.child]);
  }

  void carry_out(const supervision_effects::removed& e) {
    note("removed " + names[e.child]);
  }

  void carry_out(const supervision_effects::escalate& e) {
    note("escalate " + e.child + ": " + e.reason);
  }

  void carry_out(const supervision_effects::stopped&) {
    note("stopped");
  }

  void carry_out(const supervision_effects::wake_at& e) {
    woken_at = e.when;
  }

  void note(const std::string& what) {
    log += (log.empty() ? "" : ", ") + what;
  }

  supervision_effect_list out;
  std::string log;
};

} // namespace ferry::testing
