// One run of one scenario in a process of its own, so that its peak memory, and a
// crash, are its own.

#pragma once

#include "scenario.hpp"

#include <stdexcept>

namespace ferry::benchmarks {

/// Starts this program again for one run and returns its figures, among them
/// "peak_mib", the most memory that was resident.
/// Errors   wrong_run: the run was wrong, or the process died; interrupted
[[nodiscard]] figures run_in_child(const scenario& item, const settings& given);

/// What the started process does: runs, and writes figures or the reason why there
/// are none to its standard output. Returns the exit status.
[[nodiscard]] int run_as_child(const scenario& item, const settings& given);

/// Thrown when the user wants to stop (SIGINT, SIGTERM): the child is gone then.
class interrupted : public std::runtime_error {
public:
  interrupted() : std::runtime_error("interrupted") {
  }
};

} // namespace ferry::benchmarks
