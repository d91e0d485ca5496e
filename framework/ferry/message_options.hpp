// What a publisher may say about one message beside its value, and how it travels:
// as headers, ferry's own under names that begin with "ferry-".

#pragma once

#include "ferry/errors.hpp"
#include "ferry/message.hpp"
#include "ferry/time.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace ferry {

/// The options of one message.
struct message_options {
  header_map headers = {};            // names must not begin with "ferry-"
  std::string id = {};                // by which a duplicate is known, 1 to 200 bytes; empty: none
  std::optional<duration> lease = {}; // instead of the queue's, 1 ms to 30 days
};

inline constexpr std::size_t longest_message_id = 200;

/// Explains every option out of range, in one text, or `errc::none`.
[[nodiscard]] error check(const message_options& options);

/// The headers that carry `options`; null where there is nothing to carry.
[[nodiscard]] std::shared_ptr<const header_map> headers_of(message_options options);

/// The id that the publisher gave `message`; empty for none. It lives as long as
/// the message's headers.
[[nodiscard]] std::string_view message_id_of(const envelope& message);

/// The lease that the publisher asked for; `nullopt` for none, and for one out of
/// range that some other program may have written.
[[nodiscard]] std::optional<duration> lease_of(const envelope& message);

} // namespace ferry
