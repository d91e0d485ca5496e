// A queue as slow and as obvious as can be: one map of messages, looked through
// from end to end for every question. It is told every command after the real
// queue executed it, and says what must have come of it.

#pragma once

#include "support/printing.hpp"

#include "ferry/queue/queue_core.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <rapidcheck.h>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace ferry::testing {

enum class place : std::uint8_t { committing, ready, in_flight, delayed, dying, moving, ended };

enum class ending : std::uint8_t { none, acknowledged, discarded, dead, moved };

/// What the disk holds beside a payload.
struct model_row {
  std::uint32_t deliveries = 0;
  time_point due{};

  friend bool operator==(const model_row&, const model_row&) = default;
};

struct model_message {
  std::string text;
  place where = place::committing;
  ending how = ending::none;
  std::uint32_t deliveries = 0;
  consumer_id holder{};         // in flight
  delivery_tag tag{};           // in flight
  time_point due = never;       // in flight: its deadline; dying: the next try
  time_point delivered_at{};    // in flight
  time_point was_due = never;   // moving: where it returns to if that fails
  std::optional<model_row> row; // what a crash brings back
  bool was_delivered = false;   // since the last crash
  bool is_confirmed = false;
};

/// The numbers of an answer, in a fixed order, so that it can be compared.
struct model_answer {
  question_id question{};
  list numbers;
  std::vector<sequence_number> confirms; // what its producer may rely on from then on
};

/// What one command writes, and what follows once it is written.
struct model_change {
  std::map<sequence_number, std::optional<model_row>> rows; // nothing: erased
  std::optional<std::pair<session_id, publish_number>> session;
  std::map<sequence_number, time_point> returns; // ready (the epoch) or delayed
  std::optional<model_answer> answer;
};

/// The reference that `queue_core` is compared with.
/// Time     As the queue's: passed to `begin` with every command.
class queue_model {
public:
  using message_map = std::map<sequence_number, model_message>;

  explicit queue_model(queue_config config) : config_(std::move(config)) {
  }

  // -- commands ---------------------------------------------------------------

  /// Announces a command that asked for the write `asked`, if any.
  void begin(time_point now, std::optional<commit_ticket> asked) {
    now_ = now;
    asked_ = asked;
  }

  void publish(question_id question, const publish_request& request) {
    auto known = sessions.find(request.session);
    auto expected = known == sessions.end() ? request.oldest : advanced(known->second, 1);
    if (request.first > expected) {
      answers.push_back({question, {0, value_of(expected), 0}, {}});
      return;
    }
    auto change = model_change{};
    auto last = advanced(request.first, request.page->size() - 1);
    change.answer = model_answer{question, {value_of(last), 0, 0}, {}};
    for (auto at = std::size_t{0}; at < request.page->size(); ++at)
      publish_one(request, advanced(request.first, at), (*request.page)[at], expected, change);
    if (last >= expected) {
      sessions[request.session] = last;
      change.session = {request.session, last};
    }
    finish(std::move(change));
  }

  void subscribe(consumer_id consumer, credit limit) {
    consumers[consumer] = limit;
    finish({});
  }

  void grant(consumer_id consumer, credit limit) {
    if (consumers.contains(consumer))
      consumers[consumer] = limit;
    finish({});
  }

  void settle(question_id question, consumer_id consumer, std::span<const settlement> items) {
    settling_ = question;
    auto change = model_change{};
    auto settled = std::uint64_t{0};
    auto stale = std::uint64_t{0};
    for (const auto& item : items) {
      auto open = held_by(consumer, item.first, item.count);
      for (auto sequence : open)
        settle_one(sequence, item, change);
      settled += open.size();
      stale += item.count - open.size();
    }
    settling_ = question_id::none;
    change.answer = model_answer{question, {settled, stale}, {}};
    finish(std::move(change));
  }

  void unsubscribe(question_id question, consumer_id consumer) {
    consumers.erase(consumer);
    auto change = model_change{};
    change.answer = model_answer{question, {}, {}};
    for (auto& [sequence, item] : messages)
      if (item.where == place::in_flight && item.holder == consumer)
        release(sequence, change);
    finish(std::move(change));
  }

