// The deliveries of a message that came to nothing, as its headers tell them: when,
// to whom, for how long, and why it ended. A dead letter keeps them.

#pragma once

#include "ferry/message.hpp"
#include "ferry/time.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ferry {

/// One delivery that failed.
struct attempt {
  std::uint32_t number = 1; // which delivery of the message
  time_point at{};          // when it left the queue
  duration held{};          // how long it was out
  std::string consumer;     // the consumer's name
  std::string reason;       // why it came back, at most `longest_attempt_reason` bytes

  friend bool operator==(const attempt&, const attempt&) = default;
};

/// A message's history is bounded: of its first deliveries, and in the length of
/// each reason.
inline constexpr std::uint32_t attempts_kept = 32;
inline constexpr std::size_t longest_attempt_reason = 200;

/// The header that holds the history, one line per attempt.
inline constexpr auto attempts_header = "ferry-attempts";

/// One line of that header, with its line break: number, at and held in
/// nanoseconds, consumer, reason, separated by tabs. Tabs, line breaks, zero bytes
/// and backslashes inside a text are escaped.
[[nodiscard]] std::string to_line(const attempt& item);

/// The history in `message`'s headers, the oldest first; lines that cannot be read
/// are left out.
[[nodiscard]] std::vector<attempt> attempts_of(const envelope& message);

/// `message` with `lines` added to its history; no lines leave it as it is.
[[nodiscard]] envelope with_attempts(const envelope& message, std::string_view lines);

} // namespace ferry
