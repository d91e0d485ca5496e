// How fast the disk is, without any database.

#pragma once

#include <chrono>
#include <filesystem>

namespace ferry::benchmarks {

/// The median time of appending 4 KiB to a file in `folder` and calling fdatasync.
[[nodiscard]] std::chrono::nanoseconds raw_sync_time(const std::filesystem::path& folder);

} // namespace ferry::benchmarks
