// Giving dead letters another life: what may be asked for, which letters that
// concerns, and what a redriven message looks like.

#pragma once

#include "ferry/config.hpp"
#include "ferry/queue/browse.hpp"
#include "ferry/retry/death.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ferry {

enum class redrive_mode : std::uint8_t {
  move,    // letters leave the dead-letter queue
  dry_run, // nothing moves; the report tells what would
};

/// Which dead letters go where, and how fast. What is left at its default selects
/// nothing out; a message that is no letter passes no filter about its death.
struct redrive_options {
  std::string to = {};                         // empty: each to the queue it died in
  std::optional<death_cause> cause = {};
  std::string origin = {};                     // the queue it died in
  std::string reason_contains = {};
  std::vector<sequence_number> sequences = {}; // in the dead-letter queue
  time_point died_from = {};                   // first instant that is taken
  time_point died_to = never;                  // first instant that is not
  std::uint32_t per_second = 0;                // 0: as fast as it goes
  std::uint64_t limit = 0;                     // 0: all that were there at the start
  std::uint32_t max_redrives = 3;              // per message; 0: no limit
  redrive_mode mode = redrive_mode::move;
};

/// What became of the letters that were looked at; none is counted twice.
struct redrive_report {
  std::uint64_t moved = 0;
  std::uint64_t would_move = 0;     // dry run: instead of `moved`
  std::uint64_t skipped = 0;        // by a filter
  std::uint64_t cycling = 0;        // died again after `max_redrives`; left where it is
  std::uint64_t unknown_origin = 0; // is no letter, or its queue is not declared here
  std::uint64_t unfit = 0;          // its queue cannot take it; see `fits`
  std::uint64_t in_use = 0;         // in flight or on its way already

  friend bool operator==(const redrive_report&, const redrive_report&) = default;
};

/// What is to be done about one letter.
enum class redrive_verdict : std::uint8_t { move, skip, cycling, unknown_origin, in_use };

/// Judges `item` of a dead-letter queue.
[[nodiscard]] redrive_verdict judge(const redrive_options& options, const browsed_message& item);

/// Explains why `from` cannot be redriven with these options, or `errc::none`.
[[nodiscard]] error check(const std::string& from, const redrive_options& options);

/// Whether a queue with the options `to` can take `letter` from one with the
/// options `from`: the payload is within its limit, and nothing moves from disk
/// to memory, because the row could not vanish in the commit that stores it.
[[nodiscard]] bool fits(const envelope& letter, const queue_config& from, const queue_config& to);

/// The message as it was published, with one more redrive in its headers.
[[nodiscard]] envelope redriven(const envelope& letter);

/// How often a message was redriven in all its lives.
[[nodiscard]] std::uint32_t redrives_of(const envelope& message);

} // namespace ferry
