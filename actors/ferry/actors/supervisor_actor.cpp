#include "ferry/actors/supervisor_actor.hpp"

#include "ferry/actors/stop_questions.hpp"
#include "ferry/supervision/alarm_table.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <utility>
#include <vector>

namespace ferry::actors {

namespace {

using stop_promise = stop_questions::promise;
using child_id = std::uint64_t;

struct child {
  messages::supervise spec;
  restart_strategy strategy;
  caf::actor running; // null between two lives
  stop_questions stopping;
};

/// A subscription whose consumer is monitored.
struct watched {
  caf::actor queue;
  consumer_id consumer{};
};

struct supervisor_shell {
  explicit supervisor_shell(supervisor_actor::pointer selfptr) : self(selfptr) {
    // CAF builds the state before the arguments arrive; start() finishes it
  }

  supervisor_actor::behavior_type start(const supervisor_options& given);

  void watch(const messages::watch& m);
  void set_alarm(const messages::wake_at& m);
  void wake(const messages::wake& m);
  messages::supervised supervise(const messages::supervise& m);
  stop_promise stop_child(child_id id);
  stop_promise stop();

  void monitor(const caf::actor& actor);
  void down(const caf::actor_addr& who, const caf::error& why);
  void child_down(child_id id, const caf::error& why);
  void restart(child_id id);
  void arm();
  void end_if_alone();
  void end_by_force(const caf::error& why);
  void report(const std::string& text) const;
  double random();

  [[nodiscard]] time_point now() const {
    return options->clock.now(self);
  }

  supervisor_actor::pointer self;
  std::optional<supervisor_options> options;
  std::map<caf::actor_addr, std::vector<watched>> consumers;
  std::map<child_id, child> children;
  std::map<caf::actor_addr, child_id> running;
  alarm_table queue_alarms;   // by the queue's actor id
  alarm_table restart_alarms; // by child
  std::map<alarm_table::sleeper_id, caf::actor> queues;
  child_id last_child = 0;
  time_point armed = never;
  std::uint64_t generation = 0; // a wake of an older generation is ignored
  std::minstd_rand randomness;
  stop_questions stopping;

