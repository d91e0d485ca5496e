// Whether what another node said can be true. Cores rely on sums and differences that
// do not overflow; whoever writes letters by hand must not make them.

#pragma once

#include "ferry/message.hpp"
#include "ferry/outcome.hpp"
#include "ferry/queue/queue_core.hpp"

#include <span>

namespace ferry {

/// Whether an instant or a wait is within some 146 years of the epoch, or of now.
[[nodiscard]] bool is_plausible(time_point instant) noexcept;
[[nodiscard]] bool is_plausible(duration wait) noexcept;

[[nodiscard]] bool is_plausible(const publish_request& request) noexcept;
[[nodiscard]] bool is_plausible(const settlement& item);
[[nodiscard]] bool is_plausible(const sequence_range& range) noexcept;

} // namespace ferry
