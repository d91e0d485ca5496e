#include "ferry/actors/group_table.hpp"

#include "ferry/actors/protocol/stopping.hpp"
#include "ferry/backwards.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace ferry::actors {

namespace {

error group_is_over() {
  return {errc::closed,
          "the group was stopped or has given up; open another one with broker::supervise"};
}

} // namespace

// Whatever a command did, the group's wish for a wake may have changed, or it is over.
template <class Command>
bool group_table::with(number group, Command command) {
  auto found = groups_.find(group);
  if (found == groups_.end())
    return false;
  command(*found->second);
  if (found->second->is_over()) {
    alarms_.cancel(group);
    groups_.erase(found);
  } else {
    alarms_.set(group, found->second->next());
  }
  return true;
}

group_table::number group_table::open(const messages::open_group& m) {
  ++last_;
  groups_.emplace(last_, std::make_unique<child_group>(m, seed_ + last_, *host_));
  return last_;
}

error group_table::add(const messages::supervise& m) {
  auto outcome = group_is_over();
  with(m.group, [&](child_group& group) { outcome = group.add(m); });
  return outcome;
}

void group_table::stop_child(const messages::stop_child& m, stop_questions::promise promise) {
  if (!with(m.group, [&](child_group& group) { group.stop_child(m.name, m.limit, promise); }))
    promise.deliver(messages::stopped{});
}

void group_table::stop_group(const messages::stop_group& m, stop_questions::promise promise) {
  if (!with(m.group, [&](child_group& group) { group.stop(m.limit, promise); }))
    promise.deliver(messages::stopped{});
}

void group_table::stop_all() {
  auto last_first = std::vector<number>{};
  for (const auto& [group, item] : backwards{groups_})
    last_first.push_back(group);
  for (auto group : last_first)
    with(group, [](child_group& item) { item.stop(); });
}

void group_table::down(const caf::actor_addr& who, const caf::error& why,
                       const std::string& reason) {
  auto is_owner = [&](const auto& entry) { return entry.second->spec_of(who) != nullptr; };
  auto owner = std::ranges::find_if(groups_, is_owner);
  if (owner != groups_.end())
    with(owner->first, [&](child_group& item) { item.down(who, why, reason); });
}

void group_table::wake() {
  for (auto group : alarms_.take_due(host_->now()))
    with(group, [](child_group& item) { item.wake(); });
}

void group_table::end_by_force(const caf::error& why,
                               const std::function<void(const caf::actor&)>& exit) {
  for (auto& [group, item] : groups_)
    item->end_by_force(why, exit);
}

const messages::supervise* group_table::spec_of(const caf::actor_addr& who) const {
  for (const auto& [group, item] : groups_)
    if (const auto* spec = item->spec_of(who))
      return spec;
  return nullptr;
}

result<messages::children> group_table::children(number group) const {
  if (auto found = groups_.find(group); found != groups_.end())
    return found->second->children();
  return group_is_over();
}

} // namespace ferry::actors
