// All scenarios with their names and usual settings: what --list prints.

#pragma once

#include "scenario.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::benchmarks {

/// ferry's scenarios and the bare SQLite's.
[[nodiscard]] const std::vector<scenario>& own_scenarios();

/// The same work done by other brokers, which have to run already; empty in the
/// program that is built without them. Defined in peers/.
[[nodiscard]] const std::vector<scenario>& peer_scenarios();

/// Null where there is none of that name.
[[nodiscard]] const scenario* find_scenario(std::string_view name);

/// What the command line changes for every scenario that has such a setting.
struct overrides {
  std::optional<std::uint64_t> messages = {};
  std::optional<std::size_t> payload_bytes = {};
  std::optional<std::uint64_t> depth = {}; // of the deep ones: those at 1,000 stay there
};

[[nodiscard]] settings settings_for(const scenario& item, const overrides& changes);

} // namespace ferry::benchmarks
