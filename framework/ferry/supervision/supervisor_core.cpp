#include "ferry/supervision/supervisor_core.hpp"

#include "ferry/backwards.hpp"
#include "ferry/ids.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace ferry {

namespace {

bool comes_back(child_kind kind, ending how) {
  switch (kind) {
  case child_kind::permanent: return true;
  case child_kind::transient: return how == ending::abnormal;
  case child_kind::temporary: return false;
  }
  return false;
}

} // namespace

std::string_view to_string(supervision_strategy strategy) noexcept {
  switch (strategy) {
  case supervision_strategy::one_for_one: return "one_for_one";
  case supervision_strategy::one_for_all: return "one_for_all";
  case supervision_strategy::rest_for_one: return "rest_for_one";
  }
  return "unknown";
}

std::string_view to_string(child_kind kind) noexcept {
  switch (kind) {
  case child_kind::permanent: return "permanent";
  case child_kind::transient: return "transient";
  case child_kind::temporary: return "temporary";
  }
  return "unknown";
}

supervisor_core::supervisor_core(supervision_config config, std::uint64_t seed)
  : config_(std::move(config)),
    losses_(config_.restarts),
    randomness_(static_cast<std::minstd_rand::result_type>(seed)) {
}

// -- commands -------------------------------------------------------------------

result<child_id> supervisor_core::add(time_point now, std::string name, child_kind kind,
                                      supervision_effect_list& out) {
  if (stopping_)
    return error{errc::closed, "child \"" + name + "\" cannot be added: its group was stopped or "
                                 "has given up; open another group"};
  if (name.empty())
    return error{errc::invalid_argument, "a child wants a name that is not empty"};
  if (find(name) != child_id::none)
    return error{errc::invalid_argument, "there is a child \"" + name
                                           + "\" in the group; choose another name, or stop it"};
  last_child_ = advanced(last_child_, 1);
  auto item = member{};
  item.name = std::move(name);
  item.kind = kind;
  item.due = now;
  children_.emplace(last_child_, std::move(item));
  auto added = last_child_;
  go_on(now, out);
  return added;
}

void supervisor_core::started(time_point now, child_id, supervision_effect_list& out) {
  go_on(now, out);
}

void supervisor_core::ended(time_point now, const child_end& what, supervision_effect_list& out) {
  auto found = children_.find(what.child);
  if (found == children_.end())
    return;
  switch (found->second.state) {
  case child_state::waiting: return;
  case child_state::running: lose(now, found, what, out); break;
  case child_state::condemned:
  case child_state::stopping:
    found->second.state = child_state::waiting;
    if (found->second.leaves)
      remove(found, out);
    break;
  }
  go_on(now, out);
}

void supervisor_core::stop_child(time_point now, child_id child, supervision_effect_list& out) {
  auto found = children_.find(child);
  if (found == children_.end())
    return;
  auto& item = found->second;
  item.leaves = true;
  switch (item.state) {
  case child_state::waiting: remove(found, out); break;
  case child_state::running:
    item.state = child_state::stopping;
    out.push_back(supervision_effects::stop_child{child});
    break;
  case child_state::condemned:
  case child_state::stopping: break;
  }
  go_on(now, out);
}

void supervisor_core::stop(time_point now, supervision_effect_list& out) {
  if (!stopping_)
    end_all(out);
  go_on(now, out);
}

void supervisor_core::tick(time_point now, supervision_effect_list& out) {
  armed_ = never;
  go_on(now, out);
}

// -- losses ---------------------------------------------------------------------

void supervisor_core::lose(time_point now, member_map::iterator lost, const child_end& what,
                           supervision_effect_list& out) {
  auto& item = lost->second;
  item.state = child_state::waiting;
  if (!comes_back(item.kind, what.how)) {
    if (what.how == ending::abnormal)
      out.push_back(supervision_effects::lost{what.child, what.reason, std::nullopt});
    remove(lost, out);
    return;
  }
  auto lived_long = now - item.begun >= config_.restarts.period;
  item.failures = lived_long ? 1 : item.failures + 1;
  auto random = std::generate_canonical<double, 32>(randomness_);
  if (!losses_.child_lost(now, random))
    return give_up(lost, what, out);
  auto when = later(now, wait_after(config_.restarts.backoff, item.failures, random));
  out.push_back(supervision_effects::lost{what.child, what.reason, when});
  restart(lost, when);
}

