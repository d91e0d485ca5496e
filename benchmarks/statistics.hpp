// From what was measured to the figures that are shown.

#pragma once

#include "scenario.hpp"

#include <string>
#include <vector>

namespace ferry::benchmarks {

/// Rate, quantiles of the latencies and figures of the commits, as far as the
/// outcome has them; its other figures as they are.
[[nodiscard]] figures summarise(outcome run);

/// The middle one; of an even number the upper of the two.
/// Expects  at least one
[[nodiscard]] double median(std::vector<double> values);

/// The values of `name` in all runs that have it, in their order.
[[nodiscard]] std::vector<double> values_of(const std::vector<figures>& runs,
                                            const std::string& name);

/// The run with the median of `name`.
/// Expects  at least one run, and the figure in every one
[[nodiscard]] const figures& median_run(const std::vector<figures>& runs, const std::string& name);

} // namespace ferry::benchmarks
