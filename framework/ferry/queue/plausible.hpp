// Whether what another node said can be true. Cores rely on sums and differences that
// do not overflow; whoever writes letters by hand must not make them.

#pragma once

#include "ferry/message.hpp"
#include "ferry/outcome.hpp"
#include "ferry/queue/queue_core.hpp"

#include <span>

namespace ferry {

/// The nearest instant and wait that are within some 146 years of the epoch, or of now:
/// "for ever" is a wish that honest programs have, and a queue has its own limits.
[[nodiscard]] time_point made_plausible(time_point instant) noexcept;
[[nodiscard]] duration made_plausible(duration wait) noexcept;

/// Makes the times of a settlement plausible.
void make_plausible(settlement& item) noexcept;

[[nodiscard]] bool is_plausible(const publish_request& request) noexcept;
[[nodiscard]] bool is_plausible(const settlement& item);
[[nodiscard]] bool is_plausible(const sequence_range& range) noexcept;

} // namespace ferry
