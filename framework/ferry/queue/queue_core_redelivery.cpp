// How deliveries end, and where their messages go then.

#include "ferry/queue/queue_core.hpp"

#include "ferry/message_options.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace ferry {

namespace {

using namespace std::chrono_literals;

constexpr auto longest_range = std::uint64_t{1} << 50; // far more tags than an epoch has
constexpr auto longest_wait = duration{8760h};         // nothing waits for ever

credit amount_of(const message_run& run) {
  return {run.count, resident_bytes(run)};
}

// `run` with `line` in the history of each message, on a page of its own.
message_run told(message_run run, std::string_view line) {
  if (line.empty() || !run.is_resident())
    return run;
  auto page = std::make_shared<message_page>();
  for (const auto& item : run.envelopes())
    page->push_back(with_attempts(item, line));
  run.page = std::move(page);
  run.offset = 0;
  return run;
}

// A lease of `run` alone, which is a part of `whole` and has left it.
lease part_of(const lease& whole, message_run run) {
  return {whole.first_tag, whole.holder, std::move(run), {}, whole.opened, whole.term};
}

} // namespace

// -- settling -----------------------------------------------------------------

void queue_core::settle(time_point now, question_id question, consumer_id consumer,
                        std::span<const settlement> settlements, effect_list& out) {
  if (failed_.code != errc::none) {
    refuse(question, out);
    return;
  }
  auto change = turn{};
  change.cause = question;
  auto outcome = settle_outcome{};
  for (const auto& item : settlements) {
    if (item.kind != settle_kind::extend) // a handler extends while it runs
      consumers_.let_go(consumer);
    auto met = std::uint64_t{0};
    if (item.kind == settle_kind::keep) {
      for (const auto& kept : in_flight_.keep(consumer, item.first, item.count))
        clear(kept.run.first, change, out);
      continue; // it may have been settled before its handler returned
    }
    if (item.kind == settle_kind::extend) {
      auto term = item.delay ? std::optional{std::max(*item.delay, 0ns)} : std::nullopt;
      met = in_flight_.extend(now, consumer, item.first, item.count, term);
    } else {
      for (auto& part : in_flight_.close(consumer, item.first, item.count)) {
        met += part.run.count;
        consumers_.refund(consumer, amount_of(part.run));
        apply(now, item, std::move(part), change, out);
      }
    }
    outcome.settled += met;
    outcome.stale += std::min(item.count - met, longest_range);
  }
  counters_.stale += outcome.stale;
  change.tell.emplace_back(effects::settled{question, outcome});
  finish(now, std::move(change), out);
}

void queue_core::apply(time_point now, const settlement& item, lease ended, turn& change,
                       effect_list& out) {
  if (item.kind != settle_kind::release)
    clear(ended.run.first, change, out);
  switch (item.kind) {
  case settle_kind::ack: ack(now, ended, change); break;
  case settle_kind::nack: nack(now, std::move(ended), item, change, out); break;
  case settle_kind::reject:
    counters_.rejected += ended.run.count;
    end_of_life(now, std::move(ended), {death_cause::rejected, item.reason}, change, out);
    break;
  case settle_kind::undecodable:
    counters_.rejected += ended.run.count;
    end_of_life(now, std::move(ended), {death_cause::undecodable, item.reason}, change, out);
    break;
  case settle_kind::release: release(std::move(ended), change, out); break;
  case settle_kind::defer: defer(now, std::move(ended), item.due, change); break;
  case settle_kind::extend:
  case settle_kind::keep: break; // end nothing
  }
}

void queue_core::ack(time_point now, const lease& item, turn& change) {
  counters_.acknowledged += item.run.count;
  counters_.recovered += item.run.deliveries > 1 ? item.run.count : 0;
  change.end(item.run);
  if (config_.handled_ids > 0)
    for (const auto& message : item.run.envelopes())
      if (auto id = message_id_of(message); !id.empty())
        remember(now, id_kind::handled, id, change);
  erase(item.run, change);
}

