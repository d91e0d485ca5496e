// The file of a journal's marks, mapped into memory: it grows, is never synced,
// and keeps what an earlier process left in it.
//
//   file   chunk 0: [ head | slot | slot | ... ]   chunk 1: [ slot | slot | ... ]

#pragma once

#include "ferry/persistence/mark_slot.hpp"
#include "ferry/result.hpp"

#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace ferry::persistence {

/// Slots in a file.
///
/// Invariants  A slot keeps its address while this object lives. `free_` has room
///             for every slot, so giving one back never allocates.
/// Errors      errc::journal_foreign for a file that holds something else: not a
///             byte of it is changed then. errc::journal_failed otherwise.
/// Threads     `take` and `give_back`: any. The rest: one owner.
class mark_file {
public:
  /// What the file grows by: a multiple of every page size.
  static constexpr auto chunk_bytes = std::size_t{64} << 10;

  [[nodiscard]] static result<std::shared_ptr<mark_file>> open(const std::string& path);

  mark_file(const mark_file&) = delete;
  mark_file& operator=(const mark_file&) = delete;
  ~mark_file();

  // -- modifiers --------------------------------------------------------------

  /// An empty slot; null where the file cannot grow.
  [[nodiscard]] mark_slot* take();

  /// Takes `slot` back and empties it.
  void give_back(mark_slot& slot) noexcept;

  /// Empties the slots that an earlier process left and gives them out again.
  void forget_left_behind() noexcept;

  // -- properties -------------------------------------------------------------

  /// What the slots held that an earlier process left.
  [[nodiscard]] std::vector<marked_run> left_behind() const;

private:
  mark_file(int file, std::string path) noexcept;

  status adopt(std::size_t bytes);
  status create();
  status check_slots(std::span<mark_slot> slots) const;
  void sort_in(std::span<mark_slot> slots);
  bool grow();

  int reserve(std::size_t bytes) noexcept;
  std::span<mark_slot> map(std::size_t bytes);
  error foreign(const std::string& reason) const;
  error failed(const std::string& what, int code) const;

  int file_;
  std::string path_;
  std::size_t bytes_ = 0;                       // mapped so far
  std::vector<std::span<mark_slot>> mappings_;  // each mapped by one call
  std::vector<mark_slot*> left_;                // not yet forgotten
  std::mutex mutex_;                            // for what is below
  std::vector<mark_slot*> free_;                // the next to be taken comes last
};

} // namespace ferry::persistence
