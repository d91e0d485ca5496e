#include "ferry/queue/read_ahead.hpp"

#include <algorithm>

namespace ferry {

page_limit page_within(std::size_t allowance) noexcept {
  auto part = allowance / 4; // for payloads, and as much for what comes with them
  auto rows = std::clamp(part / envelope_bytes, std::size_t{1}, std::size_t{largest_page.rows});
  return {static_cast<std::uint32_t>(rows), std::clamp(part, std::size_t{1}, largest_page.bytes)};
}

std::optional<page_limit> read_ahead::next(const ready_index& ready, std::uint64_t taken,
                                           std::size_t beside) {
  unheeded_ -= std::min(unheeded_, taken);
  if (!ready.missing() || (unheeded_ > 0 && ready.ahead(1).messages > 0))
    return std::nullopt;
  auto allowance = ready.allowance(beside);
  if (beside > 0 && beside >= allowance)
    return std::nullopt;
  allowance -= beside;
  auto page = page_within(allowance);
  auto ahead = ready.ahead(2 * page.rows);
  auto is_low = ahead.messages < page.rows && ahead.bytes <= allowance / 2;
  if (ahead.messages == 0 || is_low)
    return page;
  if (ahead.messages > page.rows)
    unheeded_ = ahead.messages - page.rows;
  return std::nullopt;
}

} // namespace ferry