  void lose(consumer_id consumer) {
    consumers.erase(consumer);
    auto change = model_change{};
    for (auto& [sequence, item] : messages)
      if (item.where == place::in_flight && item.holder == consumer)
        take_back(sequence, change);
    finish(std::move(change));
  }

  void tick() {
    auto change = model_change{};
    for (auto& [sequence, item] : messages) {
      if (item.due > now_)
        continue;
      if (item.where == place::in_flight)
        take_back(sequence, change);
      else if (item.where == place::delayed)
        move(item, place::ready);
      else if (item.where == place::dying)
        want_burial(sequence);
    }
    finish(std::move(change));
  }

  void burial_ended(sequence_number sequence, bool succeeded) {
    auto& item = messages.at(sequence);
    if (!succeeded) {
      item.due = later(now_, std::chrono::seconds{1});
      return;
    }
    move(item, place::ended);
    answer_after(sequence);
  }

  void move(question_id question, const std::set<sequence_number>& wanted) {
    auto& leaving = under_way[question];
    for (auto sequence : wanted) {
      auto& item = messages.at(sequence);
      if (item.where != place::ready && item.where != place::delayed)
        continue;
      item.was_due = item.where == place::ready ? time_point{} : item.due;
      move(item, place::moving);
      leaving.insert(sequence);
    }
  }

  void move_ended(question_id question, bool succeeded) {
    auto ended = under_way.extract(question);
    for (auto sequence : ended.mapped()) {
      auto& item = messages.at(sequence);
      auto due = item.was_due;
      move(item, succeeded ? place::ended : due == time_point{} ? place::ready : place::delayed);
      if (item.where == place::delayed)
        item.due = due;
    }
  }

  /// The other queue holds the messages, and removed their rows.
  void moved(question_id question) {
    for (auto sequence : under_way.at(question)) {
      messages.at(sequence).how = ending::moved;
      messages.at(sequence).row.reset();
    }
  }

  /// The write `ticket` and all before it are on disk; nobody heard of it yet.
  void written(commit_ticket ticket) {
    written_ = std::max(written_, ticket);
    while (!unwritten_.empty() && unwritten_.front().first <= written_) {
      write(unwritten_.front().second);
      unwritten_.pop_front();
    }
  }

  void committed(commit_ticket ticket) {
    committed_ = std::max(committed_, ticket);
    while (!uncommitted_.empty() && uncommitted_.front().first <= committed_) {
      follow_up(uncommitted_.front().second);
      uncommitted_.pop_front();
    }
  }

  /// The dead-letter queue holds the message, and removed its row.
  void buried(sequence_number sequence) {
    messages.at(sequence).how = ending::dead;
    messages.at(sequence).row.reset();
  }

  /// The journal failed: returns the questions that must have been refused.
  [[nodiscard]] std::vector<question_id> fail() {
    auto questions = std::vector<question_id>{};
    for (const auto& [ticket, change] : uncommitted_)
      if (change.answer)
        questions.push_back(change.answer->question);
    for (const auto& [question, answer] : held_)
      questions.push_back(question);
    for (const auto& [question, leaving] : under_way)
      questions.push_back(question);
    return questions;
  }

  /// The process died. What has a row comes back as the row says.
  void crash() {
    std::erase_if(messages, [this](const auto& entry) {
      return !stores() || (!entry.second.row && entry.second.how == ending::none);
    });
    for (auto& [sequence, item] : messages)
      restore(item);
    sessions = sessions_on_disk_;
    next = next_on_disk_;
    consumers.clear();
    unwritten_.clear();
    uncommitted_.clear();
    answers.clear();
    to_bury.clear();
    moves_of_.clear();
    held_.clear();
    under_way.clear();
    written_ = committed_ = last_asked_ = commit_ticket::none;
  }

  // -- effects ----------------------------------------------------------------

  void deliver(const effects::deliver& item) {
    for (auto i = std::uint64_t{0}; i < item.run.count; ++i) {
      auto& message = messages.at(advanced(item.run.first, i));
      move(message, place::in_flight);
      message.holder = item.consumer;
      message.tag = advanced(item.first_tag, i);
      message.due = item.deadline;
      message.delivered_at = now_;
      message.was_delivered = true;
      ++message.deliveries;
    }
  }

