#include "ferry/persistence/mark_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

namespace ferry::persistence {

namespace {

// The first slot is no slot: its first word says whose file this is. The word of
// a blank file is zero, as a power loss may leave it.
using head_word = std::atomic<std::uint64_t>;

constexpr auto version_1 =
  std::bit_cast<std::uint64_t>(std::array{'f', 'r', 'y', 'm', 'r', 'k', 's', '1'});

head_word& head_of(std::span<mark_slot> slots) {
  return *reinterpret_cast<head_word*>(slots.data());
}

int open_file(const std::string& path) {
  auto file = -1;
  do
    file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  while (file < 0 && errno == EINTR);
  return file;
}

} // namespace

// -- opening ------------------------------------------------------------------

mark_file::mark_file(int file, std::string path) noexcept : file_(file), path_(std::move(path)) {
}

mark_file::~mark_file() {
  for (auto slots : mappings_)
    ::munmap(slots.data(), slots.size_bytes());
  if (file_ >= 0)
    ::close(file_);
}

result<std::shared_ptr<mark_file>> mark_file::open(const std::string& path) {
  auto opened = std::shared_ptr<mark_file>{new mark_file{open_file(path), path}};
  struct ::stat found {};
  if (opened->file_ < 0 || ::fstat(opened->file_, &found) != 0)
    return opened->failed("cannot be opened", errno);
  if (!S_ISREG(found.st_mode))
    return opened->foreign("is no regular file");
  auto bytes = static_cast<std::size_t>(found.st_size);
  if (bytes % chunk_bytes != 0)
    return opened->foreign("is cut off");
  if (auto usable = bytes == 0 ? opened->create() : opened->adopt(bytes); !usable)
    return usable.why();
  return opened;
}

status mark_file::create() {
  if (auto code = reserve(chunk_bytes); code != 0)
    return failed("cannot be made", code);
  return adopt(chunk_bytes);
}

// Reserves only after the check: a foreign file is left alone. What is reserved
// already stays as it is.
status mark_file::adopt(std::size_t bytes) {
  auto slots = map(bytes);
  if (slots.empty())
    return failed("cannot be mapped", errno);
  if (auto known = check_slots(slots); !known)
    return known;
  if (auto code = reserve(bytes); code != 0)
    return failed("cannot be kept whole", code);
  head_of(slots).store(version_1, std::memory_order_release);
  sort_in(slots.subspan(1));
  return success();
}

status mark_file::check_slots(std::span<mark_slot> slots) const {
  auto head = head_of(slots).load(std::memory_order_acquire);
  if (head != version_1 && head != 0)
    return foreign("does not begin as a marks file does");
  if (!std::ranges::all_of(slots.subspan(1), &mark_slot::is_plausible))
    return foreign("holds what no ferry wrote");
  return success();
}

// -- slots --------------------------------------------------------------------

mark_slot* mark_file::take() {
  auto guard = std::lock_guard{mutex_};
  if (free_.empty() && !grow())
    return nullptr;
  auto* slot = free_.back();
  free_.pop_back();
  return slot;
}

void mark_file::give_back(mark_slot& slot) noexcept {
  slot.clear();
  auto guard = std::lock_guard{mutex_};
  free_.push_back(&slot);
}

std::vector<marked_run> mark_file::left_behind() const {
  auto all = std::vector<marked_run>{};
  for (const auto* slot : left_)
    for (const auto& run : slot->runs())
      all.push_back(run);
  return all;
}

void mark_file::forget_left_behind() noexcept {
  for (auto* slot : left_)
    give_back(*slot);
  left_.clear();
}

// The lowest slot is taken first, so that few pages are ever touched.
void mark_file::sort_in(std::span<mark_slot> slots) {
  free_.reserve(bytes_ / sizeof(mark_slot));
  for (auto i = slots.size(); i > 0; --i)
    if (auto& slot = slots[i - 1]; slot.runs().empty())
      free_.push_back(&slot);
    else
      left_.insert(left_.begin(), &slot);
}

bool mark_file::grow() {
  if (reserve(bytes_ + chunk_bytes) != 0)
    return false;
  auto slots = map(chunk_bytes);
  sort_in(slots);
  return !slots.empty();
}

// -- the file -----------------------------------------------------------------

// A store into a hole kills the process when the disk is full, so the blocks are
// asked for here. The size comes first: a process that dies in between leaves
// whole chunks.
int mark_file::reserve(std::size_t bytes) noexcept {
  auto size = static_cast<::off_t>(bytes);
  if (::ftruncate(file_, size) != 0)
    return errno;
  auto code = 0;
  do
    code = ::posix_fallocate(file_, 0, size);
  while (code == EINTR);
  if (code != 0 && ::ftruncate(file_, static_cast<::off_t>(bytes_)) != 0)
    return errno;
  return code;
}

// Maps the `bytes` behind what is mapped already. Zeroed bytes are empty slots, and
// words that are lock-free are plain integers in memory.
std::span<mark_slot> mark_file::map(std::size_t bytes) {
  mappings_.reserve(mappings_.size() + 1);
  auto* start = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file_,
                       static_cast<::off_t>(bytes_));
  if (start == MAP_FAILED)
    return {};
  bytes_ += bytes;
  mappings_.emplace_back(static_cast<mark_slot*>(start), bytes / sizeof(mark_slot));
  return mappings_.back();
}

// -- errors -------------------------------------------------------------------

error mark_file::foreign(const std::string& reason) const {
  return {errc::journal_foreign,
          "marks file \"" + path_ + "\" " + reason
            + "; move it away and a new one is made: all that is lost is which messages were in a"
              " handler when the last process died"};
}

error mark_file::failed(const std::string& what, int code) const {
  return {errc::journal_failed, "marks file \"" + path_ + "\" " + what + ": "
                                  + std::generic_category().message(code)
                                  + "; it needs 64 KiB of disk beside the journal, in a directory"
                                    " that this user may write to"};
}

} // namespace ferry::persistence
