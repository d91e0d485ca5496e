// Texts that users wrote, cut so that a chatty handler cannot fill the disk.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ferry {

/// `text`, cut to at most `longest` bytes, never within a UTF-8 sequence.
[[nodiscard]] inline std::string shortened(std::string_view text, std::size_t longest) {
  if (text.size() <= longest)
    return std::string{text};
  auto end = longest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
    --end;
  return std::string{text.substr(0, end)};
}

} // namespace ferry
