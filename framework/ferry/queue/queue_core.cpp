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

ready_index ready_of(const queue_start& start) {
  auto on_disk = start.config.durability == durability::disk;
  return {resident_share{on_disk ? start.config.resident_bytes : SIZE_MAX, start.budget},
          on_disk ? backing::disk : backing::none};
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
    in_flight_(start.opened, longest_lease(config_)),
    consumers_(start.last_consumer),
    was_unclean_(!start.in_handlers.empty()),
    disk_bytes_(start.payload_bytes),
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
  auto outcome = publish_outcome{request.session, {}, level, {}, {}};
  auto verdict = sessions_.judge(request.session, request.oldest, request.first, count);
  if (verdict.missing_from != publish_number::none) {
    outcome.resend_from = verdict.missing_from;
    out.emplace_back(effects::confirm{question, std::move(outcome), 0});
    return;
  }
  counters_.duplicates += verdict.duplicates;
  auto end = verdict.duplicates + std::min(count - verdict.duplicates, room());
  outcome.up_to = publish_number{value_of(request.first) + end - 1};
  if (end < count)
    outcome.resend_from = advanced(request.first, end);
  auto change = turn{};
  outcome.refused = append_accepted(now, request, verdict.duplicates, end, change);
  if (verdict.duplicates < end)
    remember(now, request.session, outcome.up_to, change);
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

std::uint64_t queue_core::present() const noexcept {
  return commits_.messages() + ready_.size() + quarantine_.size() + in_flight_.size()
         + delayed_.size() + burials_.size() + moves_.size();
}

// How many messages a producer may add now; the rest waits with it.
std::uint64_t queue_core::room() const noexcept {
  if (config_.max_messages == 0 || config_.overflow != overflow::block)
    return UINT64_MAX;
  return config_.max_messages - std::min(config_.max_messages, present());
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
  for (auto at = std::uint32_t{0}; at < end; ++at) {
    auto why = objection(page[at]);
    if (why.code != errc::none)
      refused.push_back({advanced(request.first, at), std::move(why)});
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
    disk_bytes_ += resident_bytes(run);
  }
  if (config_.max_messages != 0 && config_.overflow == overflow::dead_letter) {
    auto taken = present() + change.messages();
    auto fits = config_.max_messages - std::min(config_.max_messages, taken);
    if (fits < count) {
      if (fits > 0)
        change.ready.push_back(split_front(run, fits));
      change.overflow.push_back(std::move(run));
      return;
    }
  }
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
      change.take_over(origin, item);
  change.tell.emplace_back(effects::buried{question});
  finish(now, std::move(change), out);
}

void queue_core::remember(time_point now, session_id session, publish_number up_to,
                          turn& change) {
  auto forgotten = sessions_.expire(now);
  std::ranges::move(sessions_.remember(now, session, up_to), std::back_inserter(forgotten));
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
  arm(out);
}

// -- the end of every command -------------------------------------------------

// Holds the consequences back where something has to be stored first, or where
// an answer would overtake a commit it depends on.
void queue_core::finish(time_point now, turn change, effect_list& out) {
  if (change.empty() || (change.records.empty() && commits_.empty()))
    settle_down(now, std::move(change), out);
  else
    commits_.submit(std::move(change), out);
  deliver(now, out);
  arm(out);
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
    if (const auto* confirm = std::get_if<effects::confirm>(&answer))
      counters_.confirmed += confirm->messages;
    const auto* settled = std::get_if<effects::settled>(&answer);
    if (!settled || !burials_.hold(*settled))
      out.push_back(std::move(answer));
  }
}

void queue_core::measure(time_point now, const turn& change) {
  auto measure = [now](latency_histogram& latencies, const std::vector<message_run>& runs) {
    for (const auto& run : runs)
      for (const auto& message : run.envelopes())
        latencies.add(now - message.published_at);
  };
  measure(counters_.publish_to_ack, change.acked);
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
  figures.resident_bytes = ready_.resident_bytes();
  figures.disk_bytes = disk_bytes_;
  figures.consumers = consumers_.size();
  figures.paused = paused_until_ == time_point{} ? 0 : 1;
  return figures;
}

} // namespace ferry
