// What ferry wants to reach, as one table, and how a figure is held against it.
// Goals are no assertions: a missed one is printed, and nothing fails.

#pragma once

#include "scenario.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ferry::benchmarks {

/// One figure of one scenario.
struct figure_name {
  std::string scenario;
  std::string figure;
};

enum class bound : std::uint8_t { at_least, at_most };

struct goal {
  std::string what;
  figure_name subject;
  std::optional<figure_name> base; // none: the subject itself is held against the limit
  bound kind;
  double limit;
};

/// All goals.
[[nodiscard]] const std::vector<goal>& goals();

/// Every scenario that a goal speaks of, each once.
[[nodiscard]] std::vector<std::string> scenarios_of_goals();

/// The runs of each scenario by its name.
using results = std::map<std::string, std::vector<figures>>;

/// The subject's median, divided by the base's where there is one; nothing where one
/// of the two was not measured.
[[nodiscard]] std::optional<double> achieved(const goal& wanted, const results& measured);

[[nodiscard]] bool is_reached(const goal& wanted, double value);

} // namespace ferry::benchmarks
