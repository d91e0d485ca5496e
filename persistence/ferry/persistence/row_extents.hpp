// Where the rows of each queue lie in the one table of messages: in extents, which
// have the keys of `places_per_extent` rows each.
//
//   table    | extent 1  | extent 2  | extent 3  |   by key
//   queue    | orders    | bills     | orders    |
//   sequence | 1 ... 80  | 1 ... 90  | 81 .. 300 |
//
// A tree takes rows at its end for less than half of what they cost in its midst. So
// what fills a page begins an extent at the end; what is less goes on where its queue
// was, because an extent has a row of its own. A queue that is alone has one extent.

#pragma once

#include "ferry/ids.hpp"
#include "ferry/message.hpp"
#include "ferry/persistence/journal.hpp"
#include "ferry/persistence/row_key.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <vector>

namespace ferry::persistence {

/// From how many bytes of payload on a run is stored at the end of the table.
inline constexpr auto bytes_for_the_end = std::uint64_t{4096};

/// A stretch of a queue that has keys of its own, up to where its next one begins.
struct row_extent {
  sequence_number first{}; // the one at place 0
  extent_number number{};
  std::uint64_t rows = 0;  // how many it has at present
};

/// Rows that follow each other by sequence and by key.
struct row_stretch {
  sequence_number first{};
  key_range keys;

  friend bool operator==(const row_stretch&, const row_stretch&) = default;

  [[nodiscard]] std::uint64_t count() const noexcept {
    return static_cast<std::uint64_t>(keys.last - keys.first + 1);
  }
};

/// What a commit has to note on disk of an extent.
struct extent_change {
  queue_id queue{};
  sequence_number first{};
  extent_number number{}; // none: the extent has ended

  friend bool operator==(const extent_change&, const extent_change&) = default;
};

/// Knows the extents of all queues, and says when one begins and ends.
///
/// Invariants  No two rows get the same key. Numbers grow. An extent ends with its
///             last row, unless it is the last of its queue: that one goes on.
/// Errors      `store` throws `std::length_error` when there is no number left.
/// Cost        O(log n) per stretch, n the queues or the extents of one; 24 bytes for
///             each extent. But for a queue's last one, and where numbers were left
///             out, an extent had `bytes_for_the_end` when it began.
/// Threads     One owner at a time.
class row_extents {
public:
  // -- modifiers --------------------------------------------------------------

  /// Takes over an extent that is on disk. It counts as full until `recount`.
  void know(queue_id queue, sequence_number first, extent_number number);

  /// Takes over which rows `queue` has; the empty ones of its extents end.
  void recount(const stored_queue& queue);

  /// Gives keys to `rows`, which have `bytes` of payload.
  [[nodiscard]] std::vector<row_stretch> store(queue_id queue, sequence_range rows,
                                               std::uint64_t bytes);

  /// `count` rows of the extent with the sequence `first` are gone.
  void erased(queue_id queue, sequence_number first, std::uint64_t count);

  /// What began and ended since the last call, in order.
  [[nodiscard]] std::vector<extent_change> take_changes();

  // -- properties -------------------------------------------------------------

  /// Where those of `rows` are that were ever stored, in order.
  [[nodiscard]] std::vector<row_stretch> find(queue_id queue, sequence_range rows) const;

private:
  using extents = std::deque<row_extent>; // by `first`
  using place = extents::iterator;

  place place_for(queue_id queue, extents& all, sequence_number first, std::uint64_t bytes);
  place begin(queue_id queue, extents& all, sequence_number first);
  place end(queue_id queue, extents& all, place which);
  void end_if_empty(queue_id queue, extents& all, place which);

  std::map<queue_id, extents> queues_;
  std::vector<extent_change> changes_;
  extent_number newest_{};
};

} // namespace ferry::persistence
