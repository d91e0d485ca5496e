// The pieces in which letters travel over a byte stream.
//
//   byte  0 .. 3   how many bytes of the letter follow, little endian
//   byte  4 .. 7   the lane, little endian
//   byte  8        1 where the letter ends with this frame, else 0

#pragma once

#include "ferry/link/letter.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace ferry {

/// What stands before each piece.
struct frame_header {
  std::uint32_t length = 0;
  lane_id lane{};
  bool ends_letter = true;

  friend bool operator==(const frame_header&, const frame_header&) = default;
};

inline constexpr std::size_t frame_header_bytes = 9;

[[nodiscard]] std::array<char, frame_header_bytes> to_bytes(const frame_header& header) noexcept;

/// Errors   `nullopt` for what no link writes
[[nodiscard]] std::optional<frame_header>
frame_header_from(std::span<const char, frame_header_bytes> bytes) noexcept;

} // namespace ferry
