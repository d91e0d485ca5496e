// The tables and their versions: the only SQL that creates. Which rows mean what
// is told in docs/journal.md.

#pragma once

#include "ferry/result.hpp"

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <span>

namespace ferry::persistence {

/// Marks a SQLite file as a ferry journal: "frry".
inline constexpr std::int64_t application_id = 0x66727279;

/// The SQL that brings a journal from version i to version i + 1, i being its
/// place in the list. Creating is migrating from version 0.
using schema_step = const char*;

/// All steps ever released, oldest first; their number is the current version.
[[nodiscard]] std::span<const schema_step> schema_steps() noexcept;

/// Makes `database` a journal of the current version: creates an empty one,
/// migrates an older one step by step, each in one transaction.
/// Errors   errc::journal_foreign for a file of another application or of a newer
///          ferry: not a byte of it is changed then.
///          errc::journal_failed when reading or a step fails: the file stays at
///          the version that the last whole step reached.
[[nodiscard]] status prepare(SQLite::Database& database,
                             std::span<const schema_step> steps = schema_steps());

} // namespace ferry::persistence
