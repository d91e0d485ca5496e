// Letters that wait for the stream, and in which order their pieces go.

#pragma once

#include "ferry/link/frame.hpp"
#include "ferry/link/letter.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <vector>

namespace ferry {

/// Cuts letters into frames. The link's own lane goes first; all others take turns,
/// a part of at most `part_bytes` each, headers included (round robin, as HTTP/2 does
/// with streams), so that a letter of many megabytes delays nobody else by more than a
/// part per lane. A letter that does not fit a part begins only where it and those that
/// were begun have at most `most_begun` bytes together, or where none was begun, because
/// the peer keeps what it has of all of them and takes no more than its own limit.
///
/// Errors      None.
/// Threads     One owner at a time; no locking inside.
class outgoing_lanes {
public:
  static constexpr std::size_t part_bytes = std::size_t{64} << 10;

  explicit outgoing_lanes(std::size_t most_begun = SIZE_MAX) : most_begun_(most_begun) {
  }

  // -- modifiers --------------------------------------------------------------

  /// Begins more, or fewer, long letters from now on.
  void limit(std::size_t most_begun) noexcept {
    most_begun_ = most_begun;
  }

  /// Puts `item` behind everything that waits in its lane.
  void add(letter item);

  /// Appends frames to `out` until that has `enough` bytes or nothing waits; the last
  /// part may lead beyond.
  void write(std::vector<char>& out, std::size_t enough);

  // -- properties -------------------------------------------------------------

  [[nodiscard]] bool empty() const noexcept {
    return lanes_.empty();
  }

  /// What the letters count that wait, less what was written of them.
  [[nodiscard]] std::size_t weight() const noexcept {
    return weight_;
  }

private:
  static constexpr std::size_t most_in_a_part = part_bytes - frame_header_bytes;

  struct waiting_letter {
    std::vector<char> bytes;
    std::size_t written = 0;

    [[nodiscard]] std::size_t rest() const noexcept {
      return bytes.size() - written;
    }

    [[nodiscard]] bool is_long() const noexcept {
      return bytes.size() > most_in_a_part;
    }
  };

  using lane_map = std::map<lane_id, std::deque<waiting_letter>>; // none of them empty

  [[nodiscard]] lane_map::iterator next_lane();
  [[nodiscard]] bool may_go(const waiting_letter& item) const noexcept;
  void write_turn(lane_map::iterator lane, std::vector<char>& out);
  void write_part(lane_map::iterator lane, std::vector<char>& out);

  std::size_t most_begun_;
  std::size_t begun_bytes_ = 0; // of letters that are longer than a part, whole
  lane_map lanes_;
  lane_id last_{}; // whose turn it was; never the link's own
  std::size_t weight_ = 0;
};

} // namespace ferry
