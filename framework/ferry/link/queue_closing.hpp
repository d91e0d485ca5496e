// Whose end it is when a queue answers a client that it is closed.

#pragma once

#include "ferry/errors.hpp"

#include <cstdint>
#include <optional>

namespace ferry {

/// What was closed: the queue, or the broker and every link to it.
enum class closing : std::uint8_t { of_the_queue, of_the_broker };

/// Judges by what the broker says when it is asked for that queue; `nullopt`: there is
/// no broker any more that could say something. One that closes closes its queues
/// without forgetting them, and its clients are to find them again at the next one;
/// a queue that somebody closed is known as that, and stays away for good.
[[nodiscard]] constexpr closing closing_of(std::optional<errc> broker_says) noexcept {
  return broker_says && *broker_says != errc::none ? closing::of_the_queue : closing::of_the_broker;
}

} // namespace ferry
