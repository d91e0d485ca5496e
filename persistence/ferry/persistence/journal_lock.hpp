// One process per journal: a lock on a file beside the database. The database
// file itself is never locked here, its locks belong to SQLite.

#pragma once

#include "ferry/result.hpp"

#include <string>

namespace ferry::persistence {

/// Holds the lock file of one journal.
///
/// Lifetime  From `acquire` to destruction, or to the end of the process. The
///           file stays behind; only the lock on it means something. A child
///           made by `fork` without `exec` shares the lock and keeps it.
/// Errors    errc::journal_in_use names the process that holds the lock;
///           errc::journal_failed where the file cannot be created.
class journal_lock {
public:
  /// Locks the journal at `path`, or says at once who else holds it.
  [[nodiscard]] static result<journal_lock> acquire(const std::string& path);

  journal_lock(journal_lock&& other) noexcept;
  journal_lock& operator=(journal_lock&& other) noexcept;
  ~journal_lock();

private:
  explicit journal_lock(int file) noexcept : file_(file) {
  }

  int file_; // -1 after a move
};

/// The lock file of the journal at `path`.
[[nodiscard]] std::string lock_path(const std::string& path);

} // namespace ferry::persistence
