// How publishes and deliveries end: the words that producers, queues and
// consumers use with each other.

#pragma once

#include "ferry/errors.hpp"
#include "ferry/ids.hpp"
#include "ferry/retry/retry_policy.hpp"
#include "ferry/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry {

// -- publishing ---------------------------------------------------------------

/// How safe a confirmed message is.
enum class durability_level : std::uint8_t {
  memory, // gone with the process
  synced, // survives power loss
};

[[nodiscard]] std::string_view to_string(durability_level level) noexcept;

/// One publish that was refused, while its neighbours were stored.
struct refusal {
  publish_number number{};
  error why;
};

/// What a publish came to. `up_to` is cumulative: all earlier numbers of the
/// session ended as well, stored or named in `refused` of this or an earlier one.
struct publish_outcome {
  session_id session{};
  publish_number up_to{};
  durability_level level{};
  std::vector<refusal> refused;
  publish_number resend_from{}; // not `none`: numbers are missing from here on
  error held = {};              // why those were not taken; errc::none: they never arrived

  /// Whether the rest is to be sent without a wait: something ended, and nothing holds
  /// what is behind it.
  [[nodiscard]] bool asks_for_more() const noexcept {
    return resend_from != publish_number::none && up_to != publish_number::none
           && held.code == errc::none;
  }
};

// -- settling -----------------------------------------------------------------

/// How a delivery ends.
enum class settle_kind : std::uint8_t {
  ack,         // done; the message is erased
  nack,        // failed; counts, comes back after the queue's wait or `delay`
  reject,      // will never succeed; goes to the dead-letter queue
  undecodable, // as reject, because the payload could not be decoded
  release,     // was not tried; returns at once to its place, without counting
  extend,      // goes on; the deadline becomes `delay` from now
  defer,       // is not to be tried before `due`; returns then, without counting
  keep,        // one tag: its handler returned, somebody settles it later; never stale
};

/// Ends (or extends) deliveries.
/// Shape    `count` consecutive tags from `first`.
/// Repeat   allowed: tags that ended before are counted as stale, nothing else.
struct settlement {
  delivery_tag first{};
  std::uint64_t count = 1;
  settle_kind kind = settle_kind::ack;
  std::optional<duration> delay; // nack: instead of the policy; extend: the new lease
  std::string reason;            // nack, reject, undecodable: for the dead letter
  time_point due = {};           // defer: from when on it may be delivered again
  std::optional<retry_policy> retry = {}; // nack: instead of the queue's policy
};

/// Whether an answer may wait a moment for the disk.
enum class urgency : std::uint8_t {
  usual,   // acks go to disk with what is written next
  awaited, // somebody stands still until it is answered
};

/// What a batch of settlements came to, once it is on disk.
struct settle_outcome {
  std::uint64_t settled = 0;
  std::uint64_t stale = 0; // deliveries that had ended before
};

} // namespace ferry
