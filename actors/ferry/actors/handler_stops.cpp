#include "ferry/actors/handler_stops.hpp"

#include <algorithm>

namespace ferry::actors {

std::stop_token handler_stops::token_of(const caf::actor& consumer, delivery_tag tag,
                                        time_point deadline) {
  auto known = std::ranges::find(armed_, tag, &armed::tag);
  if (known != armed_.end())
    return known->source.get_token();
  armed_.push_back({tag, {}});
  arm(consumer, armed_.back(), deadline);
  return armed_.back().source.get_token();
}

void handler_stops::move(const caf::actor& consumer, delivery_tag tag, time_point deadline) {
  auto known = std::ranges::find(armed_, tag, &armed::tag);
  if (known != armed_.end())
    arm(consumer, *known, deadline);
}

void handler_stops::disarm(const caf::actor& consumer) {
  for (const auto& item : armed_)
    compat::send_anonymously(supervisor_, messages::disarm_stop{consumer, value_of(item.tag)});
  armed_.clear();
}

void handler_stops::arm(const caf::actor& consumer, const armed& item, time_point deadline) const {
  compat::send_anonymously(
    supervisor_, messages::arm_stop{consumer, value_of(item.tag), item.source, deadline});
}

} // namespace ferry::actors
