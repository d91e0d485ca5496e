// The file of the log, made long before it is needed: a commit that makes it longer
// takes twice as long as one that writes into blocks which are there.

#pragma once

#include <SQLiteCpp/Database.h>

#include <cstdint>

namespace ferry::persistence {

/// Writes zeros behind what the file holds, until it has `bytes`; one that is long
/// enough stays as it is. Needs a write transaction, so that nobody appends meanwhile.
/// A log ends where its checksums do: zeros are no part of it, also after a crash.
/// Throws   sqlite_failure
void lengthen_log(SQLite::Database& database, std::uint64_t bytes);

} // namespace ferry::persistence
