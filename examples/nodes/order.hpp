// What travels between the three programs.

#pragma once

#include "ferry/codec/codec.hpp"

#include <cstdint>
#include <string>

namespace nodes {

struct order {
  std::string from; // the producer's name
  std::uint64_t number = 0;
};
FERRY_DESCRIBE_AS("nodes.order", order, from, number)

} // namespace nodes
