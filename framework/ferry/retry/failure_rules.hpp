// What a failure means, told by its reason: worth another try, hopeless, or a
// sign that nothing will succeed for a while.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace ferry {

/// What follows from a nack.
enum class failure_kind : std::uint8_t {
  retryable, // counts; comes back after the queue's wait
  fatal,     // as a reject: to the dead-letter queue at once
  pause,     // does not count; returns to its place, and the queue pauses
};

[[nodiscard]] std::string_view to_string(failure_kind kind) noexcept;

/// Failures whose reason contains `text` are of this kind.
struct failure_rule {
  std::string text; // 1 to 200 bytes in one line
  failure_kind kind = failure_kind::retryable;

  friend bool operator==(const failure_rule&, const failure_rule&) = default;
};

/// The kind that the first matching rule says; retryable where none matches.
[[nodiscard]] failure_kind classify(std::span<const failure_rule> rules,
                                    std::string_view reason) noexcept;

} // namespace ferry
