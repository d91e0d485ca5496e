// What one node says to another, and the lanes on which that travels.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ferry {

/// Letters of one lane arrive in the order in which they were sent; a long one does
/// not hold up the other lanes. Lane `none` is the link's own.
enum class lane_id : std::uint32_t { none = 0 };

/// Bytes that arrive together or not at all; the link does not know what they mean.
struct letter {
  lane_id lane{};
  std::vector<char> bytes;

  friend bool operator==(const letter&, const letter&) = default;
};

/// What a letter takes of memory beside its bytes until it is answered, or sent: its
/// places in queues, and the question that it becomes.
inline constexpr auto letter_overhead = std::size_t{512};

/// How much a letter counts while it waits, in bytes.
[[nodiscard]] inline std::size_t weight_of(const letter& item) noexcept {
  return item.bytes.size() + letter_overhead;
}

/// A page of messages of a middling size fits in any case.
inline constexpr auto least_letter_bytes = std::size_t{2} << 20;

/// How much a link takes from a peer, whatever that announces. A letter holds one page:
/// a single message as large as its queue accepts, or some megabytes of them.
struct letter_limits {
  std::size_t letter_bytes = std::size_t{544} << 20;      // of one letter, 2 MiB or more
  std::size_t unfinished_bytes = std::size_t{1088} << 20; // of all whose end is not there yet,
                                                          // at least twice as much
};

/// How large a letter may be to a peer with these limits: one that long may be under way
/// while as many bytes of others are.
[[nodiscard]] constexpr std::size_t longest_letter(const letter_limits& of) noexcept {
  return of.letter_bytes < of.unfinished_bytes / 2 ? of.letter_bytes : of.unfinished_bytes / 2;
}

/// What is taken of somebody who has not been let in: an introduction is far shorter.
inline constexpr auto stranger_limits = letter_limits{std::size_t{16} << 10, std::size_t{16} << 10};

} // namespace ferry
