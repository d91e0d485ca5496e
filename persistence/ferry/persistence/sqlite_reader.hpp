// A second connection to a journal's file, which only reads.

#pragma once

#include "ferry/persistence/journal_reader.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace ferry::persistence {

/// Opens a reader of the file at `path`, which a journal of this process has open.
/// It shares no cache and no lock with the journal's connection: a long page never
/// holds up a commit.
/// Throws   sqlite_failure
[[nodiscard]] std::unique_ptr<journal_reader>
open_sqlite_reader(const std::string& path, std::chrono::milliseconds patience);

} // namespace ferry::persistence
