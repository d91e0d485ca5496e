#include "ferry/queue/queue_limits.hpp"

#include <algorithm>
#include <string>

namespace ferry {

std::uint64_t queue_limits::fitting(const credit& present, const message_page& page,
                                    std::size_t begin) const noexcept {
  auto messages = most_.messages - std::min(most_.messages, present.messages);
  auto bytes = most_.bytes - std::min(most_.bytes, present.bytes);
  auto count = std::min<std::uint64_t>({page.size() - begin, messages, page.fitting(begin, bytes)});
  return present.messages == 0 ? std::max(count, std::uint64_t{1}) : count;
}

bool queue_limits::has_room_again(const credit& present, std::size_t bytes) const noexcept {
  if (present.messages == 0)
    return true;
  return present.messages <= most_.messages / 2 && present.bytes <= most_.bytes / 2
         && bytes <= most_.bytes - present.bytes;
}

error queue_limits::why_full(std::string_view queue, const credit& present) const {
  auto by_count = present.messages >= most_.messages;
  auto limit = by_count ? std::to_string(most_.messages) + " messages"
                        : std::to_string(most_.bytes) + " bytes";
  return {errc::queue_full, "queue \"" + std::string{queue} + "\" is full (limit " + limit
                              + "); its producers go on when half of that has ended; raise "
                                "queue_config::" + (by_count ? "max_messages" : "max_bytes")
                              + " or add consumers"};
}

error why_over_budget(std::string_view queue, std::size_t allowance) {
  return {errc::queue_full, "queue \"" + std::string{queue} + "\" keeps as much in RAM as it may ("
                              + std::to_string(allowance)
                              + " bytes); raise queue_config::resident_bytes and "
                                "broker_config::resident_bytes, add consumers, or declare it on "
                                "disk"};
}

error why_unable_to_spill(std::string_view queue, const error& outage) {
  return {outage.code, "queue \"" + std::string{queue}
                         + "\" has no RAM left and can spill nothing: " + outage.text};
}

error why_dying(std::string_view queue, std::size_t bytes) {
  return {errc::queue_full, "queue \"" + std::string{queue} + "\" has dead letters of "
                              + std::to_string(bytes)
                              + " bytes that its dead-letter queue has not taken; look at that"
                                " one"};
}

} // namespace ferry
