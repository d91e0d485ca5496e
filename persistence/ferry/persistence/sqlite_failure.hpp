// Where SQLite's exceptions end: each becomes one failure that knows which
// statement met it, and then an error that a person can act on.

#pragma once

#include "ferry/errors.hpp"

#include <SQLiteCpp/Exception.h>

#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

namespace ferry::persistence {

/// A SQLite exception with the name of the statement that met it. It never
/// leaves the persistence layer.
class sqlite_failure : public std::runtime_error {
public:
  sqlite_failure(const char* statement, const SQLite::Exception& cause);

  /// SQLite's extended result code; -1 when SQLiteCpp itself complains.
  [[nodiscard]] int code() const noexcept {
    return code_;
  }

private:
  int code_;
};

/// Runs `work`; a SQLite exception leaves it as a failure of `statement`.
template <class Work>
auto named(const char* statement, Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (const SQLite::Exception& cause) {
    throw sqlite_failure(statement, cause);
  }
}

/// Says what failed in the journal at `path`, and what to do about it.
[[nodiscard]] error explain(const std::string& path, const std::exception& cause);

} // namespace ferry::persistence
