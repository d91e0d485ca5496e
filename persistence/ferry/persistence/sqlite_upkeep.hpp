// A further connection to a journal's file, which moves the log into the database.

#pragma once

#include "ferry/persistence/journal_upkeep.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace ferry::persistence {

/// Opens the upkeep of the file at `path`, which a journal of this process has open.
/// Throws   sqlite_failure
[[nodiscard]] std::unique_ptr<journal_upkeep>
open_sqlite_upkeep(const std::string& path, std::chrono::milliseconds patience);

} // namespace ferry::persistence
