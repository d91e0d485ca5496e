// How two nodes notice that the other one is gone, although the stream is not cut.

#pragma once

#include "ferry/time.hpp"

#include <algorithm>

namespace ferry {

inline constexpr auto shortest_beat = duration{std::chrono::milliseconds{10}};

/// What a peer is given to be heard by an owner that was held up.
inline constexpr auto listening_time = duration{std::chrono::milliseconds{500}};

/// How a link is watched.
struct pulse_config {
  duration beat = std::chrono::seconds{2};     // the longest pause before one is sent,
                                               // `shortest_beat` or more
  duration silence = std::chrono::seconds{10}; // then the peer counts as gone; more than
                                               // twice the beat
};

/// Tells when a beat is due, and when the peer was silent for too long. Everything
/// that arrives counts as a beat.
///
/// An owner that was held up, because the machine was or its thread, has not listened
/// either: what the peer said meanwhile may still be unread. So a peer that seems silent
/// to it gets the `listening_time` more, or the whole `silence` where that is shorter; once
/// until it is heard again (after Lifeguard, whose members doubt their own health first).
///
/// Time        Never reads a clock; the caller passes `now`.
/// Errors      None.
class pulse {
public:
  pulse(time_point now, pulse_config config) : config_(config), heard_(now), sent_(now) {
  }

  // -- modifiers --------------------------------------------------------------

  void received(time_point now) noexcept {
    heard_ = now;
    was_excused_ = false;
  }

  void sent(time_point now) noexcept {
    sent_ = now;
  }

  /// Notes that the owner looks at `now`, and wanted to at `due`. It was held up where that
  /// is at least as late as the peer would be listened to.
  void looked(time_point now, time_point due) noexcept {
    auto patience = std::min(listening_time, config_.silence);
    if (was_excused_ || !is_silent(now) || now < later(due, patience))
      return;
    was_excused_ = true;
    heard_ = now - (config_.silence - patience);
  }

  /// Beats at least three times within the `silence` that the peer allows; 0 or less:
  /// as it is. No peer has it beat more often than every 10 ms.
  void suit(duration silence) noexcept {
    if (silence > duration::zero())
      config_.beat = std::min(config_.beat, std::max(silence / 3, shortest_beat));
  }

  // -- properties -------------------------------------------------------------

  [[nodiscard]] bool wants_beat(time_point now) const noexcept {
    return now >= later(sent_, config_.beat);
  }

  [[nodiscard]] bool is_silent(time_point now) const noexcept {
    return now >= later(heard_, config_.silence);
  }

  /// When to look again.
  [[nodiscard]] time_point next() const noexcept {
    return std::min(later(sent_, config_.beat), later(heard_, config_.silence));
  }

  [[nodiscard]] const pulse_config& config() const noexcept {
    return config_;
  }

private:
  pulse_config config_;
  time_point heard_;
  time_point sent_;
  bool was_excused_ = false; // since it was heard
};

} // namespace ferry
