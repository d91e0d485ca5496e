// What a directory holds.

#pragma once

#include "messages.hpp"

#include <string>
#include <vector>

namespace find_duplicates {

/// Paths of what is worth a look. Symbolic links, devices, pipes and sockets are
/// left out.
struct directory_listing {
  std::vector<std::string> directories;
  std::vector<std::string> files;
};

/// Lists a directory, not what is below it. A path that was named may also be a
/// file, which is then all that it holds.
/// Order    as the file system has it
/// Errors   std::system_error, and std::runtime_error for a named device and the
///          like; a list is complete or not given
[[nodiscard]] directory_listing list(const std::string& path, origin from);

/// Leaves out what lies in another of the directories, so that no file is met by
/// two paths. What cannot be resolved stays, to be reported when it is walked.
[[nodiscard]] std::vector<std::string>
without_overlaps(const std::vector<std::string>& directories);

} // namespace find_duplicates
