// What a producer published and has not had confirmed: kept, sent, and sent again.

#pragma once

#include "ferry/ids.hpp"
#include "ferry/message.hpp"
#include "ferry/retry/retry_policy.hpp"
#include "ferry/time.hpp"

#include <deque>
#include <optional>
#include <vector>

namespace ferry {

/// A page on its way to the queue.
/// Shape   message i of `page` is publish `first + i`.
struct outbox_batch {
  publish_number oldest{}; // unconfirmed, at the time of sending
  publish_number first{};
  shared_page page;
  std::uint64_t round = 0; // how often everything was sent again before
};

/// Keeps unconfirmed pages in order, and decides when to send them.
///
/// While all is well each page goes out once, at once. After a failure or a gap
/// nothing goes out until a wait is over; then everything goes out again, in
/// order. The wait grows from 100 ms to 30 s and starts anew with each progress.
///
/// Time        Never reads a clock; the caller passes `now`.
/// Errors      None. Answers to an earlier round still confirm, and never start
///             another wait.
/// Threads     One owner at a time; no locking inside.
class outbox {
public:
  explicit outbox(session_id session) : session_(session) {
  }

  // -- modifiers --------------------------------------------------------------

  /// Keeps `page`; returns it to be sent unless everything waits.
  /// Expects   numbers without a gap: `first` follows the page before.
  [[nodiscard]] std::optional<outbox_batch> add(publish_number first, shared_page page);

  /// Lets go of every page that ends at `up_to` or before.
  void confirm(publish_number up_to);

  /// Notes that a batch of `round` failed, or arrived after a gap.
  /// Range    `random` in [0, 1) spreads the wait
  void fail(time_point now, std::uint64_t round, double random);

  /// Everything that is to be sent again at `now`, in order.
  [[nodiscard]] std::vector<outbox_batch> take_due(time_point now);

  // -- properties -------------------------------------------------------------

  /// When everything is sent again, or `nullopt` while all is well.
  [[nodiscard]] std::optional<time_point> next_due() const noexcept {
    return due_;
  }

  [[nodiscard]] session_id session() const noexcept {
    return session_;
  }

  [[nodiscard]] bool empty() const noexcept {
    return pages_.empty();
  }

private:
  struct entry {
    publish_number first{};
    shared_page page;
  };

  [[nodiscard]] outbox_batch batch(const entry& item) const;

  session_id session_;
  std::deque<entry> pages_;
  std::uint64_t round_ = 0;
  std::uint32_t failures_ = 0; // since the last progress
  std::optional<time_point> due_;
};

} // namespace ferry
