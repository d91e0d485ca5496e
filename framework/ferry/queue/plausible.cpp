#include "ferry/queue/plausible.hpp"

#include <algorithm>
#include <cstdint>

namespace ferry {

namespace {

constexpr auto longest = duration{std::int64_t{1} << 62};
constexpr auto most_messages = std::uint64_t{1} << 40; // as many as a queue can ever have
constexpr auto last_kind = settle_kind::keep;
constexpr auto last_number = std::uint64_t{1} << 62;

} // namespace

time_point made_plausible(time_point instant) noexcept {
  return std::clamp(instant, time_point{}, time_point{longest});
}

duration made_plausible(duration wait) noexcept {
  return std::clamp(wait, -longest, longest);
}

void make_plausible(settlement& item) noexcept {
  item.due = made_plausible(item.due);
  if (item.delay)
    item.delay = made_plausible(*item.delay);
}

bool is_plausible(const publish_request& request) noexcept {
  auto is_in_time = [](const envelope& item) {
    return item.published_at == made_plausible(item.published_at);
  };
  return value_of(request.first) <= last_number && value_of(request.oldest) <= last_number
         && request.page && std::ranges::all_of(*request.page, is_in_time);
}

bool is_plausible(const settlement& item) {
  return item.kind <= last_kind && item.count >= 1 && item.count <= most_messages;
}

bool is_plausible(const sequence_range& range) noexcept {
  return range.count <= most_messages && range.first <= last_sequence;
}

} // namespace ferry
