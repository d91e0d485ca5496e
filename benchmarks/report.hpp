// What is printed and written: lines for people, JSON lines for programs.

#pragma once

#include "goals.hpp"
#include "runner.hpp"

#include <filesystem>
#include <ostream>
#include <string>

namespace ferry::benchmarks {

/// The machine, a line with the names of the columns, one line per scenario with its
/// median run, and one per goal of which both sides were measured.
[[nodiscard]] std::string table(const plan& done, const results& measured);

/// One JSON object per scenario and line: settings, median run, the main figure of
/// every run, machine and date.
[[nodiscard]] std::string json_lines(const plan& done, const results& measured);

/// The name and the description of all scenarios.
[[nodiscard]] std::string list_of_scenarios();

} // namespace ferry::benchmarks
