#include "ferry/link/frame.hpp"

namespace ferry {

namespace {

constexpr auto bits_per_byte = 8;

void put(std::uint32_t value, std::span<char, 4> out) noexcept {
  for (auto& byte : out) {
    byte = static_cast<char>(value & 0xff);
    value >>= bits_per_byte;
  }
}

std::uint32_t number_from(std::span<const char, 4> bytes) noexcept {
  auto value = std::uint32_t{0};
  for (auto i = bytes.size(); i > 0; --i)
    value = value << bits_per_byte | static_cast<unsigned char>(bytes[i - 1]);
  return value;
}

} // namespace

std::array<char, frame_header_bytes> to_bytes(const frame_header& header) noexcept {
  auto bytes = std::array<char, frame_header_bytes>{};
  auto all = std::span{bytes};
  put(header.length, all.subspan<0, 4>());
  put(static_cast<std::uint32_t>(header.lane), all.subspan<4, 4>());
  all[8] = header.ends_letter ? 1 : 0;
  return bytes;
}

std::optional<frame_header>
frame_header_from(std::span<const char, frame_header_bytes> bytes) noexcept {
  auto last = bytes[8];
  if (last != 0 && last != 1)
    return std::nullopt;
  return frame_header{number_from(bytes.subspan<0, 4>()),
                      lane_id{number_from(bytes.subspan<4, 4>())}, last == 1};
}

} // namespace ferry
