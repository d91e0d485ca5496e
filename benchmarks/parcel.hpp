// The message that all of ferry's scenarios publish.

#pragma once

#include "ferry/codec/codec.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace ferry::benchmarks {

struct parcel {
  std::uint64_t number = 0; // on its way, from 0
  std::string filling;
};
FERRY_DESCRIBE(parcel, number, filling)

/// A parcel whose encoding has about `bytes`: names, number and headers take some 25.
[[nodiscard]] inline parcel parcel_of(std::size_t bytes) {
  return {0, std::string(bytes > 25 ? bytes - 25 : 1, 'x')};
}

} // namespace ferry::benchmarks
