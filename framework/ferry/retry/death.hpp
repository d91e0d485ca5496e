// Why a message ended in a dead-letter queue, and how that is written beside it.

#pragma once

#include "ferry/message.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ferry {

enum class death_cause : std::uint8_t {
  rejected,    // a consumer said that it will never succeed
  exhausted,   // delivered `max_deliveries` times without an ack
  undecodable, // the payload is not what the consumer's codec expects
  expired,     // the deadline of its last delivery passed
  overflow,    // its queue was full
};

[[nodiscard]] std::string_view to_string(death_cause cause) noexcept;

/// The end of a message, as its dead letter tells it.
struct death {
  std::string queue; // where the message was published
  sequence_number sequence{};
  death_cause cause{};
  std::string reason; // the consumer's text, at most `longest_reason` bytes
  std::uint32_t deliveries = 0;
  time_point at{};

  friend bool operator==(const death&, const death&) = default;
};

/// Reasons are cut to this many bytes, so that a chatty handler cannot fill the
/// dead-letter queue.
inline constexpr std::size_t longest_reason = 2000;

/// The letter's envelope: the message as it was, with the death in headers that
/// begin with "ferry-death-".
[[nodiscard]] envelope dead_letter(const envelope& message, const death& end);

/// Whether a death is written in `message`'s headers.
[[nodiscard]] bool is_dead(const envelope& message);

/// The death written in `message`'s headers; `nullopt` for a living message.
[[nodiscard]] std::optional<death> death_of(const envelope& message);

} // namespace ferry
