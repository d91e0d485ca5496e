// One link between two nodes, from the first byte to the cut.
//
//   client                              server
//     ── preamble, hello ───────────────▶   knock: who is it, is it let in?
//     ◀─────────────── preamble, hello ──   let_in        (or turned_away)
//   opened                              opened
//     ◀════ letters, heartbeats ════▶

#pragma once

#include "ferry/errors.hpp"
#include "ferry/link/handshake.hpp"
#include "ferry/link/incoming_lanes.hpp"
#include "ferry/link/letter.hpp"
#include "ferry/link/outgoing_lanes.hpp"
#include "ferry/link/pulse.hpp"
#include "ferry/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace ferry {

/// Who dialed.
enum class link_side : std::uint8_t { client, server };

/// How a link behaves.
struct link_config {
  pulse_config pulse = {};
  duration handshake = std::chrono::seconds{5}; // until both have introduced themselves
  letter_limits letters = {};
  std::size_t in_transport = std::size_t{512} << 10; // bytes handed to the stream and not
                                                     // yet taken by the system
};

// -- effects ------------------------------------------------------------------

namespace link_effects {

/// Write `bytes` to the stream; call `written` when the system has taken them.
struct write {
  std::vector<char> bytes;
};

/// A client introduced itself; call `let_in` or `turn_away`.
struct knock {
  hello who;
};

/// The link is open: letters travel.
struct opened {
  hello peer;
};

/// Letters arrived, in the order of their lanes.
struct arrived {
  std::vector<letter> letters;
};

/// The link is over. Close the stream once what was written is out; call nothing more.
struct cut {
  error why; // errc::closed: somebody wanted it
};

/// Call `tick` at `when`; replaces every earlier wish.
struct wake_at {
  time_point when{};
};

} // namespace link_effects

using link_effect = std::variant<link_effects::write, link_effects::knock, link_effects::opened,
                                 link_effects::arrived, link_effects::cut, link_effects::wake_at>;
using link_effect_list = std::vector<link_effect>;

// -- core ---------------------------------------------------------------------

/// Introduces, watches and frames. What letters mean is none of its business.
///
/// Bounds      At most `link_config::in_transport` bytes are with the stream; what
///             waits beyond that stays whole in its lane, so that a stalled stream
///             costs what its senders had credit for.
/// Time        Never reads a clock; the caller passes `now`.
/// Errors      Whatever the peer does wrong ends in a `cut` that says what it was.
/// Threads     One owner at a time; no locking inside.
class link_core {
public:
  link_core(time_point now, link_side side, link_config config, hello mine);

  // -- modifiers --------------------------------------------------------------

  /// Begins; comes first.
  void start(time_point now, link_effect_list& out);

  /// Bytes arrived from the stream.
  void received(time_point now, std::span<const char> bytes, link_effect_list& out);

  /// The system has taken `bytes` of what was written.
  void written(time_point now, std::size_t bytes, link_effect_list& out);

  /// The stream broke; `reason` is what is known of it.
  void broken(const std::string& reason, link_effect_list& out);

  /// Answers to a `knock`.
  void let_in(time_point now, link_effect_list& out);
  void turn_away(time_point now, const error& why, link_effect_list& out);

  /// Sends a letter; before the link is open, and after its end, it is dropped.
  /// Range    any lane but `none`; at most `longest_letter` of what the peer takes, who
  ///          ends the link otherwise
  void send(time_point now, letter item, link_effect_list& out);

  /// Ends the link on purpose; the peer hears why.
  void close(time_point now, const error& why, link_effect_list& out);

  void tick(time_point now, link_effect_list& out);

  // -- properties -------------------------------------------------------------

  [[nodiscard]] bool is_open() const noexcept {
    return stage_ == stage::open;
  }

  [[nodiscard]] bool is_over() const noexcept {
    return stage_ == stage::over;
  }

  /// What the letters count that wait for the stream.
  [[nodiscard]] std::size_t waiting_weight() const noexcept {
    return outgoing_.weight();
  }

private:
  enum class stage : std::uint8_t { greeting, knocked, open, over };

  [[nodiscard]] status read_preamble(std::span<const char>& bytes, link_effect_list& out);
  void show_framing(link_effect_list& out);
  [[nodiscard]] status read_letters(time_point now, std::span<const char> bytes,
                                    link_effect_list& out);
  [[nodiscard]] status take(time_point now, const letter& item, link_effect_list& out);
  [[nodiscard]] status meet(time_point now, const hello& peer, link_effect_list& out);
  void say(const link_word& word);
  void beat(time_point now);
  void flush(time_point now, link_effect_list& out);
  void end(error why, link_effect_list& out);
  void arm(link_effect_list& out);

  link_side side_;
  link_config config_;
  hello mine_;
  stage stage_ = stage::greeting;
  pulse pulse_;
  time_point handshake_end_;
  std::size_t preamble_seen_ = 0;
  bool preamble_sent_ = false;
  incoming_lanes incoming_;
  outgoing_lanes outgoing_;
  std::optional<hello> peer_;
  std::size_t in_transport_ = 0;
  time_point armed_ = never;
};

} // namespace ferry
