#include "ferry/actors/handler_stops.hpp"

#include "ferry/actors/protocol/signalling.hpp"

#include <algorithm>

namespace ferry::actors {

std::stop_token handler_stops::token_of(const caf::actor& consumer, const delivered_run& run,
                                        delivery_tag tag) {
  auto& item = watch(run, tag);
  if (!item.source.stop_possible()) {
    item.source = std::stop_source{};
    arm(consumer, tag, item);
  }
  return item.source.get_token();
}

void handler_stops::extend(const caf::actor& consumer, const delivered_run& run, delivery_tag tag,
                           time_point deadline) {
  auto& item = watch(run, tag);
  item.deadline = std::min(deadline, run.limit);
  if (item.source.stop_possible())
    arm(consumer, tag, item);
}

void handler_stops::disarm(const caf::actor& consumer) {
  for (const auto& [tag, item] : watched_)
    if (item.source.stop_possible())
      compat::send_anonymously(supervisor_, messages::disarm_stop{consumer, value_of(tag)});
  watched_.clear();
}

handler_stops::watched& handler_stops::watch(const delivered_run& run, delivery_tag tag) {
  auto [at, is_fresh] = watched_.try_emplace(tag);
  if (is_fresh)
    at->second.deadline = run.deadline;
  return at->second;
}

void handler_stops::arm(const caf::actor& consumer, delivery_tag tag, const watched& item) const {
  compat::send_anonymously(supervisor_,
                           messages::arm_stop{consumer, value_of(tag), item.source, item.deadline});
}

} // namespace ferry::actors
