// The digest of one file.

#pragma once

#include "messages.hpp"
#include "sha256.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace find_duplicates {

struct file_sum {
  sha256_digest digest{};
  std::uint64_t size = 0; // bytes
};

/// Hears how many bytes were read, at least once per MiB; false stops reading.
using reading_observer = std::function<bool(std::uint64_t)>;

/// Reads the file to its end, wherever this process was started; `nullopt` when
/// `observer` stopped it.
/// Errors   std::system_error, and std::runtime_error for what is no regular file
[[nodiscard]] std::optional<file_sum> sum_of_file(const entry& file,
                                                  const reading_observer& observer);

} // namespace find_duplicates
