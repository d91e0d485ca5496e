// When the log is moved into the database, and by whom. Commits append to the log; it
// begins anew, in the same place, at the first commit after all of it was moved.
//
//                begin_bytes                        little is left
//   resting ───────────────────▶ asking ──────────────────────────▶ resting
//      ▲                         │    ▲  more is left: another step     │
//      └─────────────────────────┼────┘                                 │
//        the log began anew      │ most_bytes: in the foreground ───────┘
//
// Decides only; sqlite_journal and its upkeep carry it out.

#pragma once

#include "ferry/persistence/journal_upkeep.hpp"

#include <algorithm>
#include <cstdint>

namespace ferry::persistence {

/// What the journal is to do now, between two commits.
enum class checkpoint_action : std::uint8_t {
  none,
  finish, // move what is left, if nobody reads it
  force,  // move all of it, and wait for whoever is in the way
};

struct checkpoint_limits {
  std::uint64_t begin_bytes = std::uint64_t{16} << 20;    // of log: worth a step
  std::uint64_t rest_bytes = std::uint64_t{1} << 20;      // short enough for the journal itself
  std::uint64_t most_bytes = std::uint64_t{256} << 20;    // from here on commits wait for it
  std::uint64_t prepared_bytes = std::uint64_t{20} << 20; // of its file: written at opening
};

/// Decides after each commit and each step.
///
/// Invariants  At most one step is asked for at a time. With each step that leaves
///             too much, twice as much may be left: a writer that is faster than the
///             disk is caught up with all the same.
/// Bounds      The log gets longer than `most_bytes` only while one page of it is being
///             read without end, since before it was that long: by another program, say,
///             that keeps a transaction open. Then commits wait for the reader each time
///             it has grown by `begin_bytes` more, for as long as the journal's patience;
///             when the reader is done it begins anew, whatever its length.
/// Errors      None. What does not succeed is tried again when the log has grown by
///             `begin_bytes` more.
/// Threads     One owner at a time.
class checkpoint_policy {
public:
  explicit checkpoint_policy(checkpoint_limits limits = {}) noexcept
    : limits_(limits),
      next_(limits.begin_bytes),
      force_at_(limits.most_bytes) {
  }

  // -- modifiers --------------------------------------------------------------

  /// Somebody makes steps from now on; before, all is done between commits.
  void expect_steps() noexcept {
    has_helper_ = true;
  }

  /// A commit has left `log_bytes` of log.
  [[nodiscard]] checkpoint_action committed(std::uint64_t log_bytes) noexcept;

  /// The log is to be moved, however short it is: the file gets shorter by that.
  [[nodiscard]] checkpoint_action move_now() noexcept;

  /// A step has ended.
  [[nodiscard]] checkpoint_action stepped(const upkeep_report& step) noexcept;

  /// A step has failed.
  void step_failed() noexcept;

  /// What `finish` or `force` came to.
  void checkpointed() noexcept;

  // -- properties -------------------------------------------------------------

  /// Whether a step is to be made; until it ended, no other one.
  [[nodiscard]] bool wants_step() const noexcept {
    return steps_ > 0;
  }

  [[nodiscard]] std::uint64_t log_bytes() const noexcept {
    return log_bytes_;
  }

private:
  void rest() noexcept;

  checkpoint_limits limits_;
  bool has_helper_ = false;
  std::uint64_t log_bytes_ = 0;
  std::uint64_t next_;      // where the log is looked after again
  std::uint64_t force_at_;  // and where it is not let grow any more
  std::uint32_t steps_ = 0; // of the round under way, the one that is asked for included
};

} // namespace ferry::persistence
