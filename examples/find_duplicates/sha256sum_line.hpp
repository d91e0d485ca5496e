// How sha256sum of GNU coreutils (9.0 and later) writes a line.

#pragma once

#include "sha256.hpp"

#include <string>
#include <string_view>

namespace find_duplicates {

/// The path on one line: backslash, newline and carriage return become \\, \n
/// and \r. All other bytes stay as they are.
[[nodiscard]] std::string escaped(std::string_view path);

/// Digest, two spaces, path and a newline. A path that had to be escaped is
/// announced by a backslash before the digest.
[[nodiscard]] std::string sha256sum_line(const sha256_digest& digest, std::string_view path);

} // namespace find_duplicates
