// Numbers as people read them.

#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace find_duplicates {

/// 1,234,567
[[nodiscard]] std::string with_commas(std::uint64_t number);

/// 999 B, 1.5 KiB, 20.0 GiB
[[nodiscard]] std::string as_bytes(std::uint64_t bytes);

/// 0:07, 12:34, 1:02:03
[[nodiscard]] std::string as_clock(std::chrono::duration<double> time);

} // namespace find_duplicates
