// A supervisor on virtual time, and children that do as they are told.

#pragma once

#include "ferry/actors/supervisor_actor.hpp"

#include "support/virtual_system.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ferry::testing {

/// Ends when it is asked to stop, and normally when told to proceed.
inline caf::behavior obedient(caf::event_based_actor* self, int) {
  return {
    [self](const messages::stop&) {
      self->quit();
      return messages::stopped{};
    },
    [self](const messages::proceed&) { self->quit(); },
  };
}

/// Is busy for ever: it never answers, and only a kill ends it.
inline caf::behavior busy(caf::event_based_actor* self, int) {
  compat::on_exit(self, [](const caf::error&) {});
  return {
    [self](const messages::stop&) { return self->make_response_promise<messages::stopped>(); },
  };
}

struct supervision_fixture : virtual_system {
  supervision_fixture() {
    supervisor = own(actors::spawn_supervisor(
      system(), {clock(), 1, [this](const std::string& text) { reports.push_back(text); }}));
  }

  ~supervision_fixture() {
    for (const auto& [name, actors] : lives)
      for (const auto& life : actors)
        caf::anon_send_exit(life, caf::exit_reason::kill);
    deliver_all();
  }

  /// Waits without jitter: 200 ms, 400 ms, ...
  static supervision_config exact(supervision_strategy strategy
                                  = supervision_strategy::one_for_one) {
    auto config = supervision_config{};
    config.strategy = strategy;
    config.restarts.backoff.jitter = 0.0;
    return config;
  }

  std::uint64_t open(const supervision_config& config = exact(), const std::string& name = "crew") {
    auto on_escalation = [this](const std::string& child, const std::string& reason) {
      escalations.push_back(child + ": " + reason);
    };
    return request<messages::group_opened>(supervisor,
                                           messages::open_group{name, config, on_escalation})
      ->group;
  }

  using body = caf::behavior (*)(caf::event_based_actor*, int);

  reply<messages::supervised> add(std::uint64_t group, const std::string& name,
                                  child_kind kind = child_kind::permanent, body work = obedient) {
    auto start = [this, name, work] {
      auto life = system().spawn(work, 0);
      started += (started.empty() ? "" : " ") + name;
      lives[name].push_back(life);
      return life;
    };
    return request<messages::supervised>(supervisor,
                                         messages::supervise{group, name, start, kind, {}});
  }

  /// The child's life that runs, or ran last.
  const caf::actor& last(const std::string& name) {
    return lives[name].back();
  }

  reply<messages::stopped> stop_group(std::uint64_t group, std::optional<duration> limit = {}) {
    return request<messages::stopped>(supervisor, messages::stop_group{group, limit});
  }

  reply<messages::stopped> stop_child(std::uint64_t group, const std::string& name,
                                      std::optional<duration> limit = {}) {
    return request<messages::stopped>(supervisor, messages::stop_child{group, name, limit});
  }

  /// The names of the group's children that run, in start order.
  std::string running(std::uint64_t group) {
    auto names = std::string{};
    auto answer = request<messages::children>(supervisor, messages::ask_children{group});
    if (!answer.content().ok())
      return "over";
    for (const auto& item : answer->all)
      if (item.is_running)
        names += (names.empty() ? "" : " ") + item.name;
    return names;
  }

  std::map<std::string, std::vector<caf::actor>> lives;
  std::string started; // names, in the order of starting
  std::vector<std::string> reports;
  std::vector<std::string> escalations;
  actors::supervisor_actor supervisor;
};

} // namespace ferry::testing