  // -- properties -------------------------------------------------------------

  [[nodiscard]] const queue_config& config() const noexcept {
    return config_;
  }

  [[nodiscard]] bool stores() const noexcept {
    return config_.durability == durability::disk;
  }

  [[nodiscard]] time_point now() const noexcept {
    return now_;
  }

  [[nodiscard]] std::uint64_t count(place where) const {
    return static_cast<std::uint64_t>(std::ranges::count_if(
      messages, [&](const auto& entry) { return entry.second.where == where; }));
  }

  /// What `consumer` holds.
  [[nodiscard]] credit held(consumer_id consumer) const {
    auto total = credit{};
    for (const auto& [sequence, item] : messages)
      if (item.where == place::in_flight && item.holder == consumer) {
        total.messages += 1;
        total.bytes += item.text.size();
      }
    return total;
  }

  [[nodiscard]] std::optional<sequence_number> oldest_ready() const {
    for (const auto& [sequence, item] : messages)
      if (item.where == place::ready)
        return sequence;
    return std::nullopt;
  }

  [[nodiscard]] time_point next_due() const {
    auto earliest = never;
    for (const auto& [sequence, item] : messages)
      earliest = std::min(earliest, item.due);
    return earliest;
  }

  message_map messages; // all that were ever stored, in memory since the last crash
  std::map<session_id, publish_number> sessions;
  std::map<consumer_id, credit> consumers;
  std::deque<model_answer> answers;  // due now, in this order
  std::set<sequence_number> to_bury; // due now
  std::map<question_id, std::set<sequence_number>> under_way; // moves
  sequence_number next{1};

private:
  question_id settling_{};
  std::map<question_id, std::set<sequence_number>> moves_of_; // a settlement caused, not ended
  std::map<question_id, model_answer> held_;

  static void move(model_message& item, place where) {
    item.where = where;
    item.due = never;
    item.holder = consumer_id::none;
    item.tag = delivery_tag::none;
  }

  void publish_one(const publish_request& request, publish_number number,
                   const ferry::envelope& item, publish_number expected, model_change& change) {
    auto& numbers = change.answer->numbers.numbers;
    if (item.body.size() > config_.max_payload_bytes) {
      numbers.push_back(value_of(number));
      return;
    }
    auto key = std::pair{request.session, number};
    if (number >= expected) {
      stored_as_[key] = next;
      messages[next].text = text_of(item);
      change.rows[next] = model_row{};
      change.returns[next] = time_point{};
      next = advanced(next, 1);
      ++numbers[2];
    }
    change.answer->confirms.push_back(stored_as_.at(key));
  }

  [[nodiscard]] std::vector<sequence_number> held_by(consumer_id consumer, delivery_tag first,
                                                     std::uint64_t count) const {
    auto found = std::vector<sequence_number>{};
    for (const auto& [sequence, item] : messages)
      if (item.where == place::in_flight && item.holder == consumer && item.tag >= first
          && value_of(item.tag) - value_of(first) < count)
        found.push_back(sequence);
    return found;
  }

  void settle_one(sequence_number sequence, const settlement& why, model_change& change) {
    auto& item = messages.at(sequence);
    switch (why.kind) {
    case settle_kind::ack: end(sequence, ending::acknowledged, change); break;
    case settle_kind::nack:
      if (is_exhausted(item))
        die(sequence, change);
      else
        reschedule(sequence, due_after(why, item.deliveries), change);
      break;
    case settle_kind::reject:
    case settle_kind::undecodable: die(sequence, change); break;
    case settle_kind::release: release(sequence, change); break;
    case settle_kind::extend:
      item.due = std::min(later(now_, why.delay.value_or(config_.lease)),
                          later(item.delivered_at, config_.longest_lease));
      break;
    case settle_kind::keep: break; // suspects only
    case settle_kind::defer:
      --item.deliveries;
      reschedule(sequence, why.due > now_ ? why.due : time_point{}, change);
      break;
    }
  }

  void release(sequence_number sequence, model_change& change) {
    auto& item = messages.at(sequence);
    --item.deliveries;
    move(item, place::committing);
    change.returns[sequence] = time_point{};
  }

