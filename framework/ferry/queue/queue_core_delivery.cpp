// Who gets what, and when the queue wants to be woken.

#include "ferry/queue/queue_core.hpp"

#include "ferry/message_options.hpp"

#include <algorithm>
#include <utility>

namespace ferry {

namespace {

using namespace std::chrono_literals;

constexpr auto read_again_after = 5s;
constexpr auto longest_share = std::uint64_t{1024}; // messages handed over in one go

} // namespace

void queue_core::deliver(time_point now, effect_list& out) {
  auto is_at_its_limit = burials_.is_full() || commits_.is_behind();
  if (failed_.code != errc::none || paused_until_ > now || is_at_its_limit) {
    pass_turn_on(out);
    return;
  }
  auto filtered = turn{};
  deliver_suspect(now, filtered, out);
  deliver_ready(now, filtered, out);
  if (!filtered.empty())
    commits_.submit(std::move(filtered), out);
}

void queue_core::deliver_ready(time_point now, turn& filtered, effect_list& out) {
  auto before = ready_.size();
  while (ready_.size() > 0) {
    auto consumer = consumers_.next();
    if (!consumer)
      break;
    auto run = next_share(now, *consumer, filtered);
    if (!run) {
      load_next(now, before - ready_.size(), out);
      return;
    }
    if (run->count > 0)
      hand_over(now, *consumer, std::move(*run), company::any, out);
  }
  if (ready_.size() < before)
    load_next(now, before - ready_.size(), out);
}

// Asked for only where somebody consumes: whoever stops does not fill the RAM.
void queue_core::load_next(time_point now, std::uint64_t taken, effect_list& out) {
  if (loading_ || !may_read(now))
    return;
  auto limit = read_ahead_.next(ready_, taken, delayed_.resident_bytes());
  if (!limit)
    return;
  loading_ = true;
  auto range = *ready_.missing();
  out.emplace_back(effects::load{range.first, range.last, *limit});
}

// What goes out together has one lease. What was handled before goes nowhere: an
// empty share then.
std::optional<message_run> queue_core::next_share(time_point now, consumer_id consumer,
                                                  turn& filtered) {
  auto room = consumers_.room(consumer);
  auto share = std::clamp(ready_.size() / consumers_.size(), std::uint64_t{1}, longest_share);
  auto run = ready_.take(std::min(room.messages, share), room.bytes);
  if (!run)
    return std::nullopt;
  auto together = alike(now, *run);
  if (together == run->count)
    return run;
  auto part = split_front(*run, std::max(together, std::uint64_t{1}));
  if (run->count > 0)
    ready_.put_back(std::move(*run));
  if (together > 0)
    return part;
  ++counters_.filtered;
  erase(part, filtered);
  return message_run{};
}

// How many messages from the front of `run` go out together.
std::uint64_t queue_core::alike(time_point now, const message_run& run) const {
  auto count = std::uint64_t{0};
  auto lease = lease_of(run.envelopes().front());
  for (const auto& message : run.envelopes()) {
    if (message.headers && (lease_of(message) != lease || was_handled(now, message)))
      break;
    if (!message.headers && lease)
      break;
    ++count;
  }
  return count;
}

bool queue_core::was_handled(time_point now, const envelope& message) const {
  return config_.handled_ids > 0 && handled_ids_.contains(now, message_id_of(message));
}

void queue_core::deliver_suspect(time_point now, turn& filtered, effect_list& out) {
  if (quarantine_.size() == 0)
    return;
  if (quarantine_.wants_to_deliver() && consumers_.has_room()) {
    if (quarantine_.ask())
      out.emplace_back(effects::ask_turn{});
    if (auto suspect = quarantine_.take()) {
      if (was_handled(now, suspect->envelopes().front())) {
        clear(suspect->first, filtered, out);
        erase(*suspect, filtered);
        ++counters_.filtered;
        deliver_suspect(now, filtered, out); // the next one asks for a turn of its own
        return;
      }
      hand_over(now, *consumers_.next(), std::move(*suspect), company::none, out);
    }
  } else if (in_flight_.size() == 0) { // else there will be room
    pass_turn_on(out);
  }
  if (auto sequence = may_read(now) ? quarantine_.load() : std::nullopt)
    out.emplace_back(effects::load{*sequence, *sequence, {}});
}

void queue_core::pass_turn_on(effect_list& out) {
  if (quarantine_.end_turn())
    out.emplace_back(effects::end_turn{});
}

void queue_core::hand_over(time_point now, consumer_id consumer, message_run run, company with,
                           effect_list& out) {
  counters_.delivered += run.count;
  counters_.redelivered += run.deliveries > 0 ? run.count : 0;
  ++run.deliveries;
  consumers_.charge(consumer, {run.count, resident_bytes(run)});
  auto term = lease_of(run.envelopes().front())
                .value_or(consumers_.lease_of(consumer).value_or(config_.lease));
  auto tag = in_flight_.open(now, consumer, run, term);
  auto limit = later(now, longest_lease(config_));
  out.emplace_back(effects::deliver{consumer, tag, std::move(run),
                                    std::min(later(now, term), limit), with, term, limit});
}

void queue_core::loaded(time_point now, sequence_number first, sequence_number covered,
                        std::vector<message_run> found, effect_list& out) {
  if (failed_.code != errc::none)
    return;
  auto change = turn{};
  if (quarantine_.loaded(first, found)) {
    while (auto dying = quarantine_.take_dying()) {
      if (config_.last_resort != last_resort::dead_letter) // else suspect as long as it has a row
        change.records.emplace_back(records::clear_suspect{dying->first, 1});
      end_of_life(now, std::move(*dying), {},
                  {death_cause::exhausted, "the process ended while the handler ran"}, change, out);
    }
  } else {
    loading_ = false;
    unspill(ready_.load(first, covered, std::move(found)), change);
  }
  finish(now, std::move(change), out);
}

void queue_core::load_failed(time_point now, effect_list& out) {
  loading_ = false;
  quarantine_.load_failed();
  read_again_at_ = later(now, read_again_after);
  arm(out);
}

bool queue_core::may_read(time_point now) const noexcept {
  return read_again_at_ <= now;
}

void queue_core::turn_granted(time_point now, effect_list& out) {
  quarantine_.grant();
  if (quarantine_.size() == 0)
    pass_turn_on(out);
  go_on(now, out);
}

void queue_core::pause(time_point now, time_point until, effect_list& out) {
  paused_until_ = until > now ? until : time_point{};
  go_on(now, out);
}

// Asks to be woken for the earliest thing to do, unless an earlier wake-up is on
// its way: that one will ask again.
void queue_core::arm(effect_list& out) {
  auto wish = std::min({in_flight_.next_deadline().value_or(never),
                        delayed_.next_due().value_or(never),
                        burials_.next_due().value_or(never),
                        paused_until_ == time_point{} ? never : paused_until_,
                        read_again_at_ == time_point{} ? never : read_again_at_});
  if (wish >= armed_)
    return;
  armed_ = wish;
  out.emplace_back(effects::wake_at{wish});
}

} // namespace ferry
