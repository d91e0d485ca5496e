// Which file a path leads to, whatever the path looks like.

#pragma once

#include "messages.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>

namespace find_duplicates {

struct file_identity {
  std::uint64_t device = 0;
  std::uint64_t number = 0; // of the inode

  friend auto operator<=>(const file_identity&, const file_identity&) = default;
};

/// `nullopt` where there is no such file.
[[nodiscard]] std::optional<file_identity> identity_of(const std::string& path, origin from);

} // namespace find_duplicates
