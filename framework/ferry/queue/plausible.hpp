// Whether what another node said can be true, and what its endless times come to. Cores
// rely on sums and differences that do not overflow; whoever writes letters by hand must
// not make them.

#pragma once

#include "ferry/message.hpp"
#include "ferry/outcome.hpp"
#include "ferry/queue/queue_core.hpp"

#include <span>

namespace ferry {

/// An instant from the epoch to some 146 years later, and a wait of at most as long, to
/// either side; what lies beyond becomes the nearest of them: "for ever" is a wish that
/// honest programs have, and a queue has its own limits.
[[nodiscard]] time_point made_plausible(time_point instant) noexcept;
[[nodiscard]] duration made_plausible(duration wait) noexcept;

/// Makes the times of a settlement plausible.
void make_plausible(settlement& item) noexcept;

[[nodiscard]] bool is_plausible(const publish_request& request) noexcept;
[[nodiscard]] bool is_plausible(const settlement& item);
[[nodiscard]] bool is_plausible(const sequence_range& range) noexcept;

} // namespace ferry
