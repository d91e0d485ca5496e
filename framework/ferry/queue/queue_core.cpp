#include "ferry/queue/queue_core.hpp"

#include "ferry/message_options.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace ferry {

namespace {

using namespace std::chrono_literals;

constexpr auto max_sessions = std::size_t{10'000};
constexpr auto burial_wait = 1s;

resident_share share_of(const queue_start& start) {
  return resident_share{start.config.resident_bytes, start.budget};
}

ready_index ready_of(const queue_start& start) {
  auto on_disk = start.config.durability == durability::disk;
  return {share_of(start), on_disk ? backing::disk : backing::none};
}

std::string too_large(std::string_view queue, std::size_t size, std::size_t limit) {
  return "payload of " + std::to_string(size) + " bytes is too large for queue \""
         + std::string{queue} + "\" (limit " + std::to_string(limit)
         + " bytes); raise queue_config::max_payload_bytes or store a reference";
}

} // namespace

duration longest_lease(const queue_config& config) noexcept {
  return std::max(config.longest_lease, config.lease);
}

queue_core::queue_core(queue_start start)
  : name_(start.name),
    config_(start.config),
    stores_(config_.durability == durability::disk),
    sessions_(max_sessions, config_.deduplication_time),
    published_ids_(config_.deduplication_ids, config_.deduplication_time),
    handled_ids_(config_.handled_ids, config_.deduplication_time),
    ready_(ready_of(start)),
    delayed_(share_of(start)),
    in_flight_(start.opened, longest_lease(config_)),
    consumers_(start.last_consumer),
    was_unclean_(!start.in_handlers.empty()),
    limits_(config_),
    held_(max_sessions),
    payload_bytes_(start.payload_bytes),
    next_(start.next),
    random_(static_cast<std::minstd_rand::result_type>(start.seed)),
    counters_(start.so_far) {
  for (auto& item : start.runs)
    take_in(std::move(item.run), item.due, start);
  for (auto [session, up_to, used] : start.sessions)
    (void)sessions_.remember(used, session, up_to);
  for (const auto& item : start.ids) {
    auto& window = item.kind == id_kind::published ? published_ids_ : handled_ids_;
    (void)window.remember(item.at, item.id);
  }
}

// A suspect waits for no due time: it had been delivered.
void queue_core::take_in(message_run run, time_point due, const queue_start& start) {
  auto charge = divide(std::move(run), start.in_handlers);
  for (auto& item : charge.inside)
    uncharged_.push_back(std::move(item));
  for (auto& item : charge.outside) {
    auto known = divide(std::move(item), start.suspects);
    for (auto& suspect : known.inside)
      accuse(std::move(suspect));
    for (auto& rest : known.outside)
      if (due == time_point{})
        ready_.add(std::move(rest));
      else
        delayed_.add({due, std::move(rest)});
  }
}

void queue_core::accuse(message_run run) {
  auto fate = is_exhausted(run) ? suspect_fate::dies : suspect_fate::is_tried;
  quarantine_.add(std::move(run), fate);
}

void queue_core::start(time_point now, effect_list& out) {
  auto change = turn{};
  for (auto& run : std::exchange(uncharged_, {})) {
    auto item = attempt{++run.deliveries, now, duration::zero(), "",
                        "the process ended while the handler ran"};
    auto line = run.deliveries > attempts_kept ? std::string{} : to_line(item);
    change.records.emplace_back(
      records::reschedule{run.first, run.count, run.deliveries, time_point{}, std::move(line)});
    change.records.emplace_back(records::suspect{run.first, run.count});
    change.suspects.push_back(std::move(run));
  }
  if (was_unclean_)
    change.tell.emplace_back(effects::charged{});
  finish(now, std::move(change), out);
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
    return why_over_budget(name_, ready_.allowance());
  auto all = present();
  all.messages += taken;
  return limits_.why_full(name_, all);
}

// What lies on disk can leave the RAM, so only a memory queue gets that far.
bool queue_core::is_over_budget() const noexcept {
  return !stores_ && ready_.resident_bytes() + delayed_.resident_bytes() >= ready_.allowance();
}

bool queue_core::has_room_again(std::size_t bytes) const noexcept {
  auto resident = ready_.resident_bytes() + delayed_.resident_bytes();
  return !burials_.is_full()
         && (stores_ || resident <= ready_.allowance() / 2)
         && (config_.overflow != overflow::block || limits_.has_room_again(present(), bytes));
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
  auto takes_more = !is_over_budget();
  refused_.forget_before(request.session, request.oldest);
  for (auto at = std::uint32_t{0}; at < end; ++at) {
    auto number = advanced(request.first, at);
    auto why = objection(page[at]);
    if (why.code == errc::none && (at < begin ? refused_.contains(request.session, number) : !takes_more)) {
      refused_.add(request.session, number);
      why = why_over_budget(name_, ready_.allowance());
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

error queue_core::objection(const envelope& message) const {
  if (message.body.size() <= config_.max_payload_bytes)
    return {};
  return {errc::too_large, too_large(name_, message.body.size(), config_.max_payload_bytes)};
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

void queue_core::append(shared_page page, std::uint32_t offset, std::uint64_t count,
                        turn& change) {
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
  payload_bytes_ += resident_bytes(run);
  if (run.count > 0)
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
    auto& where = fits > 0 ? change.ready : change.overflow;
    where.push_back(split_front(run, std::max(fits, std::uint64_t{1})));
    payload_bytes_ += resident_bytes(where.back());
  }
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
      change.take_over(origin, item);
  change.tell.emplace_back(effects::buried{question});
  finish(now, std::move(change), out);
}

void queue_core::remember(time_point now, session_id session, publish_number up_to,
                          turn& change) {
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

// -- from consumers -----------------------------------------------------------

result<consumer_id> queue_core::subscribe(time_point now, subscriber who, effect_list& out) {
  if (failed_.code != errc::none)
    return failed_;
  auto consumer = consumers_.add(std::move(who));
  finish(now, {}, out);
  return consumer;
}

void queue_core::grant(time_point now, consumer_id consumer, credit limit, effect_list& out) {
  consumers_.set_limit(consumer, limit);
  finish(now, {}, out);
}

// -- from journal and dead-letter queue ---------------------------------------

void queue_core::committed(time_point now, commit_ticket ticket, effect_list& out) {
  while (auto change = commits_.pop_committed(ticket))
    settle_down(now, std::move(*change), out);
  go_on(now, out);
}

// What every command ends with: there may be messages, credit or room that were not.
void queue_core::go_on(time_point now, effect_list& out) {
  deliver(now, out);
  let_publish(out);
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
  if (quarantine_.abandon_turn())
    out.emplace_back(effects::end_turn{});
  burials_.refuse(failed_, out);
  moves_.refuse(failed_, out);
}

void queue_core::burial_ended(time_point now, sequence_number sequence, bool succeeded,
                              effect_list& out) {
  if (!succeeded)
    burials_.fail(sequence, later(now, burial_wait));
  else if (burials_.finish(sequence))
    ++counters_.dead_lettered;
  burials_.release(out);
  go_on(now, out);
}

// -- the end of every command -------------------------------------------------

// Holds the consequences back where something has to be stored first, or where
// an answer would overtake a commit it depends on.
void queue_core::finish(time_point now, turn change, effect_list& out) {
  if (change.empty() || (change.records.empty() && commits_.empty()))
    settle_down(now, std::move(change), out);
  else
    commits_.submit(std::move(change), out);
  go_on(now, out);
}

void queue_core::settle_down(time_point now, turn change, effect_list& out) {
  measure(now, change);
  for (auto& run : change.ready)
    ready_.add(std::move(run));
  for (auto& item : change.delayed)
    delayed_.add(std::move(item));
  for (auto& run : change.suspects)
    accuse(std::move(run));
  for (auto& run : change.overflow)
    bury(now, std::move(run), {death_cause::overflow, "the queue was full"}, {}, {}, out);
  for (auto& answer : change.tell) {
    if (const auto* confirm = std::get_if<effects::confirm>(&answer)) {
      counters_.confirmed += confirm->messages;
      if (confirm->is_held)
        hold(*confirm, out);
    }
    const auto* settled = std::get_if<effects::settled>(&answer);
    if (!settled || !burials_.hold(*settled))
      out.push_back(std::move(answer));
  }
}

// Whoever has to make room for it is told to try again.
void queue_core::hold(const effects::confirm& told, effect_list& out) {
  if (auto first = held_.add({told.outcome.session, told.held_bytes}))
    out.emplace_back(effects::let_publish{*first});
}

void queue_core::measure(time_point now, const turn& change) {
  auto measure = [now](latency_histogram& latencies, const std::vector<message_run>& runs) {
    for (const auto& run : runs)
      for (const auto& message : run.envelopes())
        latencies.add(now - message.published_at);
  };
  for (auto published_at : change.acked)
    counters_.publish_to_ack.add(now - published_at);
  for (const auto& answer : change.tell)
    if (const auto* confirm = std::get_if<effects::confirm>(&answer);
        confirm && confirm->messages > 0) {
      measure(counters_.publish_to_receipt, change.ready);
      measure(counters_.publish_to_receipt, change.overflow);
    }
}

queue_figures queue_core::figures() const {
  auto figures = counters_;
  figures.committing = commits_.messages();
  figures.ready = ready_.size() + quarantine_.size();
  figures.in_flight = in_flight_.size();
  figures.delayed = delayed_.size();
  figures.dying = burials_.size();
  figures.moving = moves_.size();
  figures.resident_bytes = ready_.resident_bytes() + delayed_.resident_bytes();
  figures.disk_bytes = stores_ ? payload_bytes_ : 0;
  figures.held = held_.size();
  figures.consumers = consumers_.size();
  figures.paused = paused_until_ == time_point{} ? 0 : 1;
  return figures;
}

} // namespace ferry
