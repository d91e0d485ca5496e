#include "ferry/link/delivery_transit.hpp"

#include <utility>

namespace ferry {

std::vector<std::vector<delivered_run>> into_parts(std::vector<delivered_run> runs) {
  auto parts = std::vector<std::vector<delivered_run>>{};
  auto bytes = enough_bytes; // of the last part; there is none that could take a run
  for (auto& item : runs) {
    if (bytes >= enough_bytes) {
      parts.emplace_back();
      bytes = 0;
    }
    bytes += resident_bytes(item.run);
    parts.back().push_back(std::move(item));
  }
  return parts;
}

std::vector<delivered_run> on_this_clock(std::vector<delivered_run> runs, time_point sent,
                                         time_point now) {
  auto shifted = [shift = now - sent](time_point instant) {
    return instant == never ? never : later(instant, shift);
  };
  for (auto& item : runs) {
    item.deadline = shifted(item.deadline);
    item.limit = shifted(item.limit);
  }
  return runs;
}

} // namespace ferry
