#include "ferry/actors/child_group.hpp"

#include "ferry/actors/answers.hpp"
#include "ferry/actors/protocol/stopping.hpp"
#include "ferry/backwards.hpp"

#include <caf/exit_reason.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

namespace ferry::actors {

namespace {

// As in OTP, where a child that was shut down has ended normally.
bool is_normal(const caf::error& why) {
  return !why || why == caf::exit_reason::user_shutdown;
}

std::string printed(duration time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(time).count())
         + " ms";
}

} // namespace

child_group::child_group(messages::open_group spec, std::uint64_t seed, group_host& host)
  : spec_(std::move(spec)), core_(spec_.config, seed), host_(&host) {
}

// -- commands -------------------------------------------------------------------

error child_group::add(const messages::supervise& spec) {
  auto added = core_.add(host_->now(), spec.name, spec.kind, pending_);
  if (!added)
    return added.why();
  lives_[*added].spec = spec;
  run_effects();
  return {};
}

void child_group::stop_child(const std::string& name, std::optional<duration> limit,
                             stop_promise promise) {
  auto found = lives_.find(core_.find(name));
  if (found == lives_.end()) {
    promise.deliver(messages::stopped{});
    return;
  }
  found->second.stopping.add(std::move(promise));
  if (limit)
    found->second.limit = std::min(found->second.limit, later(host_->now(), *limit));
  core_.stop_child(host_->now(), found->first, pending_);
  run_effects();
}

void child_group::stop(std::optional<duration> limit, stop_promise promise) {
  stopping_.add(std::move(promise));
  if (limit)
    limit_ = std::min(limit_, later(host_->now(), *limit));
  stop();
}

void child_group::stop() {
  core_.stop(host_->now(), pending_);
  run_effects();
}

void child_group::down(const caf::actor_addr& who, const caf::error& why,
                       const std::string& reason) {
  auto ended = running_.extract(who);
  if (!ended)
    return;
  lives_.at(ended.mapped()).running = nullptr;
  auto how = is_normal(why) ? ending::normal : ending::abnormal;
  auto text = is_normal(why) ? "it ended normally" : reason;
  core_.ended(host_->now(), {ended.mapped(), how, std::move(text)}, pending_);
  run_effects();
}

void child_group::wake() {
  auto now = host_->now();
  auto late = std::vector<child_id>{};
  for (const auto& [id, item] : backwards{lives_})
    if (std::min(limit_, item.limit) <= now)
      late.push_back(id);
  if (limit_ <= now)
    stopping_.refuse(to_caf({errc::timed_out,
                             "group \"" + spec_.name + "\": " + std::to_string(late.size())
                               + " of its children did not end within the limit and were cut "
                                 "off; what they held is delivered again"}));
  for (auto id : late)
    cut_off(id);
  if (wish_ <= now) {
    wish_ = never;
    core_.tick(now, pending_);
  }
  run_effects();
}

// Its actor may run on for a while; to the group it has ended.
void child_group::cut_off(child_id child) {
  auto& item = lives_.at(child);
  item.stopping.refuse(to_caf({errc::timed_out,
                               about(item.spec.name)
                                 + " did not end within the limit and was cut off; what it held "
                                   "is delivered again"}));
  if (item.running) {
    running_.erase(item.running.address());
    host_->cut_off(std::exchange(item.running, nullptr), item.spec);
  }
  core_.ended(host_->now(), {child, ending::normal, {}}, pending_);
}

void child_group::end_by_force(const caf::error& why,
                               const std::function<void(const caf::actor&)>& exit) {
  for (const auto& [id, item] : backwards{lives_})
    if (item.running)
      exit(item.running);
  end(why);
}

// -- effects --------------------------------------------------------------------

// By index and by copy: an effect that fails appends more of them.
void child_group::run_effects() {
  for (auto i = std::size_t{0}; i < pending_.size(); ++i) {
    auto item = pending_[i];
    std::visit([this](const auto& e) { run(e); }, item);
  }
  pending_.clear();
}

// A start that fails, for want of a thread or of memory, counts as a loss.
void child_group::run(const supervision_effects::start_child& e) {
  auto& item = lives_.at(e.child);
  auto failed = [&](const std::string& reason) {
    core_.ended(host_->now(), {e.child, ending::abnormal, reason}, pending_);
  };
  try {
    item.running = item.spec.start();
  } catch (const std::exception& why) {
    return failed(why.what());
  } catch (...) {
    return failed("its start function threw something that is no std::exception");
  }
  if (!item.running)
    return failed("its start function returned no actor");
  running_[item.running.address()] = e.child;
  host_->monitor(item.running);
  core_.started(host_->now(), e.child, pending_);
}

// Who was cut off before its turn to stop came has no life left that could be asked.
void child_group::run(const supervision_effects::stop_child& e) {
  if (const auto& running = lives_.at(e.child).running)
    host_->ask_to_stop(running);
}

void child_group::run(const supervision_effects::lost& e) {
  host_->report(about(lives_.at(e.child).spec.name) + " was lost (" + e.reason + ") and is "
                + (e.again_at ? "started again" : "not started again, because it is temporary"));
}

void child_group::run(const supervision_effects::removed& e) {
  lives_.at(e.child).stopping.answer();
  lives_.erase(e.child);
}

void child_group::run(const supervision_effects::escalate& e) {
  const auto& restarts = spec_.config.restarts;
  host_->report("group \"" + spec_.name + "\" is given up: child \"" + e.child
                + "\" was lost (" + e.reason + "), and more than "
                + std::to_string(restarts.intensity) + " restarts within "
                + printed(restarts.period) + " are too many; its other children were stopped");
  end({});
  try {
    if (spec_.on_escalation)
      spec_.on_escalation(e.child, e.reason);
  } catch (...) { // documented: it has nowhere to go
  }
}

void child_group::run(const supervision_effects::stopped&) {
  end({});
}

void child_group::run(const supervision_effects::wake_at& e) {
  wish_ = e.when;
}

void child_group::end(const caf::error& outcome) {
  over_ = true;
  if (outcome)
    stopping_.refuse(outcome);
  else
    stopping_.answer();
}

// -- properties -----------------------------------------------------------------

const messages::supervise* child_group::spec_of(const caf::actor_addr& who) const {
  auto found = running_.find(who);
  return found == running_.end() ? nullptr : &lives_.at(found->second).spec;
}

messages::children child_group::children() const {
  return {core_.children()};
}

time_point child_group::next() const {
  auto first = std::min(wish_, limit_);
  for (const auto& [id, item] : lives_)
    first = std::min(first, item.limit);
  return first;
}

std::string child_group::about(const std::string& child) const {
  return "child \"" + child + "\" of group \"" + spec_.name + "\"";
}

} // namespace ferry::actors
