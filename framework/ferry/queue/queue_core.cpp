#include "ferry/queue/queue_core.hpp"

#include <algorithm>
#include <utility>

namespace ferry {

namespace {

using namespace std::chrono_literals;

constexpr auto max_sessions = std::size_t{10'000};
constexpr auto longest_share = std::uint64_t{1024};  // messages handed over in one go
constexpr auto longest_range = std::uint64_t{1} << 50;   // far more tags than an epoch has
constexpr auto burial_wait = 1s;

std::size_t ram_budget(const queue_config& config) {
  return config.durability == durability::disk ? config.resident_bytes : SIZE_MAX;
}

credit amount_of(const message_run& run) {
  return {run.count, resident_bytes(run)};
}

std::string too_large(std::string_view queue, std::size_t size, std::size_t limit) {
  return "payload of " + std::to_string(size) + " bytes is too large for queue \""
         + std::string{queue} + "\" (limit " + std::to_string(limit)
         + " bytes); raise queue_config::max_payload_bytes or store a reference";
}

} // namespace

queue_core::queue_core(queue_start start)
  : name_(std::move(start.name)),
    config_(std::move(start.config)),
    stores_(config_.durability == durability::disk),
    sessions_(max_sessions),
    ready_(ram_budget(config_)),
    in_flight_(start.opened),
    next_(start.next),
    random_(static_cast<std::minstd_rand::result_type>(start.seed)) {
  for (auto& item : start.runs)
    if (item.due == time_point{})
      ready_.add(std::move(item.run));
    else
      delayed_.add(std::move(item));
  for (auto [session, up_to] : start.sessions)
    (void)sessions_.remember(session, up_to);
}

// -- from producers -----------------------------------------------------------

void queue_core::publish(time_point now, question_id question, const publish_request& request,
                         effect_list& out) {
  if (failed_.code != errc::none) {
    refuse(question, out);
    return;
  }
  if (auto why = objection(request); why.code != errc::none) {
    out.emplace_back(effects::refuse{question, std::move(why)});
    return;
  }
  auto count = request.page->size();
  auto level = stores_ ? durability_level::synced : durability_level::memory;
  auto outcome = publish_outcome{request.session, {}, level, {}, {}};
  auto verdict = sessions_.judge(request.session, request.oldest, request.first, count);
  if (verdict.missing_from != publish_number::none) {
    outcome.resend_from = verdict.missing_from;
    out.emplace_back(effects::confirm{question, std::move(outcome), 0});
    return;
  }
  counters_.duplicates += verdict.duplicates;
  outcome.up_to = advanced(request.first, count - 1);
  auto change = turn{};
  outcome.refused = append_accepted(request, verdict.duplicates, change);
  if (verdict.duplicates < count)
    remember(request.session, outcome.up_to, change);
  auto stored = change.messages();
  change.tell.emplace_back(effects::confirm{question, std::move(outcome), stored});
  finish(now, std::move(change), out);
}

error queue_core::objection(const publish_request& request) const {
  if (!request.page || request.page->empty() || request.session == session_id::none
      || request.oldest == publish_number::none || request.first < request.oldest)
    return {errc::invalid_argument,
            "a publish to queue \"" + name_
              + "\" wants a session, a page of messages, and numbers from 1 up"};
  return {};
}

// Refused messages cut the page into runs; the last position closes the last run.
// A refused message that is sent again is refused again: were it taken for a
// duplicate, its producer would believe that it is stored.
std::vector<refusal> queue_core::append_accepted(const publish_request& request,
                                                 std::uint64_t skip, turn& change) {
  auto refused = std::vector<refusal>{};
  const auto& page = *request.page;
  auto begin = static_cast<std::uint32_t>(skip);
  for (auto at = std::uint32_t{0}; at < page.size(); ++at)
    if (auto size = page[at].body.size(); size > config_.max_payload_bytes) {
      refused.push_back({advanced(request.first, at),
                         {errc::too_large, too_large(name_, size, config_.max_payload_bytes)}});
      if (at < begin)
        continue;
      append(request.page, begin, at - begin, change);
      begin = at + 1;
    }
  append(request.page, begin, page.size() - begin, change);
  return refused;
}

void queue_core::append(shared_page page, std::uint32_t offset, std::uint64_t count,
                        turn& change) {
  if (count == 0)
    return;
  auto run = message_run{std::move(page), offset, count, next_, 0};
  next_ = advanced(next_, count);
  counters_.published += count;
  if (stores_)
    change.records.emplace_back(records::store{run});
  change.ready.push_back(std::move(run));
}

void queue_core::bury(time_point now, question_id question, queue_id origin,
                      std::span<const dead_message> letters, effect_list& out) {
  if (failed_.code != errc::none) {
    refuse(question, out);
    return;
  }
  auto page = std::make_shared<message_page>();
  for (const auto& item : letters)
    page->push_back(item.letter);
  auto change = turn{};
  append(std::move(page), 0, letters.size(), change);
  if (stores_ && origin != queue_id::none)
    for (const auto& item : letters)
      change.take_over(origin, item.sequence);
  change.tell.emplace_back(effects::buried{question});
  finish(now, std::move(change), out);
}

void queue_core::remember(session_id session, publish_number up_to, turn& change) {
  auto forgotten = sessions_.remember(session, up_to);
  if (!stores_)
    return;
  change.records.emplace_back(records::remember_session{session, up_to});
  for (auto old : forgotten)
    change.records.emplace_back(records::forget_session{old});
}

// -- from consumers -----------------------------------------------------------

result<consumer_id> queue_core::subscribe(time_point now, credit limit, effect_list& out) {
  if (failed_.code != errc::none)
    return failed_;
  auto consumer = consumers_.add(limit);
  finish(now, {}, out);
  return consumer;
}

void queue_core::grant(time_point now, consumer_id consumer, credit limit, effect_list& out) {
  consumers_.set_limit(consumer, limit);
  finish(now, {}, out);
}

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
    auto met = std::uint64_t{0};
    if (item.kind == settle_kind::extend) {
      auto deadline = later(now, item.delay.value_or(config_.lease));
      met = in_flight_.extend(consumer, item.first, item.count, deadline);
    } else {
      auto ended = in_flight_.close(consumer, item.first, item.count);
      for (const auto& part : ended) {
        met += part.run.count;
        consumers_.refund(consumer, amount_of(part.run));
      }
      apply(now, item, std::move(ended), change, out);
    }
    outcome.settled += met;
    outcome.stale += std::min(item.count - met, longest_range);
  }
  counters_.stale += outcome.stale;
  change.tell.emplace_back(effects::settled{question, outcome});
  finish(now, std::move(change), out);
}

