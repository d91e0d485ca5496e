// Which messages were in a handler when a process died, whatever killed it: the
// marks of all consumers of one journal, in a file beside it.

#pragma once

#include "ferry/persistence/crash_mark.hpp"
#include "ferry/result.hpp"

#include <memory>
#include <string>
#include <vector>

namespace ferry::persistence {

class mark_file;

/// Hands out marks, and knows those that an earlier process left behind.
///
/// Lifetime  The file is mapped as long as this object or one of its marks lives.
///           The journal's lock guards it: open it after the journal, close it
///           before.
/// Survives  The end of the process, by abort, SIGSEGV or SIGKILL. Not a power loss:
///           nothing is ever synced, and a mark that is stale or missing then costs
///           at most one wrong or one missing count.
/// Errors    errc::journal_foreign for a file that holds something else;
///           errc::journal_failed where it cannot be made, also on a full disk.
/// Cost      64 KiB of disk per 255 marks. After the kernel wrote a page back, the
///           next store to it enters the kernel once.
/// Threads   `acquire` and destroying marks: any. The rest: one owner.
class crash_marks {
public:
  /// Opens the marks at `path`, creating them when there is no file.
  [[nodiscard]] static result<std::shared_ptr<crash_marks>> open(const std::string& path);

  /// Marks that die with the process; nothing was left behind.
  [[nodiscard]] static std::shared_ptr<crash_marks> in_memory();

  // -- modifiers --------------------------------------------------------------

  /// The marks that were left behind are counted, durably. Until this is called
  /// they stay in the file, and a further crash leaves them behind again.
  void forget_left_behind() noexcept;

  /// A mark for one more consumer. Where the disk is too full for it, it works as
  /// any other, but dies with the process.
  [[nodiscard]] crash_mark acquire();

  // -- properties -------------------------------------------------------------

  /// What was in a handler when an earlier process died, as it was found at `open`.
  [[nodiscard]] const std::vector<marked_run>& left_behind() const noexcept {
    return left_behind_;
  }

private:
  explicit crash_marks(std::shared_ptr<mark_file> file);

  std::shared_ptr<mark_file> file_; // null: in memory
  std::vector<marked_run> left_behind_;
};

} // namespace ferry::persistence
