// The identities that travel through ferry. Strong, free and comparable: a
// scoped enum over an integer, so that a tag is never taken for a sequence.

#pragma once

#include <compare>
#include <cstdint>
#include <type_traits>

namespace ferry {

/// Names one queue inside one journal; handed out by the journal from 1 up.
/// Range   1 to 2^23 - 1; the journal joins it with a sequence into one key.
enum class queue_id : std::uint32_t { none = 0 };

/// The place of a message in its queue, in publish order, gap free while the
/// queue lives. It is the message's identity together with its queue.
/// Range   1 to 2^40 - 1, about a trillion messages per queue.
enum class sequence_number : std::uint64_t { none = 0 };

/// Counts what one producer session published, from 1 up and gap free.
enum class publish_number : std::uint64_t { none = 0 };

/// One incarnation of one producer. Random, so that a restarted producer never
/// meets the numbers of its former life.
enum class session_id : std::uint64_t { none = 0 };

/// One subscription to one queue; never reused within the queue's lifetime.
enum class consumer_id : std::uint64_t { none = 0 };

/// One delivery of one message. Its upper 24 bits hold the journal's epoch, so
/// that a tag is not reused by a later process either.
enum class delivery_tag : std::uint64_t { none = 0 };

/// Numbers the writes of one queue in the order in which they were asked for.
enum class commit_ticket : std::uint64_t { none = 0 };

/// How often a journal was opened; a new one for every process that opens it.
enum class epoch : std::uint32_t { none = 0 };

template <class Id>
concept strong_id = std::is_enum_v<Id> && requires { Id::none; };

/// The plain integer behind `id`, for arithmetic, printing and storage.
template <strong_id Id>
[[nodiscard]] constexpr auto value_of(Id id) noexcept {
  return static_cast<std::underlying_type_t<Id>>(id);
}

/// The id that lies `distance` after `id`.
template <strong_id Id>
[[nodiscard]] constexpr Id advanced(Id id, std::uint64_t distance) noexcept {
  return Id{static_cast<std::underlying_type_t<Id>>(value_of(id) + distance)};
}

/// The highest sequence number and queue that a journal has room for.
inline constexpr auto last_sequence = sequence_number{(std::uint64_t{1} << 40) - 1};
inline constexpr auto last_queue = queue_id{(std::uint32_t{1} << 23) - 1};

} // namespace ferry