void queue_core::apply(time_point now, const settlement& item, std::vector<lease> ended,
                       turn& change, effect_list& out) {
  for (auto& part : ended)
    switch (item.kind) {
    case settle_kind::ack: ack(part, change); break;
    case settle_kind::nack: nack(now, std::move(part), item, change, out); break;
    case settle_kind::reject:
      end_of_life(now, std::move(part.run), death_cause::rejected, item.reason, change, out);
      break;
    case settle_kind::undecodable:
      end_of_life(now, std::move(part.run), death_cause::undecodable, item.reason, change, out);
      break;
    case settle_kind::release: release(std::move(part), change); break;
    case settle_kind::extend: break; // ends nothing
    }
}

void queue_core::ack(const lease& item, turn& change) {
  counters_.acknowledged += item.run.count;
  if (stores_)
    change.erase(item.run);
}

void queue_core::nack(time_point now, lease item, const settlement& why, turn& change,
                      effect_list& out) {
  counters_.nacked += item.run.count;
  if (is_exhausted(item.run)) {
    end_of_life(now, std::move(item.run), death_cause::exhausted, why.reason, change, out);
    return;
  }
  auto random = std::generate_canonical<double, 32>(random_);
  auto wait = why.delay.value_or(wait_after(config_.retry, item.run.deliveries, random));
  reschedule(std::move(item.run), wait > 0ns ? later(now, wait) : time_point{}, change);
}

