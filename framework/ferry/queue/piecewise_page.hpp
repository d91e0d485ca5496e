// A page of messages that is larger than the peer's letters, sent piece by piece.

#pragma once

#include "ferry/errors.hpp"
#include "ferry/outcome.hpp"
#include "ferry/queue/queue_core.hpp"

#include <deque>
#include <functional>
#include <optional>

namespace ferry {

/// Cuts a page in halves until each piece fits, one after the other. A message that fits
/// alone in no letter is refused, and those around it are not. Its turn comes when all
/// that was published before it has ended, because an outcome tells of everything up to
/// a number; until then the page is to be sent again. So is what follows it, once its
/// producer has heard of the refusal: to the queue the refused number is a gap, and were
/// it passed over earlier, the page sent again after a break would be a duplicate as a
/// whole, and the refused message confirmed.
///
/// Errors      None.
/// Threads     One owner at a time; no locking inside.
class piecewise_page {
public:
  /// Whether a letter can hold `request`.
  using judge = std::function<bool(const publish_request& request)>;

  explicit piecewise_page(publish_request whole);

  // -- modifiers --------------------------------------------------------------

  /// The next piece, once the one before it was answered; `nullopt`: there is none, and
  /// `outcome` answers the whole page. Messages that do not fit are refused as `too_large`.
  [[nodiscard]] std::optional<publish_request> next(const judge& fits, const error& too_large);

  /// Notes what the last piece came to.
  void answered(const publish_outcome& answer);

  // -- properties -------------------------------------------------------------

  [[nodiscard]] const publish_outcome& outcome() const noexcept {
    return outcome_;
  }

private:
  void halve_front();
  void refuse_front(const error& why);
  void resend_from(publish_number number);
  [[nodiscard]] bool has_ended_before(publish_number number) const noexcept;

  publish_number oldest_;
  std::deque<publish_request> rest_;
  publish_outcome outcome_;
  bool has_refused_ = false; // a message that no letter holds
  bool is_over_ = false;     // the rest is to be sent again
};

} // namespace ferry
