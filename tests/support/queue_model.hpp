// A queue as slow and as obvious as can be: one map of messages, looked through
// from end to end for every question. It is told every command after the real
// queue executed it, and says what must have come of it.

#pragma once

#include "support/printing.hpp"

#include "ferry/message_options.hpp"
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

enum class place : std::uint8_t {
  committing,
  ready,
  suspect,
  in_flight,
  delayed,
  dying,
  moving,
  ended
};

enum class ending : std::uint8_t { none, acknowledged, discarded, dead, moved, filtered };

/// What the disk holds beside a payload.
struct model_row {
  std::uint32_t deliveries = 0;
  time_point due{};
  bool is_suspect = false;

  friend bool operator==(const model_row&, const model_row&) = default;
};

struct model_message {
  std::string text;
  std::string id;                // empty: none
  std::optional<duration> lease; // its own
  place where = place::committing;
  ending how = ending::none;
  std::uint32_t deliveries = 0;
  consumer_id holder{};         // in flight
  delivery_tag tag{};           // in flight
  duration term{};              // in flight: the length of its lease
  time_point due = never;       // in flight: its deadline; dying: the next try
  time_point delivered_at{};    // in flight
  time_point was_due = never;   // moving: where it returns to if that fails
  death_cause cause{};          // dying
  bool is_suspect = false;      // where it waits, and while it is tried
  bool is_read = false;         // suspect: its payload is in RAM
  bool is_spilled = false;      // of a memory queue: on disk only, or on the way there
  std::optional<model_row> row; // what a crash brings back
  bool was_delivered = false;   // since the last crash
  bool was_away = false;        // came back from a failed move since the last crash
  bool was_deferred = false;    // by its consumer, which gave its place away
  bool is_confirmed = false;
};

/// The numbers of an answer, in a fixed order, so that it can be compared.
struct model_answer {
  question_id question{};
  list numbers;
  std::vector<sequence_number> confirms; // what its producer may rely on from then on
  bool is_held = false; // because the queue is full
  bool is_receipt = false;
};

struct model_consumer {
  credit limit;
  std::optional<duration> lease; // of its own
};

struct model_session {
  publish_number up_to{};
  time_point used{};

  friend bool operator==(const model_session&, const model_session&) = default;
};

/// An id and when it was met last.
using model_id = std::pair<std::string, time_point>;

/// What is remembered beside the messages: in RAM, or on disk.
struct model_memory {
  std::map<session_id, model_session> sessions;
  std::map<id_kind, std::vector<model_id>> ids; // longest remembered first
};

/// What one command writes, and what follows once it is written.
struct model_change {
  std::map<sequence_number, std::optional<model_row>> rows; // nothing: erased
  std::map<sequence_number, std::optional<model_row>> spill_rows; // of a memory queue
  std::optional<model_memory> memory; // all of it, where it changed
  std::map<sequence_number, time_point> returns; // ready or suspect (the epoch), or delayed
  std::vector<sequence_number> overflow;         // become dead letters
  bool charges = false;                          // what an earlier process left in handlers
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

  /// Announces a command that asked for the writes `asked`. What lies in RAM is the
  /// queue's word: `resident_bytes` from before it.
  void begin(time_point now, std::deque<commit_ticket> asked, std::uint64_t resident_bytes) {
    now_ = now;
    asked_ = std::move(asked);
    is_over_budget_ = !stores() && resident_bytes >= config_.resident_bytes;
  }

  /// Counts a delivery of what was in handlers; each of them is a suspect.
  void start(const std::vector<sequence_number>& in_handlers) {
    auto change = model_change{};
    change.charges = !in_handlers.empty();
    for (auto sequence : in_handlers)
      if (auto found = messages.find(sequence); found != messages.end() && found->second.row) {
        ++found->second.deliveries;
        found->second.is_suspect = true;
        reschedule(sequence, time_point{}, change);
      }
    finish(std::move(change));
  }

