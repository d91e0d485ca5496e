// Deliveries on their way to another node: how many letters they make, and what their
// deadlines mean where they arrive.

#pragma once

#include "ferry/consumer/delivery_inbox.hpp"
#include "ferry/time.hpp"

#include <cstddef>
#include <vector>

namespace ferry {

/// How many bytes of payload make a letter long enough: what follows goes into another
/// one, so that a consumer with much credit begins before all of it is there.
inline constexpr auto enough_bytes = std::size_t{1} << 20;

/// Cuts `runs` into parts, in order, each of which is to be a letter of its own. A part
/// ends with the run by which it has `enough_bytes`; runs are not cut.
/// Shape   no part is empty; no runs make no parts
[[nodiscard]] std::vector<std::vector<delivered_run>> into_parts(std::vector<delivered_run> runs);

/// `runs` with the deadlines of another clock, on which it was `sent` when they left, as
/// deadlines of this one, on which it is `now`: whoever had a second left has one now.
/// What has no deadline gets none.
[[nodiscard]] std::vector<delivered_run> on_this_clock(std::vector<delivered_run> runs,
                                                       time_point sent, time_point now);

} // namespace ferry