  static inline const char* name = "ferry.supervisor";
};

supervisor_actor::behavior_type supervisor_shell::start(const supervisor_options& given) {
  options = given;
  randomness.seed(static_cast<std::minstd_rand::result_type>(given.seed));
  compat::survive_errors(self);
  compat::on_exit(self, [this](const caf::error& why) { end_by_force(why); });
  return {
    [this](const messages::watch& m) { watch(m); },
    [this](const messages::wake_at& m) { set_alarm(m); },
    [this](const messages::supervise& m) { return supervise(m); },
    [this](const messages::stop_child& m) { return stop_child(m.child); },
    [this](const messages::wake& m) { wake(m); },
    [this](const messages::stop&) { return stop(); },
  };
}

// -- deadlines and lost consumers -------------------------------------------------

void supervisor_shell::watch(const messages::watch& m) {
  auto& subscriptions = consumers[m.receiver.address()];
  subscriptions.push_back({m.queue, m.consumer});
  if (subscriptions.size() == 1)
    monitor(m.receiver);
}

void supervisor_shell::set_alarm(const messages::wake_at& m) {
  queues[m.queue.id()] = m.queue;
  queue_alarms.set(m.queue.id(), m.when);
  arm();
}

void supervisor_shell::wake(const messages::wake& m) {
  if (m.generation != generation)
    return;
  armed = never;
  for (auto id : queue_alarms.take_due(now()))
    compat::send(self, as<queue_actor>(queues[id]), messages::wake{});
  for (auto id : restart_alarms.take_due(now()))
    restart(id);
  arm();
}

void supervisor_shell::arm() {
  auto wish = std::min(queue_alarms.next().value_or(never), restart_alarms.next().value_or(never));
  if (wish >= armed)
    return;
  armed = wish;
  auto wait = std::max(wish - now(), duration::zero());
  compat::send_after(self, wait, supervisor_actor{self}, messages::wake{++generation});
}

// -- children -----------------------------------------------------------------------

messages::supervised supervisor_shell::supervise(const messages::supervise& m) {
  auto id = ++last_child;
  children.emplace(id, child{m, restart_strategy{options->restarts}, {}, {}});
  restart(id);
  return {id};
}

void supervisor_shell::restart(child_id id) {
  auto found = children.find(id);
  if (found == children.end())
    return;
  try {
    found->second.running = found->second.spec.start();
  } catch (const std::exception& why) { // no thread, no memory: as if it had been lost
    child_down(id, caf::make_error(caf::sec::runtime_error, std::string{why.what()}));
    return;
  }
  running[found->second.running.address()] = id;
  monitor(found->second.running);
}

stop_promise supervisor_shell::stop_child(child_id id) {
  auto found = children.find(id);
  if (found == children.end()) {
    auto gone = stop_questions{};
    auto promise = gone.ask(self);
    gone.answer();
    return promise;
  }
  auto& item = found->second;
  auto promise = item.stopping.ask(self);
  if (item.running)
    compat::send_anonymously(item.running, messages::stop{});
  else
    child_down(id, {});
  return promise;
}

void supervisor_shell::child_down(child_id id, const caf::error& why) {
  auto found = children.find(id);
  auto& item = found->second;
  item.running = nullptr;
  if (item.stopping || stopping) {
    item.stopping.answer();
    restart_alarms.cancel(id);
    children.erase(found);
    end_if_alone();
    return;
  }
  auto reason = compat::render(self->system(), why);
  if (auto when = item.strategy.child_lost(now(), random())) {
    report(item.spec.name + " was lost (" + reason + ") and is started again");
    restart_alarms.set(id, *when);
    arm();
    return;
  }
  report(item.spec.name + " was lost too often (" + reason + ") and is given up");
  children.erase(found);
}

// -- life cycle ---------------------------------------------------------------------

void supervisor_shell::monitor(const caf::actor& actor) {
  compat::monitor(self, actor,
                  [this](const caf::actor_addr& who, const caf::error& why) { down(who, why); });
}

void supervisor_shell::down(const caf::actor_addr& who, const caf::error& why) {
  if (auto lost = consumers.extract(who))
    for (const auto& item : lost.mapped())
      compat::send(self, as<queue_actor>(item.queue), messages::consumer_lost{item.consumer});
  if (auto ended = running.extract(who))
    child_down(ended.mapped(), why);
}

stop_promise supervisor_shell::stop() {
  auto promise = stopping.ask(self);
  for (auto at = children.begin(); at != children.end();) {
    auto& item = (at++)->second;
    if (item.running)
      compat::send_anonymously(item.running, messages::stop{});
    else
      children.erase(std::prev(at));
  }
  end_if_alone();
  return promise;
}

void supervisor_shell::end_if_alone() {
  if (!stopping || !children.empty())
    return;
  stopping.answer();
  self->quit();
}

void supervisor_shell::end_by_force(const caf::error& why) {
  for (const auto& [id, item] : children)
    if (item.running)
      self->send_exit(item.running, why);
  self->quit(why);
}

// What a user's function throws must not end the supervisor.
void supervisor_shell::report(const std::string& text) const {
  try {
    if (options->report)
      options->report(text);
  } catch (...) { // documented: it has nowhere to go
  }
}

double supervisor_shell::random() {
  return std::generate_canonical<double, 32>(randomness);
}

supervisor_actor::behavior_type
supervisor_behavior(supervisor_actor::stateful_pointer<supervisor_shell> self,
                    const supervisor_options& options) {
  return compat::state(self).start(options);
}

} // namespace

supervisor_actor spawn_supervisor(caf::actor_system& system, supervisor_options options) {
  return system.spawn(supervisor_behavior, std::move(options));
}

} // namespace ferry::actors
