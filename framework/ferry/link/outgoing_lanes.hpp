// Letters that wait for the stream, and in which order their pieces go.

#pragma once

#include "ferry/link/letter.hpp"

#include <cstddef>
#include <deque>
#include <map>
#include <vector>

namespace ferry {

/// Cuts letters into frames. The link's own lane goes first; all others take turns,
/// a part of at most `part_bytes` each, headers included (round robin, as HTTP/2 does
/// with streams), so that a letter of many megabytes delays nobody else by more than a
/// part per lane.
///
/// Errors      None.
/// Threads     One owner at a time; no locking inside.
class outgoing_lanes {
public:
  static constexpr std::size_t part_bytes = std::size_t{64} << 10;

  // -- modifiers --------------------------------------------------------------

  /// Puts `item` behind everything that waits in its lane.
  void add(letter item);

  /// Appends frames to `out` until that has `enough` bytes or nothing waits; the last
  /// part may lead beyond.
  void write(std::vector<char>& out, std::size_t enough);

  // -- properties -------------------------------------------------------------

  [[nodiscard]] bool empty() const noexcept {
    return lanes_.empty();
  }

  /// Bytes of letters that wait.
  [[nodiscard]] std::size_t bytes() const noexcept {
    return bytes_;
  }

private:
  struct waiting_letter {
    std::vector<char> bytes;
    std::size_t written = 0;

    [[nodiscard]] std::size_t rest() const noexcept {
      return bytes.size() - written;
    }
  };

  using lane_map = std::map<lane_id, std::deque<waiting_letter>>; // none of them empty

  [[nodiscard]] lane_map::iterator next_lane();
  void write_turn(lane_map::iterator lane, std::vector<char>& out);
  void write_part(lane_map::iterator lane, std::vector<char>& out);

  lane_map lanes_;
  lane_id last_{}; // whose turn it was; never the link's own
  std::size_t bytes_ = 0;
};

} // namespace ferry
