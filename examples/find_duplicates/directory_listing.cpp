#include "directory_listing.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <map>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

namespace find_duplicates {

namespace {

struct closer {
  void operator()(DIR* directory) const noexcept {
    ::closedir(directory);
  }
};

using open_directory = std::unique_ptr<DIR, closer>;

[[noreturn]] void fail(const char* step) {
  throw std::system_error{errno, std::generic_category(), step};
}

// A directory that has become a link meanwhile is refused.
open_directory open(const std::string& path, origin from) {
  auto links = from == origin::named ? 0 : O_NOFOLLOW;
  auto file = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | links);
  if (file < 0)
    fail("open");
  auto directory = open_directory{::fdopendir(file)};
  if (!directory)
    fail("fdopendir");
  return directory;
}

// Not every file system says what an entry is.
unsigned char kind_of(DIR& directory, const dirent& item) {
  if (item.d_type != DT_UNKNOWN)
    return item.d_type;
  struct stat facts {};
  if (::fstatat(::dirfd(&directory), item.d_name, &facts, AT_SYMLINK_NOFOLLOW) != 0)
    return DT_REG; // gone: reading it will say so
  return static_cast<unsigned char>(IFTODT(facts.st_mode));
}

std::string joined(const std::string& directory, std::string_view name) {
  auto path = directory;
  if (!path.ends_with('/'))
    path += '/';
  return path += name;
}

directory_listing list_directory(const std::string& path, origin from) {
  auto found = directory_listing{};
  auto directory = open(path, from);
  while ((errno = 0, true))
    if (const auto* item = ::readdir(directory.get())) {
      auto name = std::string_view{item->d_name};
      auto kind = kind_of(*directory, *item);
      if (kind == DT_REG)
        found.files.push_back(joined(path, name));
      else if (kind == DT_DIR && name != "." && name != "..")
        found.directories.push_back(joined(path, name));
    } else if (errno != 0) {
      fail("readdir");
    } else {
      break;
    }
  return found;
}

// The path without links, dots and double slashes, with a slash at its end;
// empty if it leads nowhere.
std::string resolved(const std::string& path) {
  auto real =
    std::unique_ptr<char, decltype(&std::free)>{::realpath(path.c_str(), nullptr), &std::free};
  return real ? joined(real.get(), "") : std::string{};
}

} // namespace

directory_listing list(const std::string& path, origin from) {
  struct stat facts {};
  if (from == origin::named && ::stat(path.c_str(), &facts) == 0 && !S_ISDIR(facts.st_mode)) {
    if (!S_ISREG(facts.st_mode))
      throw std::runtime_error{"neither a directory nor a regular file"};
    return {{}, {path}};
  }
  return list_directory(path, from);
}

// Shorter paths first: nothing lies in a directory whose path is longer.
std::vector<std::string> without_overlaps(const std::vector<std::string>& directories) {
  auto by_length = std::multimap<std::size_t, std::pair<std::string, std::string>>{};
  for (const auto& path : directories) {
    auto real = resolved(path);
    by_length.emplace(real.size(), std::pair{real, path});
  }
  auto kept = std::vector<std::string>{};
  auto covered = std::vector<std::string>{};
  for (const auto& [length, item] : by_length) {
    const auto& [real, path] = item;
    auto is_inside = [&](const auto& other) { return real.starts_with(other); };
    if (std::ranges::any_of(covered, is_inside))
      continue;
    if (!real.empty())
      covered.push_back(real);
    kept.push_back(path);
  }
  return kept;
}

} // namespace find_duplicates
