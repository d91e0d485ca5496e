#include "file_identity.hpp"

#include <sys/stat.h>

namespace find_duplicates {

std::optional<file_identity> identity_of(const std::string& path, origin from) {
  struct stat facts {};
  auto outcome =
    from == origin::named ? ::stat(path.c_str(), &facts) : ::lstat(path.c_str(), &facts);
  if (outcome != 0)
    return std::nullopt;
  return file_identity{facts.st_dev, facts.st_ino};
}

} // namespace find_duplicates
