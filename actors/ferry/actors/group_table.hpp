// All groups of one supervisor, and when each of them wants to be woken.

#pragma once

#include "ferry/actors/child_group.hpp"
#include "ferry/actors/protocol/supervising.hpp"
#include "ferry/supervision/alarm_table.hpp"

#include <caf/actor_addr.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace ferry::actors {

/// Groups by their numbers. A group that is over is dropped.
/// Time        The host's.
/// Errors      To stop what is not there is no error: it has been stopped.
/// Cost        O(groups) for whoever is down, else O(log groups).
/// Threads     The supervisor's only.
class group_table {
public:
  using number = std::uint64_t;

  group_table(group_host& host, std::uint64_t seed) : host_(&host), seed_(seed) {
  }

  // -- modifiers --------------------------------------------------------------

  number open(const messages::open_group& m);

  /// Errors   closed: there is no such group; those of `child_group::add`
  [[nodiscard]] error add(const messages::supervise& m);

  void stop_child(const messages::stop_child& m, stop_questions::promise promise);
  void stop_group(const messages::stop_group& m, stop_questions::promise promise);
  void stop_all();

  /// An actor ended; it may be a child of any group.
  void down(const caf::actor_addr& who, const caf::error& why, const std::string& reason);

  void wake();

  void end_by_force(const caf::error& why, const std::function<void(const caf::actor&)>& exit);

  // -- properties -------------------------------------------------------------

  /// How the child that runs as `who` was described; null where there is none.
  [[nodiscard]] const messages::supervise* spec_of(const caf::actor_addr& who) const;

  /// Errors   closed: there is no such group
  [[nodiscard]] result<messages::children> children(number group) const;

  /// When `wake` is to be called.
  [[nodiscard]] std::optional<time_point> next() const {
    return alarms_.next();
  }

  [[nodiscard]] bool empty() const noexcept {
    return groups_.empty();
  }

private:
  template <class Command>
  bool with(number group, Command command);

  group_host* host_;
  std::uint64_t seed_;
  std::map<number, std::unique_ptr<child_group>> groups_;
  alarm_table alarms_; // by group
  number last_ = 0;
};

} // namespace ferry::actors
