// What a queue takes, from whom it takes no more, and what it remembers of it.

#include "ferry/queue/queue_core.hpp"

#include "ferry/message_options.hpp"
#include "ferry/retry/death.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace ferry {

namespace {

std::string too_large(std::string_view queue, std::size_t size, std::size_t limit) {
  return "payload of " + std::to_string(size) + " bytes is too large for queue \""
         + std::string{queue} + "\" (limit " + std::to_string(limit)
         + " bytes); raise queue_config::max_payload_bytes or store a reference";
}

std::string claims_death(std::string_view queue) {
  return "a message that is published to queue \"" + std::string{queue}
         + "\" tells of a death, which only a queue does; leave out the headers that begin with "
           "\"ferry-death-\"";
}

} // namespace

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
  if (auto why = why_no_spill(); why.code != errc::none) {
    out.emplace_back(effects::refuse{question, std::move(why)});
    return;
  }
  auto count = request.page->size();
  counters_.retransmitted += request.is_resend ? count : 0;
  auto level = stores_ ? durability_level::synced : durability_level::memory;
  auto outcome = publish_outcome{request.session, {}, level, {}, {}, {}};
  auto verdict = sessions_.judge(request.session, request.oldest, request.first, count);
  if (verdict.missing_from != publish_number::none) {
    outcome.resend_from = verdict.missing_from;
    out.emplace_back(effects::confirm{question, std::move(outcome), 0});
    return;
  }
  counters_.duplicates += verdict.duplicates;
  auto end = verdict.duplicates + admitted(*request.page, verdict.duplicates);
  outcome.up_to = publish_number{value_of(request.first) + end - 1};
  auto held = std::size_t{0};
  if (end < count) {
    outcome.resend_from = advanced(request.first, end);
    outcome.held = why_held(end - verdict.duplicates);
    held = (*request.page)[end].body.size();
  }
  auto change = turn{};
  outcome.refused = append_accepted(now, request, verdict.duplicates, end, change);
  if (verdict.duplicates < end)
    remember(now, request.session, outcome.up_to, change);
  auto stored = change.messages();
  auto is_held = end < count && request.wants_to_know;
  change.tell.emplace_back(effects::confirm{question, std::move(outcome), stored, is_held, held});
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

credit queue_core::present() const noexcept {
  auto messages = commits_.messages() + ready_.size() + quarantine_.size() + in_flight_.size()
                  + delayed_.size() + burials_.size() + moves_.size();
  return {messages, payload_bytes_ + burials_.bytes()};
}

// How many messages of the page from `begin` on a producer may add now; the rest waits
// with it.
std::uint64_t queue_core::admitted(const message_page& page, std::size_t begin) const noexcept {
  auto count = page.size() - begin;
  auto is_blocked = is_over_budget() && config_.over_budget == over_budget::block;
  if (count == 0 || is_blocked || burials_.is_full())
    return 0;
  return config_.overflow == overflow::block ? limits_.fitting(present(), page, begin) : count;
}

// Said to whoever is held behind `taken` messages that are taken.
error queue_core::why_held(std::uint64_t taken) const {
  if (burials_.is_full())
    return why_dying(name_, burials_.bytes());
  if (is_over_budget() && config_.over_budget == over_budget::block)
    return why_over_budget(name_, allowance());
  auto all = present();
  all.messages += taken;
  return limits_.why_full(name_, all);
}

std::size_t queue_core::resident() const noexcept {
  return ready_.resident_bytes() + delayed_.resident_bytes();
}

// What is ready and what is delayed have it together.
std::size_t queue_core::allowance() const noexcept {
  return ready_.allowance(delayed_.resident_bytes());
}

// What lies on disk can leave the RAM, so only a memory queue gets that far.
bool queue_core::is_over_budget() const noexcept {
  return !stores_ && resident() >= allowance();
}

bool queue_core::has_room_again(std::size_t bytes) const noexcept {
  return !burials_.is_full() && (stores_ || spills_ || resident() <= allowance() / 2)
         && (config_.overflow != overflow::block || limits_.has_room_again(present(), bytes));
}

// Whoever has to make room for it is told to try again.
void queue_core::hold(const effects::confirm& told, effect_list& out) {
  if (auto first = held_.add({told.outcome.session, told.held_bytes}))
    out.emplace_back(effects::let_publish{*first});
}

void queue_core::let_publish(effect_list& out) {
  while (const auto* next = held_.first())
    if (has_room_again(next->bytes))
      out.emplace_back(effects::let_publish{held_.take()});
    else
      return;
}