void supervisor_core::restart(member_map::iterator lost, time_point when) {
  switch (config_.strategy) {
  case supervision_strategy::one_for_one: lost->second.due = when; break;
  case supervision_strategy::one_for_all:
    for (auto& [id, item] : children_)
      condemn(item, when);
    break;
  case supervision_strategy::rest_for_one:
    for (auto at = lost; at != children_.end(); ++at)
      condemn(at->second, when);
    break;
  }
}

// Whoever is on the way down already only waits longer.
void supervisor_core::condemn(member& item, time_point due) {
  item.due = std::max(item.due, due);
  if (item.state != child_state::running)
    return;
  item.state = child_state::condemned;
  item.leaves = item.kind == child_kind::temporary;
}

void supervisor_core::give_up(member_map::iterator lost, const child_end& what,
                              supervision_effect_list& out) {
  cause_ = supervision_effects::escalate{lost->second.name, what.reason};
  end_all(out);
}

void supervisor_core::end_all(supervision_effect_list& out) {
  stopping_ = true;
  for (auto at = children_.begin(); at != children_.end();) {
    auto& item = at->second;
    item.leaves = true;
    if (item.state == child_state::running)
      item.state = child_state::condemned;
    at = item.state == child_state::waiting ? remove(at, out) : std::next(at);
  }
}

supervisor_core::member_map::iterator supervisor_core::remove(member_map::iterator at,
                                                             supervision_effect_list& out) {
  out.push_back(supervision_effects::removed{at->first});
  return children_.erase(at);
}

// -- one after the other ----------------------------------------------------------

void supervisor_core::go_on(time_point now, supervision_effect_list& out) {
  stop_next(out);
  if (stopping_)
    return end_if_empty(out);
  start_next(now, out);
  arm(now, out);
}

void supervisor_core::stop_next(supervision_effect_list& out) {
  for (auto& [id, item] : backwards{children_}) {
    if (item.state == child_state::condemned) {
      item.state = child_state::stopping;
      out.push_back(supervision_effects::stop_child{id});
    }
    if (item.state == child_state::stopping && is_ordered())
      return;
  }
}

// The next one when this one runs: a start that fails must not be followed by
// those of children that need it.
void supervisor_core::start_next(time_point now, supervision_effect_list& out) {
  auto is_going_down = [](const auto& entry) {
    auto state = entry.second.state;
    return state == child_state::condemned || state == child_state::stopping;
  };
  if (is_ordered() && std::ranges::any_of(children_, is_going_down))
    return;
  for (auto& [id, item] : children_) {
    if (item.state != child_state::waiting)
      continue;
    if (item.due <= now) {
      item.state = child_state::running;
      item.begun = now;
      ++item.starts;
      out.push_back(supervision_effects::start_child{id});
      return;
    }
    if (is_ordered())
      return;
  }
}

// Who is due but has to wait for others needs no clock.
void supervisor_core::arm(time_point now, supervision_effect_list& out) {
  auto next = never;
  for (const auto& [id, item] : children_)
    if (item.state == child_state::waiting && item.due > now)
      next = std::min(next, item.due);
  if (next == armed_)
    return;
  armed_ = next;
  if (next != never)
    out.push_back(supervision_effects::wake_at{next});
}

void supervisor_core::end_if_empty(supervision_effect_list& out) {
  if (over_ || !children_.empty())
    return;
  over_ = true;
  if (cause_)
    out.push_back(*std::move(cause_));
  else
    out.push_back(supervision_effects::stopped{});
}

// -- properties -------------------------------------------------------------------

child_id supervisor_core::find(const std::string& name) const {
  for (const auto& [id, item] : children_)
    if (item.name == name)
      return id;
  return child_id::none;
}

std::vector<child_figures> supervisor_core::children() const {
  auto all = std::vector<child_figures>{};
  for (const auto& [id, item] : children_)
    all.push_back({item.name, item.kind, item.state != child_state::waiting, item.starts});
  return all;
}

} // namespace ferry
