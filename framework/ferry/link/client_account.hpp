// How much of its broker's memory one client may take: what it sent and has no answer
// to, and what it is sent and does not read.

#pragma once

#include "ferry/link/backlog.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace ferry {

/// How much of each may wait.
struct client_limits {
  std::size_t unanswered = std::size_t{128} << 20; // weight of letters that it sent, in bytes
  std::size_t unread = std::size_t{128} << 20;     // of letters that it is sent
};

/// Stops the reading of a client's stream while too much of what came is not answered:
/// whoever sends without regard for credit fills his own memory, because the system's
/// buffers fill up and his writes wait (as TCP's window does it). Answers that he does
/// not read are none, so he cannot ask for more and more either.
///
/// Errors      None.
/// Threads     One owner at a time; no locking inside.
class client_account {
public:
  explicit client_account(client_limits limits = {})
    : unanswered_(limits.unanswered),
      unread_(limits.unread) {
  }

  // -- modifiers --------------------------------------------------------------

  /// Notes that letters of `weight` came; true: stop reading now.
  [[nodiscard]] bool came(std::size_t weight) noexcept {
    unanswered_weight_ += weight;
    return unanswered_.note(unanswered_weight_);
  }

  /// Notes that letters of `weight` are answered; true: read on now. While the client is
  /// behind they count as unanswered all the same.
  [[nodiscard]] bool answered(std::size_t weight) noexcept {
    owed_ += weight;
    if (is_behind())
      return false;
    unanswered_weight_ -= std::min(unanswered_weight_, std::exchange(owed_, 0));
    return unanswered_.note(unanswered_weight_);
  }

  /// Notes that letters of `weight` wait for the client now; true: whether it is behind
  /// has changed. Once it is not any more, `answered(0)` says whether to read on.
  [[nodiscard]] bool waits(std::size_t weight) noexcept {
    return unread_.note(weight);
  }

  // -- properties -------------------------------------------------------------

  /// Whether so much waits for it that nothing long should be sent.
  [[nodiscard]] bool is_behind() const noexcept {
    return unread_.is_full();
  }

  /// Who is not listened to is not silent, as long as it reads.
  [[nodiscard]] bool lives_by_itself() const noexcept {
    return unanswered_.is_full() && !is_behind();
  }

  /// Who is not listened to because it does not read lives as long as it takes something.
  [[nodiscard]] bool lives_by_taking() const noexcept {
    return unanswered_.is_full() && is_behind();
  }

private:
  backlog unanswered_;
  backlog unread_;
  std::size_t unanswered_weight_ = 0;
  std::size_t owed_ = 0; // answered, and counted as unanswered while it is behind
};

} // namespace ferry