// Takes the messages `begin` to `end` of the page. What is refused or stored already
// cuts it into runs; the last position closes the last run. A refused message that
// is sent again is refused again: were it taken for a duplicate, its producer would
// believe that it is stored.
std::vector<refusal> queue_core::append_accepted(time_point now, const publish_request& request,
                                                 std::uint64_t begin, std::uint64_t end,
                                                 turn& change) {
  auto refused = std::vector<refusal>{};
  const auto& page = *request.page;
  auto from = static_cast<std::uint32_t>(begin);
  auto has_no_room = config_.over_budget == over_budget::refuse && is_over_budget();
  refused_.forget_before(request.session, request.oldest);
  for (auto at = std::uint32_t{0}; at < end; ++at) {
    auto number = advanced(request.first, at);
    auto why = objection(page[at]);
    if (why.code == errc::none
        && (at < begin ? refused_.contains(request.session, number) : has_no_room)) {
      refused_.add(request.session, number);
      why = why_over_budget(name_, allowance());
    }
    if (why.code != errc::none)
      refused.push_back({number, std::move(why)});
    else if (at < from || !is_stored(now, page[at], change))
      continue;
    if (at < from)
      continue;
    append(request.page, from, at - from, change);
    from = at + 1;
  }
  append(request.page, from, end - from, change);
  return refused;
}

// A redrive believes what a letter tells, and brings it where its sender may not publish.
error queue_core::objection(const envelope& message) const {
  if (message.body.size() > config_.max_payload_bytes)
    return {errc::too_large, too_large(name_, message.body.size(), config_.max_payload_bytes)};
  if (is_dead(message))
    return {errc::invalid_argument, claims_death(name_)};
  return {};
}

// Whether a message of that id was stored; it is known from now on.
bool queue_core::is_stored(time_point now, const envelope& message, turn& change) {
  auto id = message_id_of(message);
  if (id.empty() || config_.deduplication_ids == 0)
    return false;
  if (published_ids_.contains(now, id)) {
    ++counters_.duplicates;
    return true;
  }
  remember(now, id_kind::published, id, change);
  return false;
}

void queue_core::append(shared_page page, std::uint32_t offset, std::uint64_t count, turn& change) {
  if (count == 0)
    return;
  auto run = message_run{std::move(page), offset, count, next_, 0};
  next_ = advanced(next_, count);
  counters_.published += count;
  if (stores_) {
    change.records.emplace_back(records::store{run});
    counters_.journaled += count;
  }
  if (config_.overflow == overflow::dead_letter)
    divide_overflow(run, change);
  if (run.count > 0)
    keep(std::move(run), change);
}

void queue_core::keep(message_run run, turn& change) {
  payload_bytes_ += resident_bytes(run);
  if (is_spilling())
    spill(std::move(run), change);
  else
    change.ready.push_back(std::move(run));
}

// Leaves in `run` what fits behind everything else.
void queue_core::divide_overflow(message_run& run, turn& change) {
  while (run.count > 0) {
    auto taken = present();
    taken.messages += change.messages();
    auto fits = std::min(run.count, limits_.fitting(taken, *run.page, run.offset));
    if (fits == run.count)
      return;
    auto part = split_front(run, std::max(fits, std::uint64_t{1}));
    if (fits > 0) {
      keep(std::move(part), change);
    } else {
      payload_bytes_ += resident_bytes(part);
      change.overflow.push_back(std::move(part));
    }
  }
}

void queue_core::bury(time_point now, question_id question, queue_id origin,
                      std::span<const dead_message> letters, effect_list& out) {
  if (failed_.code != errc::none) {
    refuse(question, out);
    return;
  }
  if (auto why = why_no_spill(); why.code != errc::none) {
    out.emplace_back(effects::refuse{question, std::move(why)});
    return;
  }
  auto page = std::make_shared<message_page>();
  for (const auto& item : letters)
    page->push_back(item.letter);
  auto change = turn{};
  append(std::move(page), 0, letters.size(), change);
  if (stores_ && origin != queue_id::none)
    for (const auto& item : letters)
      change.take_over(origin, item);
  change.tell.emplace_back(effects::buried{question});
  finish(now, std::move(change), out);
}

void queue_core::remember(time_point now, session_id session, publish_number up_to, turn& change) {
  auto forgotten = sessions_.expire(now);
  std::ranges::move(sessions_.remember(now, session, up_to), std::back_inserter(forgotten));
  for (auto old : forgotten)
    if (old != session)
      refused_.forget(old);
  if (!stores_)
    return;
  for (auto old : forgotten) // first, because the session itself may be among them
    change.records.emplace_back(records::forget_session{old});
  change.records.emplace_back(records::remember_session{session, up_to, now});
}

void queue_core::remember(time_point now, id_kind kind, std::string_view id, turn& change) {
  auto& window = kind == id_kind::published ? published_ids_ : handled_ids_;
  auto forgotten = window.expire(now);
  std::ranges::move(window.remember(now, id), std::back_inserter(forgotten));
  if (!stores_)
    return;
  for (auto& old : forgotten)
    change.records.emplace_back(records::forget_id{kind, std::move(old)});
  change.records.emplace_back(records::remember_id{kind, std::string{id}, now});
}

} // namespace ferry
