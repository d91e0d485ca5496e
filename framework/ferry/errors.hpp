// Everything that can go wrong, as values. Codes travel over the wire and into
// files, so their numbers are frozen; the text beside a code names the object
// and says what to do.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ferry {

enum class errc : std::uint8_t {
  /// Success.
  none = 0,
  /// No queue of that name was declared here.
  no_such_queue = 1,
  /// A name, an option or an argument is outside its range.
  invalid_argument = 2,
  /// A queue exists already, with other options.
  redeclared_differently = 3,
  /// The payload is larger than the queue accepts.
  too_large = 4,
  /// The queue, the broker or the actor was closed.
  closed = 5,
  /// Nothing arrived within the time that was given.
  timed_out = 6,
  /// The producer holds as many unconfirmed messages as its window allows.
  window_full = 7,
  /// A publish left out numbers; resend from the first one that is missing.
  sequence_gap = 8,
  /// A payload could not be decoded as the type that the consumer expects.
  undecodable = 9,
  /// The journal could not be opened, read or written.
  journal_failed = 10,
  /// Another process holds the journal.
  journal_in_use = 11,
  /// The file is not a ferry journal, or one of a newer version.
  journal_foreign = 12,
  /// The disk does not promise what ferry promises (a pragma did not hold).
  journal_unsafe = 13,
  /// The delivery ended before; nothing was settled.
  stale = 14,
  /// The queue holds as many messages as it may.
  queue_full = 15,
  /// A port could not be opened, or a connection was not made, or was lost.
  network_failed = 16,
  /// A certificate, or what stands for it, was refused.
  not_trusted = 17,
};

/// The code's name, as it stands above.
[[nodiscard]] std::string_view to_string(errc code) noexcept;

/// A failure that a person can act on.
/// Text    what failed, for which object, what to do
struct error {
  errc code = errc::none;
  std::string text;

  friend bool operator==(const error&, const error&) = default;
};

} // namespace ferry
