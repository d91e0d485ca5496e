// How a client gets to its broker, and back to it: what it dials, when, and when there
// will be no link any more. Reaches nobody itself.
//
//            ┌────────── opened ──────────▶┌──────┐
//   begin ─▶ dialing                       │ open │
//            ▲ │ ▲                         └──────┘
//     failed └─┘ └────────── lost ────────────┘
//              │ refused by whoever answers, or given up
//              ▼
//            over ◀── end, from anywhere

#pragma once

#include "ferry/errors.hpp"
#include "ferry/link/reconnect_policy.hpp"
#include "ferry/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ferry {

/// Whether somebody stands still until there is a link for the first time.
enum class first_link : std::uint8_t { awaited, not_awaited };

/// What follows from there being no link.
struct dialing_step {
  error why;                         // for whoever needs the link
  std::optional<time_point> dial_at; // `address()` then; nothing: there will be no link
  std::vector<std::string> reports;  // for people, in order
};

/// Decides where a client dials.
///
/// Time        Never reads a clock; the caller passes `now`.
/// Errors      A refusal does not keep it from the other addresses. Once all were tried it
///             ends by it, while somebody awaits the first link; later, the broker may be
///             exchanged for one that does not refuse, and it is dialed again.
/// Threads     One owner at a time; no locking inside.
class dialing_core {
public:
  /// Range    `addresses` at least one
  dialing_core(time_point now, std::vector<std::string> addresses, reconnect_config config);

  // -- events; `random` in [0, 1) spreads the waits -----------------------------

  [[nodiscard]] dialing_step begin(time_point now, double random);

  /// `address()` was not reached, or refuses.
  [[nodiscard]] dialing_step failed(time_point now, double random, const error& why,
                                    first_link first);

  void opened();

  /// The link to `address()` ended, perhaps before it was open.
  [[nodiscard]] dialing_step lost(time_point now, double random, const error& why,
                                  first_link first);

  /// Nobody needs a link any more.
  void end() noexcept {
    state_ = state::over;
  }

  // -- properties -------------------------------------------------------------

  /// What is dialed, or was last.
  [[nodiscard]] const std::string& address() const noexcept {
    return addresses_[address_];
  }

  [[nodiscard]] bool is_over() const noexcept {
    return state_ == state::over;
  }

private:
  enum class state : std::uint8_t { dialing, open, over };

  void note_refusal(const error& why, std::vector<std::string>& reports);
  [[nodiscard]] std::optional<error> end_round();
  [[nodiscard]] dialing_step over(const error& why, std::vector<std::string> reports);

  std::vector<std::string> addresses_;
  reconnect_policy policy_;
  std::size_t address_ = 0;           // its place in the list
  std::size_t tried_ = 0;             // addresses, in this round over all of them
  std::optional<error> refusal_;      // the first one of this round
  std::vector<std::string> reported_; // the last refusal of each address, since a link was open
  state state_ = state::dialing;
};

} // namespace ferry