  void publish(question_id question, const publish_request& request) {
    is_spilling_ = spills() && (is_over_budget_ || count_spilled() > 0);
    if (is_spilling_ && is_down) {
      refused = question;
      return;
    }
    auto known = memory.sessions.find(request.session);
    auto stored = known == memory.sessions.end() ? publish_number::none : known->second.up_to;
    auto expected = std::max(request.oldest, advanced(stored, 1));
    if (request.first > expected) {
      answers.push_back({question, {0, value_of(expected), 0}, {}, false, true});
      return;
    }
    auto change = model_change{};
    auto count = request.page->size();
    auto known_ones = std::min(count, value_of(expected) - value_of(request.first));
    auto end = known_ones + admitted(*request.page, known_ones);
    auto resend_from = end < count ? value_of(request.first) + end : 0;
    change.answer = model_answer{
      question, {value_of(request.first) + end - 1, resend_from, 0}, {}, end < count, true};
    for (auto at = std::size_t{0}; at < end; ++at)
      publish_one(request, advanced(request.first, at), (*request.page)[at], at >= known_ones,
                  change);
    if (known_ones < end)
      remember(request.session, advanced(request.first, end - 1), change);
    finish(std::move(change));
  }

  void subscribe(consumer_id consumer, model_consumer who) {
    consumers[consumer] = who;
    finish({});
  }

