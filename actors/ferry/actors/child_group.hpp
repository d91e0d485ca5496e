// One group of a supervisor's children: carries out what the group's core decides.
// The supervisor_actor owns the groups, the timer and the monitors.

#pragma once

#include "ferry/actors/handles.hpp"
#include "ferry/actors/protocol/supervising.hpp"
#include "ferry/actors/stop_questions.hpp"
#include "ferry/supervision/supervisor_core.hpp"

#include <caf/actor_addr.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ferry::actors {

/// What a group asks of the supervisor it belongs to.
class group_host {
public:
  virtual ~group_host() = default;

  [[nodiscard]] virtual time_point now() const = 0;

  /// Calls `child_group::down` when `child` ends.
  virtual void monitor(const caf::actor& child) = 0;

  /// Asks `child` to end in good order, and ends it by an exit message once it
  /// has answered or does not understand.
  virtual void ask_to_stop(const caf::actor& child) = 0;

  /// Ends `child` as soon as it can be reached; whatever it holds returns at once.
  virtual void cut_off(const caf::actor& child, const messages::supervise& spec) = 0;

  /// Tells people; what they throw is ignored.
  virtual void report(const std::string& text) const = 0;
};

/// Runs one group.
/// Threads     The supervisor's only.
class child_group {
public:
  using stop_promise = stop_questions::promise;

  child_group(messages::open_group spec, std::uint64_t seed, group_host& host);

  // -- modifiers --------------------------------------------------------------

  /// Errors   those of `supervisor_core::add`
  [[nodiscard]] error add(const messages::supervise& spec);

  /// Ends one child, or all. `promise` is answered when that is done, with
  /// `timed_out` when `limit` had passed before.
  void stop_child(const std::string& name, std::optional<duration> limit, stop_promise promise);
  void stop(std::optional<duration> limit, stop_promise promise);
  void stop();

  /// An actor ended; it may be one of the children.
  void down(const caf::actor_addr& who, const caf::error& why, const std::string& reason);

  /// Does what is due.
  void wake();

  /// Sends all children an exit message.
  void end_by_force(const caf::error& why, const std::function<void(const caf::actor&)>& exit);

  // -- properties -------------------------------------------------------------

  /// How the child that runs as `who` was described; null where there is none.
  [[nodiscard]] const messages::supervise* spec_of(const caf::actor_addr& who) const;

  [[nodiscard]] messages::children children() const;

  /// When `wake` is to be called.
  [[nodiscard]] time_point next() const;

  /// Whether all children are down and none will ever start again.
  [[nodiscard]] bool is_over() const noexcept {
    return over_;
  }

private:
  struct life {
    messages::supervise spec;
    caf::actor running; // null between two lives
    stop_questions stopping;
    time_point limit = never;
  };

  void run_effects();
  void run(const supervision_effects::start_child& e);
  void run(const supervision_effects::stop_child& e);
  void run(const supervision_effects::lost& e);
  void run(const supervision_effects::removed& e);
  void run(const supervision_effects::escalate& e);
  void run(const supervision_effects::stopped& e);
  void run(const supervision_effects::wake_at& e);

  void cut_off(child_id child);
  void end(const caf::error& outcome);
  [[nodiscard]] std::string about(const std::string& child) const;

  messages::open_group spec_;
  supervisor_core core_;
  group_host* host_;
  supervision_effect_list pending_;
  std::map<child_id, life> lives_; // in start order
  std::map<caf::actor_addr, child_id> running_;
  stop_questions stopping_;
  time_point limit_ = never; // for all to be down
  time_point wish_ = never;  // of the core
  bool over_ = false;
};

} // namespace ferry::actors
