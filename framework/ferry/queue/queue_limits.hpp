// How much a queue may hold that has not ended, and what it says when that is
// reached.

#pragma once

#include "ferry/config.hpp"
#include "ferry/errors.hpp"
#include "ferry/message.hpp"
#include "ferry/queue/consumer_table.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ferry {

/// The limits that a queue's options set. What is present, and what is left, are
/// messages and bytes of payload.
///
/// Errors      None.
/// Threads     any; it never changes.
class queue_limits {
public:
  explicit queue_limits(const queue_config& config) noexcept
    : most_{config.max_messages == 0 ? UINT64_MAX : config.max_messages,
            config.max_bytes == 0 ? SIZE_MAX : config.max_bytes} {
  }

  /// How many messages of `page` from `begin` on fit beside `present`. An empty queue
  /// takes one, however large it is.
  [[nodiscard]] std::uint64_t fitting(const credit& present, const message_page& page,
                                      std::size_t begin) const noexcept;

  /// Whether so much has left that whoever was held may go on with a message of
  /// `bytes`: half of each limit, so that it does not come for each single message.
  [[nodiscard]] bool has_room_again(const credit& present, std::size_t bytes) const noexcept;

  /// What `queue` tells whoever is held beside `present`.
  [[nodiscard]] error why_full(std::string_view queue, const credit& present) const;

private:
  credit most_;
};

/// What a memory queue tells whoever is held because of what it keeps in RAM.
[[nodiscard]] error why_over_budget(std::string_view queue, std::size_t allowance);

/// What a memory queue tells whoever it has no RAM for while the journal has failed
/// with `outage`.
[[nodiscard]] error why_unable_to_spill(std::string_view queue, const error& outage);

/// What a queue tells whoever is held until its dead letters have moved.
[[nodiscard]] error why_dying(std::string_view queue, std::size_t bytes);

} // namespace ferry
