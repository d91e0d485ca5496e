// One search from its beginning, or from where it was left, to its result.

#pragma once

#include "command_line.hpp"
#include "exit_status.hpp"
#include "interruption.hpp"

namespace find_duplicates {

/// Prints the duplicates on standard output and a summary on standard error. Helpers
/// are let in where that is wanted.
/// Errors   interrupted; std::exception for what makes a run impossible
[[nodiscard]] exit_status search(const command_line& wanted, const interruption& signals);

} // namespace find_duplicates