  [[nodiscard]] time_point due_after(const settlement& why, std::uint32_t deliveries) const {
    auto wait = why.delay.value_or(wait_after(config_.retry, deliveries, 0.5));
    return wait > duration::zero() ? later(now_, wait) : time_point{};
  }

  [[nodiscard]] bool is_exhausted(const model_message& item) const {
    return config_.max_deliveries != 0 && item.deliveries >= config_.max_deliveries;
  }

  void take_back(sequence_number sequence, model_change& change) {
    if (is_exhausted(messages.at(sequence)))
      die(sequence, change);
    else
      reschedule(sequence, time_point{}, change);
  }

  void die(sequence_number sequence, model_change& change) {
    switch (config_.last_resort) {
    case last_resort::dead_letter: want_burial(sequence); break;
    case last_resort::keep: reschedule(sequence, later(now_, config_.retry.cap), change); break;
    case last_resort::discard: end(sequence, ending::discarded, change); break;
    }
  }

  void want_burial(sequence_number sequence) {
    move(messages.at(sequence), place::dying);
    to_bury.insert(sequence);
    if (settling_ != question_id::none)
      moves_of_[settling_].insert(sequence);
  }

  void reschedule(sequence_number sequence, time_point due, model_change& change) {
    auto& item = messages.at(sequence);
    move(item, place::committing);
    change.rows[sequence] = model_row{item.deliveries, due};
    change.returns[sequence] = due;
  }

  void end(sequence_number sequence, ending how, model_change& change) {
    move(messages.at(sequence), place::ended);
    messages.at(sequence).how = how;
    change.rows[sequence] = std::nullopt;
  }

  void finish(model_change change) {
    if (!stores()) {
      change.rows.clear();
      change.session.reset();
    }
    auto writes = !change.rows.empty() || change.session.has_value();
    RC_ASSERT(writes == asked_.has_value());
    last_asked_ = asked_.value_or(last_asked_);
    unwritten_.emplace_back(last_asked_, change);
    uncommitted_.emplace_back(last_asked_, std::move(change));
    written(written_);
    committed(committed_);
  }

  void write(const model_change& change) {
    for (const auto& [sequence, row] : change.rows) {
      messages.at(sequence).row = row;
      next_on_disk_ = std::max(next_on_disk_, advanced(sequence, 1));
    }
    if (change.session)
      sessions_on_disk_[change.session->first] = change.session->second;
  }

  void follow_up(const model_change& change) {
    for (auto [sequence, due] : change.returns) {
      auto& item = messages.at(sequence);
      move(item, due == time_point{} ? place::ready : place::delayed);
      if (due != time_point{})
        item.due = due;
    }
    if (change.answer && !moves_of_[change.answer->question].empty())
      held_.emplace(change.answer->question, *change.answer);
    else if (change.answer)
      answers.push_back(*change.answer);
  }

  // A settlement that ended messages is answered when they are dead letters.
  void answer_after(sequence_number sequence) {
    for (auto& [question, moves] : moves_of_)
      if (moves.erase(sequence) > 0 && moves.empty())
        if (auto held = held_.extract(question))
          answers.push_back(held.mapped());
  }

  // An end that never reached the disk did not happen.
  static void restore(model_message& item) {
    item.was_delivered = false;
    move(item, place::ended);
    if (!item.row)
      return;
    item.how = ending::none;
    item.deliveries = item.row->deliveries;
    move(item, item.row->due == time_point{} ? place::ready : place::delayed);
    if (item.where == place::delayed)
      item.due = item.row->due;
  }

  queue_config config_;
  time_point now_{};
  std::optional<commit_ticket> asked_; // by the present command
  commit_ticket last_asked_{};
  commit_ticket written_{};
  commit_ticket committed_{};
  std::deque<std::pair<commit_ticket, model_change>> unwritten_;
  std::deque<std::pair<commit_ticket, model_change>> uncommitted_;
  std::map<std::pair<session_id, publish_number>, sequence_number> stored_as_;
  std::map<session_id, publish_number> sessions_on_disk_;
  sequence_number next_on_disk_{1};
};

} // namespace ferry::testing
