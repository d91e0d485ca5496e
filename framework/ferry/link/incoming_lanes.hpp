// How pieces of a byte stream become letters again.

#pragma once

#include "ferry/link/frame.hpp"
#include "ferry/link/letter.hpp"
#include "ferry/result.hpp"

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace ferry {

/// Reads frames, however the stream was cut.
///
/// Bounds      Memory grows with the bytes that arrived, never with those that a
///             header announces.
/// Errors      invalid_argument for what no link writes; too_large for letters beyond
///             `letter_limits`: then the stream makes no sense any more, and nothing
///             else is read from it.
/// Threads     One owner at a time; no locking inside.
class incoming_lanes {
public:
  explicit incoming_lanes(letter_limits limits = {}) : limits_(limits) {
  }

  /// Takes more, or less, from the next frame on.
  void limit(letter_limits limits) noexcept {
    limits_ = limits;
  }

  /// Takes from the front of `bytes`, and appends the letters that are complete by it to
  /// `out`. Stops behind a word of the link, which may change what is to be done with
  /// the rest, and else at the end.
  [[nodiscard]] status read(std::span<const char>& bytes, std::vector<letter>& out);

private:
  [[nodiscard]] status read_frames(std::span<const char>& bytes, std::vector<letter>& out);
  [[nodiscard]] status read_header(std::span<const char>& bytes);
  [[nodiscard]] error objection(const frame_header& header) const;
  void read_part(std::span<const char>& bytes, std::vector<letter>& out);

  letter_limits limits_;
  std::array<char, frame_header_bytes> header_bytes_{}; // as far as they are there
  std::size_t header_size_ = 0;
  std::optional<frame_header> header_; // of the frame under way
  std::size_t missing_ = 0;            // of that frame
  std::map<lane_id, std::vector<char>> unfinished_;
  std::size_t unfinished_bytes_ = 0; // of all of them, and what they cost beside
  error broken_;                     // why nothing else is read; `errc::none`: it is
};

} // namespace ferry
