// The integer that places a message in its table, so that one queue's rows lie
// together and in publish order.
//
//   bit   63 | 62 ......... 40 | 39 ............... 0
//          0 | queue (23 bits) | sequence (40 bits)

#pragma once

#include "ferry/ids.hpp"

#include <algorithm>
#include <cassert>
#include <cstdint>

namespace ferry::persistence {

using row_key = std::int64_t;

/// The keys from `first` to `last`, both included; none when `last` is smaller.
struct key_range {
  row_key first = 0;
  row_key last = -1;
};

[[nodiscard]] constexpr row_key key_of(queue_id queue, sequence_number sequence) noexcept {
  assert(queue <= last_queue && sequence <= last_sequence);
  return static_cast<row_key>(std::uint64_t{value_of(queue)} << 40 | value_of(sequence));
}

[[nodiscard]] constexpr sequence_number sequence_of(row_key key) noexcept {
  return sequence_number{static_cast<std::uint64_t>(key) & value_of(last_sequence)};
}

/// The keys of `queue` from `first` to `last`. Numbers beyond the last possible
/// one are cut off: a range never reaches into the next queue.
[[nodiscard]] constexpr key_range keys_between(queue_id queue, sequence_number first,
                                               sequence_number last) noexcept {
  if (first > last || first > last_sequence)
    return {};
  return {key_of(queue, first), key_of(queue, std::min(last, last_sequence))};
}

/// The `count` keys of `queue` from `first` on.
[[nodiscard]] constexpr key_range keys_from(queue_id queue, sequence_number first,
                                            std::uint64_t count) noexcept {
  auto room = value_of(last_sequence) - std::min(value_of(first), value_of(last_sequence));
  if (count == 0)
    return {};
  return keys_between(queue, first, advanced(first, std::min(count - 1, room)));
}

/// All keys that `queue` can have.
[[nodiscard]] constexpr key_range keys_of(queue_id queue) noexcept {
  return keys_between(queue, sequence_number::none, last_sequence);
}

} // namespace ferry::persistence
