// What the user reads in the end.

#pragma once

#include "collection.hpp"

#include <chrono>
#include <string>

namespace find_duplicates {

/// The lines for standard output: every file whose content occurs more than once,
/// as sha256sum prints it, by digest and then by path.
[[nodiscard]] std::string duplicate_lines(const findings& found);

/// The lines for standard error: totals, what the queues did in this run, and
/// every path that could not be read with its reason.
[[nodiscard]] std::string summary(const findings& found, const ferry::broker& broker,
                                  std::chrono::duration<double> elapsed);

} // namespace find_duplicates
