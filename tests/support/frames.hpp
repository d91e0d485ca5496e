// Frames as tests write and read them. Decides nothing.

#pragma once

#include "ferry/link/frame.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::testing {

/// Bytes of one frame, whose header may announce something else than follows.
[[nodiscard]] inline std::string frame(const frame_header& header, std::string_view text = "") {
  auto bytes = to_bytes(header);
  return std::string{bytes.begin(), bytes.end()} + std::string{text};
}

/// Bytes of a whole letter.
[[nodiscard]] inline std::string framed(std::uint32_t lane, std::string_view text) {
  return frame({static_cast<std::uint32_t>(text.size()), lane_id{lane}, true}, text);
}

/// The frames in `bytes` as "lane:length", with a dot where one ends its letter.
[[nodiscard]] inline std::string headers_of(std::span<const char> bytes) {
  auto text = std::string{};
  while (bytes.size() >= frame_header_bytes) {
    auto header = *frame_header_from(bytes.first<frame_header_bytes>());
    text += (text.empty() ? "" : " ") + std::to_string(static_cast<std::uint32_t>(header.lane))
            + ":" + std::to_string(header.length) + (header.ends_letter ? "." : "");
    bytes = bytes.subspan(frame_header_bytes + header.length);
  }
  return text;
}

} // namespace ferry::testing
