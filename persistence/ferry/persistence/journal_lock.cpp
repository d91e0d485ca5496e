#include "ferry/persistence/journal_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace ferry::persistence {

namespace {

std::string text_of(int code) {
  return std::generic_category().message(code);
}

int open_file(const std::string& path) {
  auto file = -1;
  do
    file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  while (file < 0 && errno == EINTR);
  return file;
}

int try_lock(int file) {
  auto outcome = -1;
  do
    outcome = ::flock(file, LOCK_EX | LOCK_NB);
  while (outcome < 0 && errno == EINTR);
  return outcome == 0 ? 0 : errno;
}

// The pid only serves the message of whoever comes second, so a full disk is no
// reason to refuse the lock.
void write_pid(int file) {
  auto text = std::to_string(::getpid()) + "\n";
  auto written = ::ftruncate(file, 0) == 0 && ::pwrite(file, text.data(), text.size(), 0) > 0;
  static_cast<void>(written);
}

std::string holder(int file) {
  auto text = std::array<char, 32>{};
  auto length = ::pread(file, text.data(), text.size(), 0);
  auto pid = std::string(text.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  pid.erase(pid.find_last_not_of('\n') + 1);
  return pid.empty() ? "another process" : "process " + pid;
}

error not_locked(const std::string& path, int file, int code) {
  if (code == EWOULDBLOCK)
    return {errc::journal_in_use, "journal \"" + path + "\" is in use by " + holder(file)
                                    + "; end it, or give this process a journal of its own"};
  return {errc::journal_failed, "lock file \"" + lock_path(path) + "\" cannot be locked: "
                                  + text_of(code) + "; keep the journal on a local disk"};
}

} // namespace

std::string lock_path(const std::string& path) {
  return path + ".lock";
}

result<journal_lock> journal_lock::acquire(const std::string& path) {
  auto file = open_file(lock_path(path));
  if (file < 0)
    return error{errc::journal_failed,
                 "lock file \"" + lock_path(path) + "\" cannot be opened: " + text_of(errno)
                   + "; the journal needs an existing directory in which this user may create"
                     " files"};
  auto lock = journal_lock{file};
  if (auto code = try_lock(file); code != 0)
    return not_locked(path, file, code);
  write_pid(file);
  return lock;
}

journal_lock::journal_lock(journal_lock&& other) noexcept : file_(std::exchange(other.file_, -1)) {
}

journal_lock& journal_lock::operator=(journal_lock&& other) noexcept {
  std::swap(file_, other.file_);
  return *this;
}

journal_lock::~journal_lock() {
  if (file_ >= 0)
    ::close(file_);
}

} // namespace ferry::persistence
