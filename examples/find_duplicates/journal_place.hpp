// Where the journal lies, and which files are its own.

#pragma once

#include "file_identity.hpp"

#include <set>
#include <string>

namespace find_duplicates {

/// The journal's path. One that was not named lies in a directory of its own,
/// which goes with this object.
class journal_place {
public:
  /// Empty   a temporary place
  /// Errors  std::system_error
  explicit journal_place(std::string named);
  journal_place(const journal_place&) = delete;
  journal_place& operator=(const journal_place&) = delete;
  ~journal_place();

  [[nodiscard]] const std::string& path() const noexcept {
    return path_;
  }

  [[nodiscard]] bool is_temporary() const noexcept {
    return !directory_.empty();
  }

  /// The files that an open journal consists of.
  [[nodiscard]] std::set<file_identity> files() const;

private:
  std::string directory_; // empty: the user's own
  std::string path_;
};

} // namespace find_duplicates
