// The port for what keeps a journal's files short beside its commits.

#pragma once

#include "ferry/result.hpp"

#include <cstdint>

namespace ferry::persistence {

/// How far a step came, in bytes of the log.
struct upkeep_report {
  std::uint64_t log_bytes = 0;   // when the step began
  std::uint64_t moved_bytes = 0; // of them, in the database and synced
};

/// Moves what commits wrote to the log into the database. A step may take as long as
/// the disk likes: commits go on meanwhile.
///
/// Lifetime  Belongs to one opening of the file; the next one has its own.
/// Errors    errc::journal_failed; nothing is lost then, the log only stays longer.
/// Threads   One owner at a time; a thread of its own beside the journal's.
class journal_upkeep {
public:
  virtual ~journal_upkeep() = default;

  /// Moves what is in the log when it begins.
  [[nodiscard]] virtual result<upkeep_report> step() = 0;
};

} // namespace ferry::persistence