  void grant(consumer_id consumer, credit limit) {
    if (consumers.contains(consumer))
      consumers[consumer].limit = limit;
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

  /// `begun`: what its handlers had; nothing: unknown.
  void lose(consumer_id consumer, const std::optional<std::set<sequence_number>>& begun) {
    consumers.erase(consumer);
    auto change = model_change{};
    for (auto& [sequence, item] : messages)
      if (item.where == place::in_flight && item.holder == consumer) {
        if (!begun || begun->contains(sequence))
          take_back(sequence, death_cause::exhausted, change);
        else
          release(sequence, change);
      }
    finish(std::move(change));
  }

  void pause(time_point until) {
    paused_until = until > now_ ? until : time_point{};
  }

  void tick() {
    if (paused_until <= now_)
      paused_until = {};
    auto change = model_change{};
    for (auto& [sequence, item] : messages) {
      if (item.due > now_)
        continue;
      if (item.where == place::in_flight)
        take_back(sequence, death_cause::expired, change);
      else if (item.where == place::delayed)
        move(item, place::ready);
      else if (item.where == place::dying)
        want_burial(sequence, item.cause);
    }
    finish(std::move(change));
  }

  /// A suspect's payload was read. Those that have to die do so in their order.
  void read_suspect(sequence_number sequence) {
    messages.at(sequence).is_read = true;
    auto change = model_change{};
    for (auto& [other, item] : messages)
      if (item.where == place::suspect && is_exhausted(item)) {
        if (!item.is_read)
          break;
        if (config_.last_resort != last_resort::dead_letter)
          clear(other, item.deliveries, change);
        die(other, death_cause::exhausted, change);
      }
    finish(std::move(change));
  }

  /// The rows from `first` to `covered` were read back, as far as they still waited for
  /// that in one stretch.
  void read_spilled(sequence_number first, sequence_number covered) {
    auto change = model_change{};
    for (auto at = messages.find(first); at != messages.end() && at->first <= covered
                                         && at->first == first && is_on_disk_only(at->second);
         ++at, first = advanced(first, 1))
      unspill(at->first, change);
    finish(std::move(change));
  }

  /// These were handled under their ids before, so they were erased and not delivered.
  void filter(const std::vector<sequence_number>& some) {
    auto change = model_change{};
    for (auto sequence : some) {
      RC_ASSERT(is_handled(messages.at(sequence)));
      end(sequence, ending::filtered, change);
    }
    if (!some.empty())
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
    auto change = model_change{};
    for (auto sequence : ended.mapped()) {
      auto& item = messages.at(sequence);
      auto due = item.was_due;
      item.was_away = true;
      move(item, succeeded ? place::ended : due == time_point{} ? place::ready : place::delayed);
      if (item.where == place::delayed)
        item.due = due;
      if (succeeded && item.is_spilled)
        unspill(sequence, change);
    }
    finish(std::move(change));
  }

  /// The other queue holds the messages, and removed their rows.
  void moved(question_id question) {
    for (auto sequence : under_way.at(question)) {
      messages.at(sequence).how = ending::moved;
      if (stores())
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

  /// The journal failed, and a memory queue goes on: returns the questions that must
  /// have been refused.
  [[nodiscard]] std::vector<question_id> lose_journal() {
    is_down = true;
    auto questions = std::vector<question_id>{};
    for (auto& [ticket, change] : uncommitted_)
      if (change.answer) {
        questions.push_back(change.answer->question);
        change.answer.reset();
      }
    return questions;
  }

  /// Everything that was not committed is written again.
  void journal_returned() {
    is_down = false;
    for (const auto& [ticket, change] : uncommitted_)
      if (!change.rows.empty()) {
        RC_ASSERT(!asked_.empty() && asked_.front() == ticket);
        asked_.pop_front();
      }
  }

  /// The process died. What has a row comes back as the row says.
  void crash() {
    std::erase_if(messages, [this](const auto& entry) {
      return !stores() || (!entry.second.row && entry.second.how == ending::none);
    });
    for (auto& [sequence, item] : messages)
      restore(item);
    for (auto& [kind, known] : memory_on_disk.ids)
      std::ranges::sort(known, {}, [](const auto& item) {
        return std::pair{item.second, item.first};
      });
    memory = memory_on_disk;
    next = next_on_disk_;
    paused_until = {};
    is_down = false;
    charges_due = 0;
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
      message.term = item.lease;
      message.due = item.deadline;
      message.delivered_at = now_;
      message.was_delivered |= item.with == company::any; // a suspect comes out of order
      ++message.deliveries;
    }
  }

  // -- properties -------------------------------------------------------------

  /// Whether the present command wrote all that was asked for.
  [[nodiscard]] bool accounts_for_every_write() const {
    return asked_.empty();
  }

  [[nodiscard]] const queue_config& config() const noexcept {
    return config_;
  }

  [[nodiscard]] bool stores() const noexcept {
    return config_.durability == durability::disk;
  }

  [[nodiscard]] bool spills() const noexcept {
    return ferry::spills(config_);
  }

  /// What a memory queue has on disk, but for what is moving.
  [[nodiscard]] std::uint64_t count_spilled() const {
    return static_cast<std::uint64_t>(std::ranges::count_if(messages, [](const auto& entry) {
      return is_on_disk_only(entry.second)
             || (entry.second.is_spilled && entry.second.where == place::committing);
    }));
  }

  [[nodiscard]] static bool is_on_disk_only(const model_message& item) {
    return item.is_spilled && item.where == place::ready;
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

  /// The messages that have not ended.
  [[nodiscard]] std::uint64_t present() const {
    return messages.size() - count(place::ended);
  }

  [[nodiscard]] std::uint64_t present_bytes() const {
    auto bytes = std::uint64_t{0};
    for (const auto& [sequence, item] : messages)
      if (item.where != place::ended)
        bytes += item.text.size();
    return bytes;
  }

  [[nodiscard]] bool is_over_budget() const noexcept {
    return is_over_budget_;
  }

  [[nodiscard]] bool is_paused() const {
    return now_ < paused_until;
  }

  [[nodiscard]] std::optional<sequence_number> oldest_ready() const {
    for (const auto& [sequence, item] : messages)
      if (item.where == place::ready)
        return sequence;
    return std::nullopt;
  }

  /// The suspect that is to be tried next.
  [[nodiscard]] std::optional<sequence_number> next_suspect() const {
    for (const auto& [sequence, item] : messages)
      if (item.where == place::suspect && !is_exhausted(item))
        return sequence;
    return std::nullopt;
  }

  [[nodiscard]] bool is_suspect_in_flight() const {
    return std::ranges::any_of(messages, [](const auto& entry) {
      return entry.second.where == place::in_flight && entry.second.is_suspect;
    });
  }

  [[nodiscard]] bool is_exhausted(const model_message& item) const {
    return config_.max_deliveries != 0 && item.deliveries >= config_.max_deliveries;
  }

  [[nodiscard]] bool is_handled(const model_message& item) const {
    return knows(id_kind::handled, item.id);
  }

  /// How long a delivery to `consumer` lasts without renewals.
  [[nodiscard]] duration term_of(const model_message& item, consumer_id consumer) const {
    return item.lease.value_or(consumers.at(consumer).lease.value_or(config_.lease));
  }

  [[nodiscard]] duration longest_term() const {
    return std::max(config_.lease, config_.longest_lease);
  }

  [[nodiscard]] time_point next_due() const {
    auto earliest = paused_until == time_point{} ? never : paused_until;
    for (const auto& [sequence, item] : messages)
      earliest = std::min(earliest, item.due);
    return earliest;
  }

  message_map messages; // all that were ever stored, in memory since the last crash
  model_memory memory;
  model_memory memory_on_disk;
  std::map<consumer_id, model_consumer> consumers;
  std::deque<model_answer> answers;  // due now, in this order
  std::set<sequence_number> to_bury; // due now
  std::map<question_id, std::set<sequence_number>> under_way; // moves
  std::uint64_t charges_due = 0;     // charges that are on disk and to be told now
  time_point paused_until{};
  sequence_number next{1};
  bool is_down = false; // the journal of a memory queue
  question_id refused{}; // by the present command, because of that

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

  // How many messages of the page from `begin` on a producer may add.
  [[nodiscard]] std::uint64_t admitted(const message_page& page, std::uint64_t begin) const {
    if (is_over_budget_ && config_.over_budget == over_budget::block)
      return 0;
    auto count = std::uint64_t{0};
    auto bytes = std::uint64_t{0};
    for (auto at = begin; at < page.size(); ++at, ++count) {
      bytes += page[at].body.size();
      if (config_.overflow == overflow::block && !fits(present() + count, present_bytes() + bytes))
        break;
    }
    return count;
  }

  // Whether there is room for a message that is the one after `before`, and makes it
  // `bytes` of payload in all.
  [[nodiscard]] bool fits(std::uint64_t before, std::uint64_t bytes) const {
    return before == 0
           || ((config_.max_messages == 0 || before < config_.max_messages)
               && (config_.max_bytes == 0 || bytes <= config_.max_bytes));
  }

  void publish_one(const publish_request& request, publish_number number,
                   const ferry::envelope& item, bool is_new, model_change& change) {
    auto& numbers = change.answer->numbers.numbers;
    auto key = std::pair{request.session, number};
    if (is_new)
      refused_.erase(key);
    if (is_new && is_over_budget_ && config_.over_budget == over_budget::refuse)
      refused_.insert(key);
    if (item.body.size() > config_.max_payload_bytes || refused_.contains(key)) {
      numbers.push_back(value_of(number));
      return;
    }
    auto id = std::string{message_id_of(item)};
    if (is_new && knows(id_kind::published, id)) {
      stored_as_[key].push_back(latest_of(id));
    } else if (is_new) {
      remember(id_kind::published, id, change);
      stored_as_[key].push_back(store(item, change));
      ++numbers[2];
    }
    change.answer->confirms.push_back(latest_of(stored_as_.at(key)));
  }

  sequence_number store(const ferry::envelope& item, model_change& change) {
    auto sequence = next;
    next = advanced(next, 1);
    if (config_.overflow == overflow::dead_letter
        && !fits(present(), present_bytes() + item.body.size())) {
      change.overflow.push_back(sequence);
    } else {
      change.returns[sequence] = time_point{};
      messages[sequence].is_spilled = is_spilling_;
    }
    if (messages[sequence].is_spilled)
      change.spill_rows[sequence] = model_row{};
    messages[sequence].text = text_of(item);
    messages[sequence].id = message_id_of(item);
    messages[sequence].lease = lease_of(item);
    change.rows[sequence] = model_row{};
    return sequence;
  }

  // -- remembering ------------------------------------------------------------

  void remember(session_id session, publish_number up_to, model_change& change) {
    std::erase_if(memory.sessions, [this](const auto& entry) { return is_old(entry.second.used); });
    memory.sessions[session] = {up_to, now_};
    change.memory = memory;
  }

  void remember(id_kind kind, const std::string& id, model_change& change) {
    auto most = kind == id_kind::published ? config_.deduplication_ids : config_.handled_ids;
    if (id.empty() || most == 0)
      return;
    auto& known = memory.ids[kind];
    std::erase_if(known, [&](const auto& item) { return item.first == id || is_old(item.second); });
    known.emplace_back(id, now_);
    if (known.size() > most)
      known.erase(known.begin());
    change.memory = memory;
  }

  [[nodiscard]] bool is_old(time_point met) const {
    return later(met, config_.deduplication_time) <= now_;
  }

  [[nodiscard]] bool knows(id_kind kind, const std::string& id) const {
    auto known = memory.ids.find(kind);
    return !id.empty() && known != memory.ids.end()
           && std::ranges::any_of(known->second, [&](const auto& item) {
                return item.first == id && !is_old(item.second);
              });
  }

  [[nodiscard]] sequence_number latest_of(const std::string& id) const {
    auto latest = sequence_number::none;
    for (const auto& [sequence, item] : messages)
      if (item.id == id)
        latest = sequence;
    return latest;
  }

  // A session that was forgotten stores a message again; a crash may undo that.
  [[nodiscard]] sequence_number latest_of(std::vector<sequence_number> stored) const {
    std::erase_if(stored, [this](auto sequence) { return !messages.contains(sequence); });
    return stored.back();
  }

  // -- settling ---------------------------------------------------------------

  [[nodiscard]] std::vector<sequence_number> held_by(consumer_id consumer, delivery_tag first,
                                                     std::uint64_t count) const {
    auto found = std::vector<sequence_number>{};
    for (const auto& [sequence, item] : messages)
      if (item.where == place::in_flight && item.holder == consumer && item.tag >= first
          && value_of(item.tag) - value_of(first) < count)
        found.push_back(sequence);
    std::ranges::sort(found, {}, [this](auto sequence) { return messages.at(sequence).tag; });
    return found;
  }

  void settle_one(sequence_number sequence, const settlement& why, model_change& change) {
    auto& item = messages.at(sequence);
    if (why.kind != settle_kind::release && why.kind != settle_kind::extend)
      clear(sequence, item.deliveries - 1, change);
    switch (why.kind) {
    case settle_kind::ack:
      remember(id_kind::handled, item.id, change);
      end(sequence, ending::acknowledged, change);
      break;
    case settle_kind::nack: nack(sequence, why, change); break;
    case settle_kind::reject: die(sequence, death_cause::rejected, change); break;
    case settle_kind::undecodable: die(sequence, death_cause::undecodable, change); break;
    case settle_kind::release: release(sequence, change); break;
    case settle_kind::extend:
      item.due = std::min(later(now_, why.delay.value_or(item.term)),
                          later(item.delivered_at, longest_term()));
      break;
    case settle_kind::keep: break; // suspects only
    case settle_kind::defer:
      --item.deliveries;
      item.was_deferred = true;
      reschedule(sequence, why.due > now_ ? why.due : time_point{}, change);
      break;
    }
  }

  void nack(sequence_number sequence, const settlement& why, model_change& change) {
    auto& item = messages.at(sequence);
    switch (classify(config_.failures, why.reason)) {
    case failure_kind::pause:
      paused_until = std::max(paused_until, later(now_, config_.pause));
      release(sequence, change);
      break;
    case failure_kind::fatal: die(sequence, death_cause::rejected, change); break;
    case failure_kind::retryable:
      if (is_exhausted(item))
        die(sequence, death_cause::exhausted, change);
      else
        reschedule(sequence, due_after(why, item.deliveries), change);
      break;
    }
  }

  // No suspect any more; its row says `deliveries`, unless the command changes that.
  void clear(sequence_number sequence, std::uint32_t deliveries, model_change& change) {
    auto& item = messages.at(sequence);
    if (item.is_suspect)
      change.rows[sequence] = model_row{deliveries, time_point{}, false};
    item.is_suspect = false;
  }

  void release(sequence_number sequence, model_change& change) {
    auto& item = messages.at(sequence);
    --item.deliveries;
    item.is_read = true;
    move(item, place::committing);
    change.returns[sequence] = time_point{};
  }

  [[nodiscard]] time_point due_after(const settlement& why, std::uint32_t deliveries) const {
    auto wait = why.delay.value_or(wait_after(config_.retry, deliveries, 0.5));
    return wait > duration::zero() ? later(now_, wait) : time_point{};
  }

  void take_back(sequence_number sequence, death_cause cause, model_change& change) {
    clear(sequence, messages.at(sequence).deliveries - 1, change);
    if (is_exhausted(messages.at(sequence)))
      die(sequence, cause, change);
    else
      reschedule(sequence, time_point{}, change);
  }

  void die(sequence_number sequence, death_cause cause, model_change& change) {
    switch (config_.last_resort) {
    case last_resort::dead_letter: want_burial(sequence, cause); break;
    case last_resort::keep: reschedule(sequence, later(now_, config_.retry.cap), change); break;
    case last_resort::discard: end(sequence, ending::discarded, change); break;
    }
  }

  void want_burial(sequence_number sequence, death_cause cause) {
    move(messages.at(sequence), place::dying);
    messages.at(sequence).cause = cause;
    to_bury.insert(sequence);
    if (settling_ != question_id::none)
      moves_of_[settling_].insert(sequence);
  }

  void reschedule(sequence_number sequence, time_point due, model_change& change) {
    auto& item = messages.at(sequence);
    move(item, place::committing);
    change.rows[sequence] = model_row{item.deliveries, due, item.is_suspect};
    change.returns[sequence] = due;
  }

  void end(sequence_number sequence, ending how, model_change& change) {
    move(messages.at(sequence), place::ended);
    messages.at(sequence).how = how;
    change.rows[sequence] = std::nullopt;
  }

  void unspill(sequence_number sequence, model_change& change) {
    messages.at(sequence).is_spilled = false;
    change.spill_rows[sequence] = std::nullopt;
  }

  // What is settled in memory waits for nothing.
  [[nodiscard]] bool has_to_wait(const model_change& change) const {
    return stores() || !change.rows.empty()
           || (change.answer && change.answer->is_receipt
               && std::ranges::any_of(messages, [](const auto& entry) {
                    return entry.second.is_spilled && entry.second.where == place::committing;
                  }));
  }

  void finish(model_change change) {
    if (!stores()) {
      change.rows = std::exchange(change.spill_rows, {});
      change.memory.reset();
    }
    if (!has_to_wait(change)) {
      follow_up(change);
      return;
    }
    if (is_down && !change.rows.empty()) {
      last_asked_ = advanced(last_asked_, 1);
    } else if (!change.rows.empty() || change.memory.has_value()) {
      RC_ASSERT(!asked_.empty());
      last_asked_ = asked_.front();
      asked_.pop_front();
    }
    unwritten_.emplace_back(last_asked_, change);
    uncommitted_.emplace_back(last_asked_, std::move(change));
    written(written_);
    committed(committed_);
  }

  void write(const model_change& change) {
    for (const auto& [sequence, row] : change.rows) {
      if (messages.at(sequence).how != ending::dead) // its row has moved
        messages.at(sequence).row = row;
      next_on_disk_ = std::max(next_on_disk_, advanced(sequence, 1));
    }
    if (change.memory)
      memory_on_disk = *change.memory;
  }

  void follow_up(const model_change& change) {
    charges_due += change.charges ? 1 : 0;
    for (auto [sequence, due] : change.returns) {
      auto& item = messages.at(sequence);
      auto at_once = item.is_suspect ? place::suspect : place::ready;
      move(item, due == time_point{} ? at_once : place::delayed);
      if (due != time_point{})
        item.due = due;
    }
    for (auto sequence : change.overflow)
      want_burial(sequence, death_cause::overflow);
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
    item.was_delivered = item.was_away = false;
    move(item, place::ended);
    if (!item.row)
      return;
    item.how = ending::none;
    item.deliveries = item.row->deliveries;
    item.is_suspect = item.row->is_suspect;
    item.is_read = false;
    if (item.is_suspect)
      return move(item, place::suspect);
    move(item, item.row->due == time_point{} ? place::ready : place::delayed);
    if (item.where == place::delayed)
      item.due = item.row->due;
  }

  queue_config config_;
  time_point now_{};
  std::deque<commit_ticket> asked_; // by the present command, and not accounted for
  commit_ticket last_asked_{};
  commit_ticket written_{};
  commit_ticket committed_{};
  std::deque<std::pair<commit_ticket, model_change>> unwritten_;
  std::deque<std::pair<commit_ticket, model_change>> uncommitted_;
  std::map<std::pair<session_id, publish_number>, std::vector<sequence_number>> stored_as_;
  sequence_number next_on_disk_{1};
  bool is_over_budget_ = false; // before the present command
  bool is_spilling_ = false;    // likewise
  std::set<std::pair<session_id, publish_number>> refused_; // because of that
};

} // namespace ferry::testing
