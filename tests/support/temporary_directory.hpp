// A directory of its own for a test that needs files, gone when the test ends.

#pragma once

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

namespace ferry::testing {

/// Lives below the system's directory for temporary files.
class temporary_directory {
public:
  temporary_directory() {
    auto pattern = (std::filesystem::temp_directory_path() / "ferry-XXXXXX").string();
    if (!::mkdtemp(pattern.data()))
      throw std::system_error(errno, std::generic_category(), pattern);
    path_ = pattern;
  }

  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;

  ~temporary_directory() {
    auto ignored = std::error_code{};
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::filesystem::path& path() const noexcept {
    return path_;
  }

  /// The path of `name` inside, whether there is such a file or not.
  [[nodiscard]] std::string file(const std::string& name) const {
    return (path_ / name).string();
  }

  void write(const std::string& name, const std::string& bytes) const {
    std::ofstream{file(name), std::ios::binary} << bytes;
  }

  [[nodiscard]] std::string bytes(const std::string& name) const {
    auto stream = std::ifstream{file(name), std::ios::binary};
    return {std::istreambuf_iterator<char>{stream}, {}};
  }

private:
  std::filesystem::path path_;
};

} // namespace ferry::testing
