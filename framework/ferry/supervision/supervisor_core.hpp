// Decides for one group of children who is started, who is stopped and when.
// What a child is and how it is started or stopped, the shell knows.
//
//                        started               lost
//   add ──▶ waiting ──────────────▶ running ──────────▶ waiting, after a back-off
//              ▲                       │
//              │     another was lost, │ or the group or the child is to stop
//              │                       ▼
//              │                   condemned    until those after it are down
//              │                       │ stop_child
//              │   ended               ▼
//              └────────────────── stopping ──────────▶ removed
//                the others are back          ended

#pragma once

#include "ferry/result.hpp"
#include "ferry/supervision/restart_strategy.hpp"
#include "ferry/supervision/supervision_config.hpp"
#include "ferry/supervision/supervision_effects.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace ferry {

/// How a life of a child ended.
enum class ending : std::uint8_t { normal, abnormal };

/// The end of one life of one child.
struct child_end {
  child_id child{};
  ending how = ending::abnormal;
  std::string reason; // for people
};

/// What a group knows about a child, for people.
struct child_figures {
  std::string name;
  child_kind kind = child_kind::permanent;
  bool is_running = false;
  std::uint64_t starts = 0; // 1 after the first

  friend bool operator==(const child_figures&, const child_figures&) = default;
};

/// The rules of one group.
///
/// Order       Children are started one after the other, as they were added. With
///             `one_for_one` they are stopped all at once, because none needs
///             another; else from the last one to the first, each when those after
///             it are down, and nobody is started before that.
/// Intensity   Counts the losses of the whole group that would lead to a restart;
///             whoever falls while the others are being stopped is not counted.
///             One loss too many stops everyone and ends with `escalate`.
/// Back-off    Grows with each loss of the same child. It begins anew when the
///             child has lived as long as the period.
/// Time        Never reads a clock; the caller passes `now`.
/// Errors      None but those of `add`; unknown children are ignored.
/// Cost        O(children) per call.
/// Threads     One owner at a time; no locking inside.
class supervisor_core {
public:
  /// Expects   a `config` that `check` has nothing against
  supervisor_core(supervision_config config, std::uint64_t seed);

  // -- modifiers --------------------------------------------------------------

  /// Adds a child, and starts it unless it has to wait for others.
  /// Errors   invalid_argument: the name is empty or taken; closed: the group is
  ///          stopping or has given up
  [[nodiscard]] result<child_id> add(time_point now, std::string name, child_kind kind,
                                     supervision_effect_list& out);

  /// The child that was to be started runs.
  void started(time_point now, child_id child, supervision_effect_list& out);

  /// A life of a child is over, or could not begin.
  void ended(time_point now, const child_end& what, supervision_effect_list& out);

  /// Ends one child for good; the others are left alone.
  void stop_child(time_point now, child_id child, supervision_effect_list& out);

  /// Ends all children for good.
  void stop(time_point now, supervision_effect_list& out);

  /// Starts whoever is due.
  void tick(time_point now, supervision_effect_list& out);

  // -- properties -------------------------------------------------------------

  /// The child of that name, or `none`.
  [[nodiscard]] child_id find(const std::string& name) const;

  /// All children in start order.
  [[nodiscard]] std::vector<child_figures> children() const;

private:
  enum class child_state : std::uint8_t { waiting, running, condemned, stopping };

  struct member {
    std::string name;
    child_kind kind = child_kind::permanent;
    child_state state = child_state::waiting;
    bool leaves = false;        // when it is down it is removed
    time_point due{};           // waiting only: not before
    time_point begun{};         // of its last life
    std::uint32_t failures = 0; // in a row, each after less than a period
    std::uint64_t starts = 0;
  };

  using member_map = std::map<child_id, member>;

  void lose(time_point now, member_map::iterator lost, const child_end& what,
            supervision_effect_list& out);
  void restart(member_map::iterator lost, time_point when);
  static void condemn(member& item, time_point due);
  void give_up(member_map::iterator lost, const child_end& what, supervision_effect_list& out);
  void end_all(supervision_effect_list& out);
  member_map::iterator remove(member_map::iterator at, supervision_effect_list& out);

  void go_on(time_point now, supervision_effect_list& out);
  void stop_next(supervision_effect_list& out);
  void start_next(time_point now, supervision_effect_list& out);
  void arm(time_point now, supervision_effect_list& out);
  void end_if_empty(supervision_effect_list& out);

  [[nodiscard]] bool is_ordered() const noexcept {
    return config_.strategy != supervision_strategy::one_for_one;
  }

  supervision_config config_;
  restart_strategy losses_; // of the group
  std::minstd_rand randomness_;
  member_map children_; // in start order
  child_id last_child_{};
  time_point armed_ = never;
  bool stopping_ = false;
  bool over_ = false;
  std::optional<supervision_effects::escalate> cause_; // why it gives up
};

} // namespace ferry
