#include "ferry/persistence/journal_path.hpp"

#include <filesystem>
#include <system_error>

namespace ferry::persistence {

std::string resolved(const std::string& path) {
  auto unknown = std::error_code{};
  auto plain = std::filesystem::weakly_canonical(path, unknown);
  return unknown ? path : plain.string();
}

std::string marks_path(const std::string& path) {
  return resolved(path) + ".marks";
}

} // namespace ferry::persistence
