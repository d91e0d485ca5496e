#include "ferry/actors/handler_stops.hpp"

namespace ferry::actors {

std::stop_token handler_stops::token_of(const caf::actor& consumer, delivery_tag tag,
                                        time_point deadline) {
  auto& item = watched_.try_emplace(tag, watched{deadline}).first->second;
  if (!item.source.stop_possible()) {
    item.source = std::stop_source{};
    arm(consumer, tag, item);
  }
  return item.source.get_token();
}

void handler_stops::move(const caf::actor& consumer, delivery_tag tag, time_point deadline) {
  auto& item = watched_[tag];
  item.deadline = deadline;
  if (item.source.stop_possible())
    arm(consumer, tag, item);
}

void handler_stops::disarm(const caf::actor& consumer) {
  for (const auto& [tag, item] : watched_)
    if (item.source.stop_possible())
      compat::send_anonymously(supervisor_, messages::disarm_stop{consumer, value_of(tag)});
  watched_.clear();
}

void handler_stops::arm(const caf::actor& consumer, delivery_tag tag, const watched& item) const {
  compat::send_anonymously(
    supervisor_, messages::arm_stop{consumer, value_of(tag), item.source, item.deadline});
}

} // namespace ferry::actors
