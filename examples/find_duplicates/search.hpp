// One search from its beginning, or from where it was left, to its result.

#pragma once

#include "command_line.hpp"
#include "interruption.hpp"

namespace find_duplicates {

enum class exit_status : int {
  done = 0,
  some_unreadable = 1,
  unusable = 2, // arguments, journal or standard output
  interrupted = 130,
};

/// Prints the duplicates on standard output and a summary on standard error.
/// Errors   interrupted; std::exception for what makes a run impossible
[[nodiscard]] exit_status search(const command_line& wanted, const interruption& signals);

} // namespace find_duplicates
