#include "ferry/queue/queue_core.hpp"

#include <algorithm>
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

bool is_for_a_sender(const effect& answer) noexcept {
  return std::holds_alternative<effects::confirm>(answer)
         || std::holds_alternative<effects::buried>(answer);
}

} // namespace

duration longest_lease(const queue_config& config) noexcept {
  return std::max(config.longest_lease, config.lease);
}

queue_core::queue_core(queue_start start)
  : name_(start.name),
    config_(start.config),
    stores_(config_.durability == durability::disk),
    spills_(spills(config_)),
    sessions_(max_sessions, config_.deduplication_time),
    published_ids_(config_.deduplication_ids, config_.deduplication_time),
    handled_ids_(config_.handled_ids, config_.deduplication_time),
    commits_(spills_ ? records_kept::yes : records_kept::no),
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

void queue_core::close(error why, effect_list& out) {
  if (failed_.code != errc::none)
    return;
  failed_ = std::move(why);
  if (commits_.is_suspended())
    fail(error{failed_}, out);
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
  if (has_to_wait(change))
    commits_.submit(std::move(change), out);
  else
    settle_down(now, std::move(change), out);
  go_on(now, out);
}

// What a consumer settles in memory depends on no commit; a receipt does as long as
// messages before it are on their way to the disk.
bool queue_core::has_to_wait(const turn& change) const noexcept {
  if (!change.records.empty())
    return true;
  if (stores_)
    return !change.empty() && !commits_.empty();
  return spilling_ > 0 && std::ranges::any_of(change.tell, is_for_a_sender);
}

void queue_core::settle_down(time_point now, turn change, effect_list& out) {
  measure(now, change);
  for (auto& run : change.ready)
    ready_.add(std::move(run));
  for (auto& run : change.spilled)
    spilled(std::move(run));
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
      measure(counters_.publish_to_receipt, change.spilled);
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
  figures.resident_bytes = resident();
  figures.spilled = ready_.spilled();
  figures.disk_bytes = stores_ ? payload_bytes_ : spilled_bytes_;
  figures.held = held_.size();
  figures.consumers = consumers_.size();
  figures.paused = paused_until_ == time_point{} ? 0 : 1;
  return figures;
}

} // namespace ferry
