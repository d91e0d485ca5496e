// The program that knows no other brokers.

#include "../catalogue.hpp"

namespace ferry::benchmarks {

const std::vector<scenario>& peer_scenarios() {
  static const auto none = std::vector<scenario>{};
  return none;
}

} // namespace ferry::benchmarks