void queue_core::erase(const message_run& run, turn& change) {
  payload_bytes_ -= std::min<std::uint64_t>(payload_bytes_, resident_bytes(run));
  if (stores_)
    change.erase(run);
}

void queue_core::nack(time_point now, lease item, const settlement& why, turn& change,
                      effect_list& out) {
  switch (classify(config_.failures, why.reason)) {
  case failure_kind::pause:
    paused_until_ = std::max(paused_until_, later(now, config_.pause));
    release(std::move(item), change, out);
    return;
  case failure_kind::fatal:
    counters_.nacked += item.run.count;
    end_of_life(now, std::move(item), {death_cause::rejected, why.reason}, change, out);
    return;
  case failure_kind::retryable: counters_.nacked += item.run.count; break;
  }
  if (is_exhausted(item.run)) {
    end_of_life(now, std::move(item), {death_cause::exhausted, why.reason}, change, out);
    return;
  }
  auto wait = wait_before(why, item.run.deliveries);
  auto line = line_of(now, item, why.reason);
  reschedule(std::move(item.run), wait > 0ns ? later(now, wait) : time_point{}, std::move(line),
             change);
}

// A policy that came with the nack and makes no sense is left aside.
duration queue_core::wait_before(const settlement& why, std::uint32_t deliveries) {
  if (why.delay)
    return std::min(*why.delay, longest_wait);
  auto random = std::generate_canonical<double, 32>(random_);
  auto overrides = why.retry && check(*why.retry).code == errc::none;
  return wait_after(overrides ? *why.retry : config_.retry, deliveries, random);
}

// The disk still holds the count from before the delivery.
void queue_core::release(lease item, turn& change, effect_list& out) {
  item.run.deliveries -= 1;
  counters_.released += item.run.count;
  if (quarantine_.returned(item.run.first)) { // it is as suspect as before
    out.emplace_back(effects::end_turn{});
    change.suspects.push_back(std::move(item.run));
  } else {
    change.ready.push_back(std::move(item.run));
  }
}

void queue_core::defer(time_point now, lease item, time_point due, turn& change) {
  item.run.deliveries -= 1;
  counters_.deferred += item.run.count;
  auto wait = due > now ? std::min(due, later(now, longest_wait)) : time_point{};
  reschedule(std::move(item.run), wait, {}, change);
}

// A suspect that has left its handler while the process lives on is none.
void queue_core::clear(sequence_number sequence, turn& change, effect_list& out) {
  if (!quarantine_.returned(sequence))
    return;
  change.records.emplace_back(records::clear_suspect{sequence, 1});
  out.emplace_back(effects::end_turn{});
}

// -- taking back --------------------------------------------------------------

void queue_core::unsubscribe(time_point now, question_id question, consumer_id consumer,
                             effect_list& out) {
  consumers_.remove(consumer);
  auto change = turn{};
  for (auto& item : in_flight_.release(consumer))
    release(std::move(item), change, out);
  change.tell.emplace_back(effects::unsubscribed{question});
  finish(now, std::move(change), out);
}

void queue_core::consumer_lost(time_point now, consumer_id consumer,
                               const std::optional<std::vector<sequence_range>>& begun,
                               effect_list& out) {
  if (failed_.code != errc::none)
    return;
  auto change = turn{};
  for (auto& item : in_flight_.release(consumer)) {
    auto all = std::vector{sequence_range{item.run.first, item.run.count}};
    auto parts = divide(item.run, begun && !item.is_kept ? *begun : all);
    for (auto& run : parts.outside)
      release(part_of(item, std::move(run)), change, out);
    for (auto& run : parts.inside) {
      counters_.orphaned += run.count;
      take_back(now, part_of(item, std::move(run)),
                {death_cause::exhausted, "the consumer was lost"}, change, out);
    }
  }
  consumers_.remove(consumer);
  finish(now, std::move(change), out);
}

void queue_core::take_back(time_point now, lease item, failing why, turn& change,
                           effect_list& out) {
  clear(item.run.first, change, out);
  if (is_exhausted(item.run)) {
    end_of_life(now, std::move(item), why, change, out);
    return;
  }
  auto line = line_of(now, item, why.reason);
  reschedule(std::move(item.run), time_point{}, std::move(line), change);
}