// The disk still holds the count from before the delivery.
void queue_core::release(lease item, turn& change) {
  item.run.deliveries -= 1;
  change.ready.push_back(std::move(item.run));
}

void queue_core::unsubscribe(time_point now, question_id question, consumer_id consumer,
                             effect_list& out) {
  consumers_.remove(consumer);
  auto change = turn{};
  for (auto& item : in_flight_.release(consumer))
    release(std::move(item), change);
  change.tell.emplace_back(effects::unsubscribed{question});
  finish(now, std::move(change), out);
}

void queue_core::consumer_lost(time_point now, consumer_id consumer, effect_list& out) {
  if (failed_.code != errc::none)
    return;
  consumers_.remove(consumer);
  auto change = turn{};
  take_back(now, in_flight_.release(consumer), "the consumer was lost", change, out);
  finish(now, std::move(change), out);
}

void queue_core::take_back(time_point now, std::vector<lease> ended, std::string_view reason,
                           turn& change, effect_list& out) {
  for (auto& item : ended)
    if (is_exhausted(item.run))
      end_of_life(now, std::move(item.run), death_cause::exhausted, reason, change, out);
    else
      reschedule(std::move(item.run), time_point{}, change);
}

void queue_core::end_of_life(time_point now, message_run run, death_cause cause,
                             std::string_view reason, turn& change, effect_list& out) {
  switch (config_.last_resort) {
  case last_resort::dead_letter:
    for (const auto& item : run.envelopes()) {
      auto sequence = split_front(run, 1).first;
      auto end = death{name_, sequence, cause, std::string{reason}, run.deliveries, now};
      burials_.start({sequence, dead_letter(item, end)}, out, change.cause);
    }
    break;
  case last_resort::keep: reschedule(std::move(run), later(now, config_.retry.cap), change); break;
  case last_resort::discard:
    counters_.discarded += run.count;
    if (stores_)
      change.erase(run);
    break;
  }
}

void queue_core::reschedule(message_run run, time_point due, turn& change) {
  if (stores_)
    change.records.emplace_back(
      records::reschedule{run.first, run.count, run.deliveries, due});
  if (due == time_point{}) {
    change.ready.push_back(std::move(run));
    return;
  }
  if (stores_) { // nobody needs the payload until then
    run.page.reset();
    run.offset = 0;
  }
  change.delayed.push_back({due, std::move(run)});
}

bool queue_core::is_exhausted(const message_run& run) const noexcept {
  return config_.max_deliveries != 0 && run.deliveries >= config_.max_deliveries;
}

// -- from journal, dead-letter queue and clock --------------------------------

void queue_core::committed(time_point now, commit_ticket ticket, effect_list& out) {
  while (auto change = commits_.pop_committed(ticket))
    settle_down(std::move(*change), out);
  deliver(now, out);
  arm(out);
}

void queue_core::close(error why) {
  if (failed_.code == errc::none)
    failed_ = std::move(why);
}

// A refusal must not overtake the answers to what was taken before.
void queue_core::refuse(question_id question, effect_list& out) {
  if (commits_.empty()) {
    out.emplace_back(effects::refuse{question, failed_});
    return;
  }
  auto change = turn{};
  change.tell.emplace_back(effects::refuse{question, failed_});
  commits_.submit(std::move(change), out);
}

void queue_core::fail(error why, effect_list& out) {
  failed_ = std::move(why);
  auto refuse = [&](const auto& answer) {
    if constexpr (requires { answer.question; })
      out.emplace_back(effects::refuse{answer.question, failed_});
  };
  while (auto change = commits_.pop())
    for (auto& answer : change->tell)
      std::visit(refuse, answer);
  burials_.refuse(failed_, out);
  moves_.refuse(failed_, out);
}

