#include "journal_place.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace find_duplicates {

namespace {

namespace fs = std::filesystem;

std::string new_directory() {
  auto pattern = (fs::temp_directory_path() / "find_duplicates-XXXXXX").string();
  if (!::mkdtemp(pattern.data()))
    throw std::system_error{errno, std::generic_category(), pattern};
  return pattern;
}

} // namespace

journal_place::journal_place(std::string named) : path_(std::move(named)) {
  if (!path_.empty())
    return;
  directory_ = new_directory();
  path_ = directory_ + "/journal.db";
}

journal_place::~journal_place() {
  auto ignored = std::error_code{};
  if (is_temporary())
    fs::remove_all(directory_, ignored);
}

std::set<file_identity> journal_place::files() const {
  auto known = std::set<file_identity>{};
  auto unresolved = std::error_code{};
  auto file = fs::weakly_canonical(path_, unresolved); // its companions lie beside the real file
  for (const auto* suffix : {"", "-wal", "-shm", ".lock", ".marks"})
    if (auto identity = identity_of((unresolved ? path_ : file.string()) + suffix, origin::named))
      known.insert(*identity);
  return known;
}

} // namespace find_duplicates
