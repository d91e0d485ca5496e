#include "ferry/actors/stop_alarms.hpp"

namespace ferry::actors {

void stop_alarms::arm(actor_id consumer, std::uint64_t id, std::stop_source source,
                      time_point deadline) {
  if (closed_.contains(consumer)) {
    source.request_stop();
    return;
  }
  auto [at, is_fresh] = armed_.try_emplace(key{consumer, id});
  if (is_fresh) {
    at->second.sleeper = ++last_;
    sleepers_.emplace(last_, at->first);
  }
  at->second.source = std::move(source);
  alarms_.set(at->second.sleeper, deadline);
}

void stop_alarms::disarm(actor_id consumer, std::uint64_t id) {
  auto found = armed_.find({consumer, id});
  if (found == armed_.end())
    return;
  alarms_.cancel(found->second.sleeper);
  sleepers_.erase(found->second.sleeper);
  armed_.erase(found);
}

void stop_alarms::fire_due(time_point now) {
  for (auto sleeper : alarms_.take_due(now))
    fire(armed_.find(sleepers_.at(sleeper)));
}

void stop_alarms::close(actor_id consumer) {
  forget(consumer);
  closed_.insert(consumer);
}

void stop_alarms::forget(actor_id consumer) {
  closed_.erase(consumer);
  auto at = armed_.lower_bound({consumer, 0});
  while (at != armed_.end() && at->first.first == consumer)
    at = fire(at);
}

void stop_alarms::fire_all() {
  for (auto at = armed_.begin(); at != armed_.end();)
    at = fire(at);
}

stop_alarms::armed_map::iterator stop_alarms::fire(armed_map::iterator at) {
  at->second.source.request_stop();
  alarms_.cancel(at->second.sleeper);
  sleepers_.erase(at->second.sleeper);
  return armed_.erase(at);
}

} // namespace ferry::actors
