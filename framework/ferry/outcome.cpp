#include "ferry/outcome.hpp"

namespace ferry {

std::string_view to_string(durability_level level) noexcept {
  switch (level) {
  case durability_level::memory: return "memory";
  case durability_level::synced: return "synced";
  }
  return "unknown";
}

} // namespace ferry
