#include "units.hpp"

#include <fmt/format.h>

#include <array>

namespace find_duplicates {

std::string with_commas(std::uint64_t number) {
  auto text = std::to_string(number);
  for (auto at = text.size(); at > 3;)
    text.insert(at -= 3, ",");
  return text;
}

std::string as_bytes(std::uint64_t bytes) {
  constexpr auto units = std::array{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  if (bytes < 1024)
    return fmt::format("{} B", bytes);
  auto amount = static_cast<double>(bytes) / 1024;
  auto unit = std::size_t{0};
  for (; amount >= 1023.95; ++unit) // would be printed as 1024.0
    amount /= 1024;
  return fmt::format("{:.1f} {}", amount, units[unit]);
}

std::string as_clock(std::chrono::duration<double> time) {
  auto seconds = static_cast<std::uint64_t>(time.count() + 0.5);
  auto minutes = seconds / 60;
  if (minutes < 60)
    return fmt::format("{}:{:02}", minutes, seconds % 60);
  return fmt::format("{}:{:02}:{:02}", minutes / 60, minutes % 60, seconds % 60);
}

} // namespace find_duplicates
