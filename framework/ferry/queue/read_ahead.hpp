// When the next page of a backlog on disk is asked for, and how large it is, so
// that consumers and the journal do not wait for each other.

#pragma once

#include "ferry/queue/queue_effects.hpp"
#include "ferry/queue/ready_index.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace ferry {

/// The largest page: it keeps a consumer busy for longer than it takes to read.
inline constexpr auto largest_page = page_limit{4096, std::size_t{4} << 20};

/// Asks when less than a page lies ready before what is missing, so that one page
/// is consumed while the next one is read. What it asks for fits into half of what
/// the queue may keep in RAM, headers aside.
///
/// Errors      None.
/// Cost        O(1) for most calls, O(runs of two pages) when it has to look.
/// Threads     One owner at a time; no locking inside.
class read_ahead {
public:
  /// `taken` messages were taken from `ready` since the last call: the page that is
  /// to be asked for now, or `nullopt`. Of the RAM that the queue may use, `beside`
  /// bytes are in use elsewhere; nothing is asked for while they are all of it.
  [[nodiscard]] std::optional<page_limit> next(const ready_index& ready, std::uint64_t taken,
                                               std::size_t beside = 0);

private:
  std::uint64_t unheeded_ = 0; // so many can be taken before it has to look again
};

/// The page for a queue that may keep `allowance` bytes in RAM; one row at least.
[[nodiscard]] page_limit page_within(std::size_t allowance) noexcept;

} // namespace ferry