void queue_core::tick(time_point now, effect_list& out, std::span<const begun_work> begun) {
  if (failed_.code != errc::none)
    return;
  armed_ = never; // whatever was asked for has come
  if (paused_until_ <= now)
    paused_until_ = {};
  if (read_again_at_ <= now)
    read_again_at_ = {};
  auto change = turn{};
  for (auto& item : in_flight_.expire(now))
    expire(now, std::move(item), begun, change, out);
  for (auto& item : delayed_.take_due(now)) {
    counters_.redelivery_lateness.add(now - item.due, item.run.count);
    ready_.add(std::move(item.run));
  }
  burials_.retry(now, out);
  finish(now, std::move(change), out);
}

// What waited behind a handler that takes too long was not tried, and would be no
// better off in the same hands.
void queue_core::expire(time_point now, lease item, std::span<const begun_work> begun,
                        turn& change, effect_list& out) {
  const auto why = failing{death_cause::expired, "the delivery's deadline passed"};
  consumers_.refund(item.holder, amount_of(item.run));
  auto work = std::ranges::find(begun, item.holder, &begun_work::consumer);
  if (work == begun.end() || item.is_kept) {
    counters_.expired += item.run.count;
    take_back(now, std::move(item), why, change, out);
    return;
  }
  consumers_.hold_back(item.holder);
  auto parts = divide(item.run, work->messages);
  for (auto& run : parts.outside)
    release(part_of(item, std::move(run)), change, out);
  for (auto& run : parts.inside) {
    counters_.expired += run.count;
    take_back(now, part_of(item, std::move(run)), why, change, out);
  }
}

// -- where messages go --------------------------------------------------------

void queue_core::end_of_life(time_point now, lease item, failing why, turn& change,
                             effect_list& out) {
  auto line = line_of(now, item, why.reason);
  end_of_life(now, std::move(item.run), std::move(line), why, change, out);
}

void queue_core::end_of_life(time_point now, message_run run, std::string line, failing why,
                             turn& change, effect_list& out) {
  switch (config_.last_resort) {
  case last_resort::dead_letter:
    bury(now, std::move(run), why, line, change.cause, out);
    break;
  case last_resort::keep:
    reschedule(std::move(run), later(now, config_.retry.cap), std::move(line), change);
    break;
  case last_resort::discard:
    counters_.discarded += run.count;
    erase(run, change);
    break;
  }
}

void queue_core::bury(time_point now, message_run run, failing why, std::string_view line,
                      question_id cause, effect_list& out) {
  payload_bytes_ -= std::min<std::uint64_t>(payload_bytes_, resident_bytes(run));
  run = told(std::move(run), line);
  for (const auto& item : run.envelopes()) {
    auto sequence = split_front(run, 1).first;
    auto end = death{name_, sequence, why.cause, std::string{why.reason}, run.deliveries, now};
    burials_.start({sequence, dead_letter(item, end)}, out, cause);
  }
}

void queue_core::reschedule(message_run run, time_point due, std::string line, turn& change) {
  if (due == time_point{} || !stores_) {
    run = told(std::move(run), line);
  } else { // nobody needs the payload until then
    run.page.reset();
    run.offset = 0;
  }
  if (stores_)
    change.records.emplace_back(
      records::reschedule{run.first, run.count, run.deliveries, due, std::move(line)});
  if (due == time_point{})
    change.ready.push_back(std::move(run));
  else
    change.delayed.push_back({due, std::move(run)});
}

std::string queue_core::line_of(time_point now, const lease& item,
                                std::string_view reason) const {
  if (item.run.deliveries > attempts_kept)
    return {};
  return to_line({item.run.deliveries, item.opened, now - item.opened,
                  consumers_.name_of(item.holder), std::string{reason}});
}

bool queue_core::is_exhausted(const message_run& run) const noexcept {
  return config_.max_deliveries != 0 && run.deliveries >= config_.max_deliveries;
}

} // namespace ferry
