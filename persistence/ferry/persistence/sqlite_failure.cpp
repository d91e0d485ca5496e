#include "ferry/persistence/sqlite_failure.hpp"

#include <sqlite3.h>

namespace ferry::persistence {

namespace {

std::string described(const char* statement, const SQLite::Exception& cause) {
  return std::string{"\""} + statement + "\" failed: " + cause.what() + " (SQLite code "
         + std::to_string(cause.getExtendedErrorCode()) + ")";
}

// The extended code holds the plain one in its lowest byte.
const char* what_to_do(int code) {
  switch (code & 0xff) {
  case SQLITE_FULL: return "free space on the disk";
  case SQLITE_IOERR: return "check the disk";
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB: return "the file is damaged; restore a copy or move it away";
  case SQLITE_BUSY:
  case SQLITE_LOCKED: return "end the other program that writes to the file";
  case SQLITE_CANTOPEN:
  case SQLITE_PERM:
  case SQLITE_READONLY:
    return "the journal needs a regular file, in a directory, both writable by this user";
  default: return "what was not confirmed is not stored";
  }
}

int code_of(const std::exception& cause) {
  const auto* failure = dynamic_cast<const sqlite_failure*>(&cause);
  return failure ? failure->code() : -1;
}

} // namespace

sqlite_failure::sqlite_failure(const char* statement, const SQLite::Exception& cause)
  : std::runtime_error(described(statement, cause)),
    code_(cause.getExtendedErrorCode()) {
}

error explain(const std::string& path, const std::exception& cause) {
  auto code = code_of(cause);
  return {errc::journal_failed, "journal \"" + path + "\": " + cause.what() + "; "
                                  + what_to_do(code < 0 ? SQLITE_ERROR : code)};
}

} // namespace ferry::persistence
