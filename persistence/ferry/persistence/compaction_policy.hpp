// When pages that hold nothing are given back to the file system. A queue that goes up
// and down uses its free pages again; one that was drained leaves a file full of them.
//
// Decides only; sqlite_journal carries it out, a slice at a time.

#pragma once

#include <algorithm>
#include <cstdint>

namespace ferry::persistence {

struct compaction_limits {
  std::uint64_t begin_bytes = std::uint64_t{32} << 20; // free: worth the work
  std::uint64_t keep_bytes = std::uint64_t{4} << 20;   // free: left for what comes next
  std::uint64_t slice_bytes = std::uint64_t{1} << 20;  // takes no longer than a few syncs
};

/// What a database file holds.
struct file_pages {
  std::uint64_t all = 0;
  std::uint64_t free = 0;
  std::uint64_t page_bytes = 4096;
};

/// Begins when at least `begin_bytes` and half of the file are free, and goes on until
/// `keep_bytes` are.
/// Errors   None. What failed is tried again when twice as much is free.
/// Threads  One owner at a time.
class compaction_policy {
public:
  explicit compaction_policy(compaction_limits limits = {}) noexcept
    : limits_(limits),
      begin_bytes_(limits.begin_bytes) {
  }

  // -- modifiers --------------------------------------------------------------

  /// A commit, or a slice, has left the file like this. Answers whether a compaction
  /// ended with it.
  bool found(const file_pages& pages) noexcept {
    pages_ = pages;
    auto free_bytes = pages.free * pages.page_bytes;
    if (!is_under_way_) {
      is_under_way_ = free_bytes >= begin_bytes_ && 2 * pages.free >= pages.all;
      return false;
    }
    is_under_way_ = free_bytes > limits_.keep_bytes;
    if (!is_under_way_)
      begin_bytes_ = limits_.begin_bytes;
    return !is_under_way_;
  }

  void failed() noexcept {
    is_under_way_ = false;
    begin_bytes_ = 2 * pages_.free * pages_.page_bytes;
  }

  // -- properties -------------------------------------------------------------

  /// How many pages to give back next; 0: none.
  [[nodiscard]] std::uint64_t slice() const noexcept {
    if (!is_under_way_)
      return 0;
    auto spare = pages_.free - std::min(pages_.free, limits_.keep_bytes / pages_.page_bytes);
    return std::clamp(limits_.slice_bytes / pages_.page_bytes, std::uint64_t{1},
                      std::max(spare, std::uint64_t{1}));
  }

private:
  compaction_limits limits_;
  std::uint64_t begin_bytes_;
  file_pages pages_;
  bool is_under_way_ = false;
};

} // namespace ferry::persistence
