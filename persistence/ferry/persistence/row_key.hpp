// The integer that places a message in its table. Keys come in extents, stretches
// that belong to one queue each; row_extents says whose they are.
//
//   bit   63 | 62 ........... 20 | 19 ........ 0
//          0 | extent (43 bits)  | place (20 bits)

#pragma once

#include "ferry/ids.hpp"

#include <cassert>
#include <cstdint>

namespace ferry::persistence {

using row_key = std::int64_t;

enum class extent_number : std::uint64_t { none = 0 };

inline constexpr auto last_extent = extent_number{(std::uint64_t{1} << 43) - 1};
inline constexpr auto places_per_extent = std::uint64_t{1} << 20;

/// The keys from `first` to `last`, both included; none when `last` is smaller.
struct key_range {
  row_key first = 0;
  row_key last = -1;

  friend bool operator==(const key_range&, const key_range&) = default;
};

[[nodiscard]] constexpr row_key key_of(extent_number extent, std::uint64_t place) noexcept {
  assert(extent <= last_extent && place < places_per_extent);
  return static_cast<row_key>(value_of(extent) << 20 | place);
}

} // namespace ferry::persistence
