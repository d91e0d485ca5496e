#include "ferry/link/link_core.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <string_view>
#include <utility>

namespace ferry {

namespace {

constexpr auto family = std::string_view{"ferry/"}; // what preambles of all framings begin with

error silent(const std::optional<hello>& peer, duration silence) {
  auto shown = std::chrono::duration_cast<std::chrono::milliseconds>(silence).count();
  auto who = peer ? "node \"" + peer->node + "\"" : std::string{"the peer"};
  return {errc::disconnected, who + " was silent for " + std::to_string(shown) + " ms"};
}

// A refusal is one, whatever its code.
error told(std::uint8_t code, const std::string& text) {
  return {errc{code} == errc::none ? errc::wrong_peer : errc{code}, text};
}

status too_early() {
  return error{errc::wrong_peer, "the peer sent letters before it was let in"};
}

} // namespace

link_core::link_core(time_point now, link_side side, link_config config, hello mine)
  : side_(side),
    config_(config),
    mine_(std::move(mine)),
    pulse_(now, config.pulse),
    handshake_end_(later(now, config.handshake)),
    incoming_(stranger_limits) {
  mine_.letter_bytes = config.letters.letter_bytes;
  mine_.unfinished_bytes = config.letters.unfinished_bytes;
}

// -- modifiers --------------------------------------------------------------------

void link_core::start(time_point now, link_effect_list& out) {
  if (side_ == link_side::client)
    say(mine_);
  flush(now, out);
}

void link_core::received(time_point now, std::span<const char> bytes, link_effect_list& out) {
  if (is_over())
    return;
  pulse_.received(now);
  auto outcome = read_preamble(bytes, out);
  if (outcome)
    outcome = read_letters(now, bytes, out);
  if (!outcome)
    end(outcome.why(), out);
  flush(now, out);
}

void link_core::written(time_point now, std::size_t bytes, link_effect_list& out) {
  in_transport_ -= std::min(in_transport_, bytes);
  flush(now, out);
}

void link_core::broken(const std::string& reason, link_effect_list& out) {
  auto is_unheard = side_ == link_side::client && preamble_seen_ == 0;
  auto hint =
    is_unheard ? " before the broker said a word; either both sides use TLS or neither" : "";
  end({errc::disconnected, reason + hint}, out);
}

void link_core::let_in(time_point now, link_effect_list& out) {
  if (stage_ != stage::knocked)
    return;
  stage_ = stage::open;
  incoming_.limit(config_.letters);
  mine_.token.clear();
  say(mine_);
  out.emplace_back(link_effects::opened{*peer_});
  flush(now, out);
}

void link_core::turn_away(time_point now, const error& why, link_effect_list& out) {
  if (stage_ != stage::knocked)
    return;
  say(turned_away{static_cast<std::uint8_t>(why.code), why.text});
  flush(now, out);
  end(why, out);
}

void link_core::send(time_point now, letter item, link_effect_list& out) {
  assert(item.lane != lane_id::none);
  if (!is_open())
    return;
  outgoing_.add(std::move(item));
  flush(now, out);
}

void link_core::close(time_point now, const error& why, link_effect_list& out) {
  if (is_over())
    return;
  if (is_open())
    say(farewell{static_cast<std::uint8_t>(why.code), why.text});
  flush(now, out);
  end({errc::closed, why.text}, out);
}

void link_core::tick(time_point now, link_effect_list& out) {
  auto due = std::exchange(armed_, never);
  if (is_over())
    return;
  pulse_.looked(now, due);
  if (!is_open() && now >= handshake_end_)
    end({errc::timed_out, "the peer did not introduce itself in time; is it a ferry node?"}, out);
  else if (pulse_.is_silent(now))
    end(silent(peer_, pulse_.config().silence), out);
  else if (pulse_.wants_beat(now))
    beat(now);
  flush(now, out);
}

// While the stream holds bytes of ours a beat would be as late as they are.
void link_core::beat(time_point now) {
  if (is_open() && in_transport_ == 0)
    say(heartbeat{});
  pulse_.sent(now);
}

// -- reading ----------------------------------------------------------------------

status link_core::read_preamble(std::span<const char>& bytes, link_effect_list& out) {
  auto expected = link_preamble.substr(preamble_seen_);
  auto differs = std::ranges::mismatch(bytes, expected);
  auto size = static_cast<std::size_t>(differs.in1 - bytes.begin());
  preamble_seen_ += size;
  bytes = bytes.subspan(size);
  if (bytes.empty() || preamble_seen_ == link_preamble.size())
    return success();
  if (preamble_seen_ < family.size())
    return error{errc::wrong_peer, "the peer is no ferry node; is this the right port?"};
  show_framing(out);
  return error{errc::wrong_peer, "the peer is a ferry node of another framing; run the same "
                                 "version of ferry on both"};
}

// So much a node of any framing understands.
void link_core::show_framing(link_effect_list& out) {
  if (!std::exchange(preamble_sent_, true))
    out.emplace_back(link_effects::write{{link_preamble.begin(), link_preamble.end()}});
}

// In the order of arrival: a word holds for what comes behind it, and what came before
// a farewell has arrived.
status link_core::read_letters(time_point now, std::span<const char> bytes, link_effect_list& out) {
  auto letters = std::vector<letter>{};
  auto outcome = success();
  while (outcome && !bytes.empty() && !is_over()) {
    outcome = incoming_.read(bytes, letters);
    if (!letters.empty() && letters.back().lane == lane_id::none) {
      auto word = std::move(letters.back());
      letters.pop_back();
      outcome = is_open() || letters.empty() ? take(now, word, out) : too_early();
    }
  }
  if (letters.empty())
    return outcome;
  if (!is_open())
    return outcome ? too_early() : outcome;
  out.emplace_back(link_effects::arrived{std::move(letters)});
  return outcome;
}

status link_core::take(time_point now, const letter& item, link_effect_list& out) {
  auto word = word_from(item);
  if (!word)
    return word.why();
  if (const auto* who = std::get_if<hello>(&*word))
    return meet(now, *who, out);
  if (const auto* refusal = std::get_if<turned_away>(&*word))
    return told(refusal->code, refusal->text);
  if (const auto* last = std::get_if<farewell>(&*word))
    return error{errc::disconnected, last->text};
  return success();
}

// Both sides look: each may be the newer one that knows why.
status link_core::meet(time_point now, const hello& peer, link_effect_list& out) {
  if (stage_ != stage::greeting)
    return error{errc::wrong_peer, "the peer introduced itself twice"};
  peer_ = peer;
  pulse_.suit(duration{peer.silence_ns});
  outgoing_.limit(limits_of(peer).unfinished_bytes / 2);
  if (side_ == link_side::server) {
    stage_ = stage::knocked;
    if (auto why = objection(mine_, peer); why.code != errc::none)
      turn_away(now, why, out);
    else
      out.emplace_back(link_effects::knock{peer});
    return success();
  }
  if (auto why = objection(mine_, peer); why.code != errc::none)
    return why;
  stage_ = stage::open;
  incoming_.limit(config_.letters);
  out.emplace_back(link_effects::opened{peer});
  return success();
}

// -- writing ----------------------------------------------------------------------

void link_core::say(const link_word& word) {
  outgoing_.add(to_letter(word));
}

void link_core::flush(time_point now, link_effect_list& out) {
  if (is_over())
    return;
  auto bytes = std::vector<char>{};
  if (!outgoing_.empty() && !std::exchange(preamble_sent_, true))
    bytes.assign(link_preamble.begin(), link_preamble.end());
  if (in_transport_ < config_.in_transport)
    outgoing_.write(bytes, config_.in_transport - in_transport_);
  if (!bytes.empty()) {
    in_transport_ += bytes.size();
    pulse_.sent(now);
    out.emplace_back(link_effects::write{std::move(bytes)});
  }
  arm(out);
}

void link_core::end(error why, link_effect_list& out) {
  if (is_over())
    return;
  stage_ = stage::over;
  out.emplace_back(link_effects::cut{std::move(why)});
}

void link_core::arm(link_effect_list& out) {
  auto next = is_open() ? pulse_.next() : std::min(pulse_.next(), handshake_end_);
  if (next >= armed_)
    return;
  armed_ = next;
  out.emplace_back(link_effects::wake_at{next});
}

} // namespace ferry