void queue_core::loaded(time_point now, sequence_number first, sequence_number covered,
                        std::vector<message_run> found, effect_list& out) {
  loading_ = false;
  ready_.load(first, covered, std::move(found));
  deliver(now, out);
  arm(out);
}

void queue_core::burial_ended(time_point now, sequence_number sequence, bool succeeded,
                              effect_list& out) {
  if (!succeeded)
    burials_.fail(sequence, later(now, burial_wait));
  else if (burials_.finish(sequence))
    ++counters_.dead_lettered;
  burials_.release(out);
  arm(out);
}

void queue_core::tick(time_point now, effect_list& out) {
  if (failed_.code != errc::none)
    return;
  armed_ = never; // whatever was asked for has come
  auto change = turn{};
  auto expired = in_flight_.expire(now);
  for (const auto& item : expired) {
    counters_.expired += item.run.count;
    consumers_.refund(item.holder, amount_of(item.run));
  }
  take_back(now, std::move(expired), "the delivery's deadline passed", change, out);
  for (auto& run : delayed_.take_due(now))
    ready_.add(std::move(run));
  burials_.retry(now, out);
  finish(now, std::move(change), out);
}

// -- the end of every command -------------------------------------------------

// Holds the consequences back where something has to be stored first, or where
// an answer would overtake a commit it depends on.
void queue_core::finish(time_point now, turn change, effect_list& out) {
  if (change.empty() || (change.records.empty() && commits_.empty()))
    settle_down(std::move(change), out);
  else
    commits_.submit(std::move(change), out);
  deliver(now, out);
  arm(out);
}

void queue_core::settle_down(turn change, effect_list& out) {
  for (auto& run : change.ready)
    ready_.add(std::move(run));
  for (auto& item : change.delayed)
    delayed_.add(std::move(item));
  for (auto& answer : change.tell) {
    if (const auto* confirm = std::get_if<effects::confirm>(&answer))
      counters_.confirmed += confirm->messages;
    const auto* settled = std::get_if<effects::settled>(&answer);
    if (!settled || !burials_.hold(*settled))
      out.push_back(std::move(answer));
  }
}

void queue_core::deliver(time_point now, effect_list& out) {
  if (failed_.code != errc::none)
    return;
  while (ready_.size() > 0) {
    auto consumer = consumers_.next();
    if (!consumer)
      return;
    auto room = consumers_.room(*consumer);
    auto share = std::clamp(ready_.size() / consumers_.size(), std::uint64_t{1}, longest_share);
    auto run = ready_.take(std::min(room.messages, share), room.bytes);
    if (!run)
      break;
    counters_.delivered += run->count;
    counters_.redelivered += run->deliveries > 0 ? run->count : 0;
    ++run->deliveries;
    consumers_.charge(*consumer, amount_of(*run));
    auto deadline = later(now, config_.lease);
    auto tag = in_flight_.open(*consumer, *run, deadline);
    out.emplace_back(effects::deliver{*consumer, tag, std::move(*run), deadline});
  }
  if (auto range = ready_.missing(); range && !loading_) {
    loading_ = true;
    out.emplace_back(effects::load{range->first, range->last, {}});
  }
}

// Asks to be woken for the earliest thing to do, unless an earlier wake-up is on
// its way: that one will ask again.
void queue_core::arm(effect_list& out) {
  auto wish = std::min({in_flight_.next_deadline().value_or(never),
                        delayed_.next_due().value_or(never),
                        burials_.next_due().value_or(never)});
  if (wish >= armed_)
    return;
  armed_ = wish;
  out.emplace_back(effects::wake_at{wish});
}

queue_figures queue_core::figures() const {
  auto figures = counters_;
  figures.committing = commits_.messages();
  figures.ready = ready_.size();
  figures.in_flight = in_flight_.size();
  figures.delayed = delayed_.size();
  figures.dying = burials_.size();
  figures.moving = moves_.size();
  figures.resident_bytes = ready_.resident_bytes();
  return figures;
}

} // namespace ferry
