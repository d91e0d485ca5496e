// Where the files of one journal lie, however its path was spelled.

#pragma once

#include <string>

namespace ferry::persistence {

/// The one spelling of `path`: different ones of the same file, and links to it,
/// meet at the same lock and the same marks.
[[nodiscard]] std::string resolved(const std::string& path);

/// The file of crash marks that belongs to the journal at `path`, any spelling.
[[nodiscard]] std::string marks_path(const std::string& path);

} // namespace ferry::persistence
