#include "file_sum.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <system_error>
#include <vector>

namespace find_duplicates {

namespace {

constexpr auto chunk_bytes = std::size_t{1} << 20;

[[noreturn]] void fail(const char* step) {
  throw std::system_error{errno, std::generic_category(), step};
}

/// Where the search was started: for its helpers another directory than theirs.
class starting_point {
public:
  explicit starting_point(const path_bytes& directory) {
    static const auto here = to_bytes(std::filesystem::current_path().native());
    if (directory.empty() || directory == here)
      return;
    handle_ = ::open(to_path(directory).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (handle_ < 0)
      fail("open");
  }

  starting_point(const starting_point&) = delete;
  starting_point& operator=(const starting_point&) = delete;

  ~starting_point() {
    if (handle_ != AT_FDCWD)
      ::close(handle_);
  }

  [[nodiscard]] int handle() const noexcept {
    return handle_;
  }

private:
  int handle_ = AT_FDCWD;
};

class open_file {
public:
  // O_NONBLOCK: a pipe that took the file's place must not stop the worker.
  explicit open_file(const entry& file)
    : file_(::openat(starting_point{file.started_in}.handle(), to_path(file.path).c_str(),
                     O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK
                       | (file.from == origin::named ? 0 : O_NOFOLLOW))) {
    if (file_ < 0)
      fail("open");
  }

  open_file(const open_file&) = delete;
  open_file& operator=(const open_file&) = delete;

  ~open_file() {
    ::close(file_);
  }

  void expect_regular() const {
    struct stat facts {};
    if (::fstat(file_, &facts) != 0)
      fail("fstat");
    if (!S_ISREG(facts.st_mode))
      throw std::runtime_error{"not a regular file any more"};
  }

  /// The next bytes, as many as there are and fit; none at the end.
  [[nodiscard]] std::span<const std::byte> read(std::span<std::byte> space) const {
    for (;;)
      if (auto count = ::read(file_, space.data(), space.size()); count >= 0)
        return space.first(static_cast<std::size_t>(count));
      else if (errno != EINTR)
        fail("read");
  }

private:
  int file_;
};

} // namespace

std::optional<file_sum> sum_of_file(const entry& what, const reading_observer& observer) {
  thread_local auto space = std::vector<std::byte>(chunk_bytes);
  auto file = open_file{what};
  file.expect_regular();
  auto hash = sha256{};
  auto size = std::uint64_t{0};
  for (;;) {
    auto piece = file.read(space);
    if (!observer(piece.size()))
      return std::nullopt;
    if (piece.empty())
      return file_sum{hash.finish(), size};
    hash.add(piece);
    size += piece.size();
  }
}

} // namespace find_duplicates
