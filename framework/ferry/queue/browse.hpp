// Looking into a queue without touching it: what is asked, and what is shown.

#pragma once

#include "ferry/errors.hpp"
#include "ferry/message.hpp"
#include "ferry/time.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace ferry {

/// Where a message is; docs/life_of_a_message.md draws the ways between.
enum class message_state : std::uint8_t {
  committing, // published or returned, not yet on disk
  ready,
  in_flight,
  delayed,
  dying,  // on the way to the dead-letter queue
  moving, // on the way to another queue, because somebody redrives it
};

[[nodiscard]] std::string_view to_string(message_state state) noexcept;

/// Whether a page carries what the messages hold.
enum class browse_payload : std::uint8_t {
  with,    // everything
  without, // headers, content type and times only
};

/// The most that one page shows.
inline constexpr auto longest_browse = std::uint32_t{1000};

/// Which messages of a queue to show. What is left at its default selects nothing
/// out.
struct browse_query {
  sequence_number after = {};                  // not shown; where the page before ended
  std::vector<sequence_number> sequences = {}; // empty: all; in any order
  std::optional<message_state> state = {};     // none: all
  time_point published_from = {};              // first instant that is shown
  time_point published_to = never;             // first instant that is not
  std::uint32_t limit = 100;                   // 1 to `longest_browse`
  browse_payload payload = browse_payload::with;
};

/// Explains what is wrong with a query, or `errc::none`.
[[nodiscard]] error check(const browse_query& query);

/// A message as it was when somebody looked.
struct browsed_message {
  sequence_number sequence{};
  message_state state{};
  std::uint32_t deliveries = 0;
  time_point due{};       // delayed: due; in flight: deadline; else the epoch
  consumer_id consumer{}; // who holds it, when it is in flight
  envelope message;       // of a letter: ask `death_of`
};

/// One answer. It may show fewer messages than asked for, even none, where large
/// payloads or a filter by time ended it early: go on while `next` is there.
struct browse_page {
  std::vector<browsed_message> items;  // by sequence
  std::optional<sequence_number> next; // the `after` of the page that follows
  sequence_number newest{};            // the last number that the queue has given out
};

// -- between a queue's core and its shell -------------------------------------

/// Messages that are in the same state for the same reason.
struct browsed_run {
  message_state state{};
  message_run run; // without a page: the payload is on disk only
  time_point due{};
  consumer_id consumer{};
};

/// What a queue knows about a query by itself: which messages there are.
struct browse_view {
  std::vector<browsed_run> runs; // by sequence; none overlap
  bool is_cut = false;           // more messages follow
  sequence_number newest{};
};

/// Rows that lie on disk only.
struct row_range {
  sequence_number first{};
  sequence_number last{};

  friend bool operator==(const row_range&, const row_range&) = default;
};

/// What was read back of them.
struct rows_read {
  std::vector<message_run> runs; // resident, by sequence
  sequence_number covered = last_sequence; // every row that was asked for up to here was read
};

/// The rows that have to be read before `page_of` can show all of `view`.
[[nodiscard]] std::vector<row_range> rows_missing(const browse_view& view);

/// What `query` gets to see of `view` and its `rows`. Rows that were not found
/// ended meanwhile.
[[nodiscard]] browse_page page_of(const browse_query& query, const browse_view& view,
                                  const rows_read& rows);

} // namespace ferry
