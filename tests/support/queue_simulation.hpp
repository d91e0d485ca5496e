// A queue in a world of its own: producers that resend, consumers that come and
// go, a journal that is late, a dead-letter queue that fails, turns that others
// have, and crashes with something in handlers. Every step is executed by the
// real queue, then by the model, and then both are compared.

#pragma once

#include "support/builders.hpp"
#include "support/queue_invariants.hpp"
#include "support/queue_model.hpp"
#include "support/queue_table.hpp"
#include "support/simulated_producers.hpp"
#include "support/simulated_turns.hpp"
#include "support/simulation_step.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <rapidcheck.h>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ferry::testing {

/// Plays steps. Fails the property where queue, model and disk disagree.
class queue_simulation {
public:
  /// `budget` may be null.
  explicit queue_simulation(queue_config config, std::shared_ptr<resident_budget> budget = nullptr)
    : config_(std::move(config)),
      budget_(std::move(budget)),
      disk_(spills(config_) ? numbering::with_gaps : numbering::gapless),
      model_(config_),
      queue_(reborn(queue_start{})) {
    start({});
  }

  void play(const step& item) {
    switch (item.what) {
    case action::publish:
      send(producers_.add(session_of(item), item.amount % 5 + 1, item.pick));
      break;
    case action::lose_a_batch:
      (void)producers_.add(session_of(item), item.amount % 5 + 1, item.pick);
      break;
    case action::resend: resend(session_of(item), item.pick); break;
    case action::subscribe: subscribe(limit_of(item), lease_of(item)); break;
    case action::grant: grant(consumer_of(item), limit_of(item)); break;
    case action::unsubscribe: unsubscribe(consumer_of(item)); break;
    case action::lose_consumer: lose(consumer_of(item), begun_of(item)); break;
    case action::ack: settle(item, settle_kind::ack); break;
    case action::nack: settle(item, settle_kind::nack); break;
    case action::reject: settle(item, settle_kind::reject); break;
    case action::undecodable: settle(item, settle_kind::undecodable); break;
    case action::release: settle(item, settle_kind::release); break;
    case action::extend: settle(item, settle_kind::extend); break;
    case action::defer: settle(item, settle_kind::defer); break;
    case action::pass_time: pass_time(item); break;
    case action::tick: tick(item); break;
    case action::write: write(1 + item.pick % 3); break;
    case action::tell: tell(); break;
    case action::read: read(item.who, 1 + item.pick % 4); break;
    case action::bury: end_burial(item.pick, item.who % 8 != 0); break;
    case action::fail_to_bury: fail_to_bury(item.pick); break;
    case action::move: move(item); break;
    case action::end_move: end_move(item.pick, item.who % 8 != 0); break;
    case action::fail_to_move: fail_to_move(item.pick); break;
    case action::crash: crash(in_handlers(item)); break;
    case action::fail_journal: fail_journal(item); break;
    case action::reopen_journal: reopen_journal(); break;
    case action::pause: pause(now_ + 1s * (1 + item.amount)); break;
    case action::resume: pause(now_); break;
    case action::grant_turn: grant_turn(); break;
    case action::ask_by_neighbour: turns_.ask_by_neighbour(); break;
    case action::end_by_neighbour: turns_.end_by_neighbour(); break;
    }
  }

  /// Lets everything end: nothing fails any more, and a patient consumer
  /// acknowledges whatever comes.
  void drain() {
    while (!model_.consumers.empty())
      lose(model_.consumers.begin()->first, std::nullopt);
    turns_.end_by_neighbour();
    subscribe({1'000'000, 1'000'000'000}, {});
    for (auto round = 0; round < 2000 && !is_drained(); ++round) {
      calm_down();
      now_ += std::chrono::minutes{10};
      tick();
    }
    RC_ASSERT(is_drained());
    RC_ASSERT(queue_->figures().waiting() == 0u);
    RC_ASSERT(disk_.rows.empty());
    RC_ASSERT(!turns_.is_held());
    RC_ASSERT(every_ended_message_is_acked_or_a_dead_letter(model_, letters_));
  }

  /// Everything that reached the disk, one entry per change of it; dead letters left
  /// it in commits of their queue's.
  [[nodiscard]] const std::vector<std::vector<record>>& writes() const noexcept {
    return history_;
  }

private:
  // -- commands, each followed by what the model says about it ----------------

  template <class Command, class Prediction>
  void run(Command command, Prediction predict) {
    out_.clear();
    auto before = queue_->figures();
    command();
    auto tickets = std::deque<commit_ticket>{};
    for (const auto& write : each<effects::persist>(out_))
      tickets.push_back(write.ticket);
    model_.begin(now_, std::move(tickets), before.resident_bytes);
    predict();
    model_.filter(filtered(queue_->figures().filtered - before.filtered));
    RC_ASSERT(model_.accounts_for_every_write());
    for (const auto& item : out_)
      std::visit([this](const auto& effect) { meet(effect); }, item);
    RC_ASSERT(counts_never_go_down(before, queue_->figures()));
    compare();
  }

  // What the queue erased instead of delivering it. In memory it leaves no trace but
  // its number: they are the oldest that were handled before.
  [[nodiscard]] std::vector<sequence_number> filtered(std::uint64_t count) const {
    auto found = std::vector<sequence_number>{};
    if (count == 0)
      return found;
    for (const auto& [sequence, item] : model_.messages)
      if ((item.where == place::ready || item.where == place::suspect)
          && (model_.stores() ? is_erased(sequence) : model_.is_handled(item))
          && found.size() < count)
        found.push_back(sequence);
    RC_ASSERT(found.size() == count);
    return found;
  }

  [[nodiscard]] bool is_erased(sequence_number sequence) const {
    return std::ranges::any_of(each<records::erase>(records_of(out_)), [&](const auto& item) {
      return sequence >= item.first && sequence < advanced(item.first, item.count);
    });
  }

  void compare() const {
    RC_ASSERT(model_.refused == question_id::none);
    RC_ASSERT(model_.answers.empty());
    RC_ASSERT(model_.to_bury.empty());
    RC_ASSERT(model_.charges_due == 0u);
    RC_ASSERT(no_message_is_in_two_places(model_, queue_->figures()));
    RC_ASSERT(a_pause_ends_with_its_time(model_, queue_->figures()));
    RC_ASSERT(nothing_confirmed_is_lost(model_, disk_));
    RC_ASSERT(the_disk_holds_what_was_written(model_, disk_));
    RC_ASSERT(what_is_remembered_is_on_disk(model_, disk_));
    RC_ASSERT(the_bytes_are_those_of_what_has_not_ended(model_, queue_->figures()));
    RC_ASSERT(a_full_queue_takes_no_more(model_));
    RC_ASSERT(nobody_is_held_by_an_empty_queue(model_, held_.size(), queue_->figures()));
    RC_ASSERT(what_is_spilled_is_counted(model_, queue_->figures()));
    RC_ASSERT(what_lies_in_ram_is_within_the_budget(model_, queue_->figures()));
    RC_ASSERT(load_ || reading_waits_for_what_is_delayed(model_, queue_->figures())
              || nothing_ready_waits_beside_free_credit(model_));
    RC_ASSERT(no_suspect_waits_without_asking(model_, turns_));
    RC_ASSERT(a_turn_is_given_back(model_, turns_, suspect_load_.has_value()));
    RC_ASSERT(nothing_due_is_slept_through(model_, wake_up_));
    RC_ASSERT(browsing_shows_every_message_once(model_, browse_all()));
  }

  // Page by page; the disk is as it is now, behind what the queue has asked for.
  [[nodiscard]] std::vector<browsed_message> browse_all() const {
    auto all = std::vector<browsed_message>{};
    auto query = browse_query{};
    for (auto next = std::optional{sequence_number::none}; next;) {
      query.after = *next;
      auto view = queue_->browse(query);
      auto page = page_of(query, view, {disk_.read(rows_missing(view)), last_sequence});
      all.insert(all.end(), page.items.begin(), page.items.end());
      next = page.next;
      query.limit = query.limit % 7 + 3;
    }
    return all;
  }

  void send(const publish_request& request) {
    auto question = ask();
    run([&] { queue_->publish(now_, question, request, out_); },
        [&] { model_.publish(question, request); });
  }

  void resend(session_id session, std::size_t skip) {
    if (auto waiting = producers_.unconfirmed(session); waiting > 0)
      send(producers_.batch(session, skip % waiting));
  }

  // Whatever an earlier process left in handlers and was not told to be charged.
  void start(const std::set<sequence_number>& in_handlers) {
    auto all = std::vector<sequence_number>{in_handlers.begin(), in_handlers.end()};
    run([&] { queue_->start(now_, out_); }, [&] { model_.start(all); });
    RC_ASSERT(the_culprit_is_charged_at_every_death(disk_, in_handlers, records_of(out_)));
  }

  void subscribe(credit limit, std::optional<duration> lease) {
    auto consumer = consumer_id::none;
    run([&] { consumer = queue_->subscribe(now_, {limit, {}, lease}, out_).value(); },
        [&] { model_.subscribe(consumer, {limit, lease}); });
  }

  void grant(consumer_id consumer, credit limit) {
    run([&] { queue_->grant(now_, consumer, limit, out_); },
        [&] { model_.grant(consumer, limit); });
  }

  void unsubscribe(consumer_id consumer) {
    auto question = ask();
    run([&] { queue_->unsubscribe(now_, question, consumer, out_); },
        [&] { model_.unsubscribe(question, consumer); });
  }

  void lose(consumer_id consumer, const std::optional<std::set<sequence_number>>& begun) {
    run([&] { queue_->consumer_lost(now_, consumer, ranges_of(begun), out_); },
        [&] { model_.lose(consumer, begun); });
  }

  void pause(time_point until) {
    run([&] { queue_->pause(now_, until, out_); }, [&] { model_.pause(until); });
  }

  void grant_turn() {
    if (turns_.grant())
      run([&] { queue_->turn_granted(now_, out_); }, [] {});
  }

  void settle(consumer_id consumer, const std::vector<settlement>& items) {
    auto question = ask();
    run([&] { queue_->settle(now_, question, consumer, items, out_); },
        [&] { model_.settle(question, consumer, items); });
  }

  void tick() {
    wake_up_ = never;
    run([&] { queue_->tick(now_, out_); }, [&] { model_.tick(); });
  }

  void tell() {
    run([&] { queue_->committed(now_, written_, out_); }, [&] { model_.committed(written_); });
  }

  void read(std::uint32_t pick, std::uint32_t limit) {
    auto& answered = load_ && (pick % 2 == 0 || !suspect_load_) ? load_ : suspect_load_;
    if (!answered)
      return;
    auto is_suspect = &answered == &suspect_load_;
    auto asked = *std::exchange(answered, std::nullopt);
    auto page = disk_.read(asked, std::min(asked.limit.rows, limit));
    run([&] { queue_->loaded(now_, asked.first, page.covered, page.runs, out_); },
        [&] {
          if (is_suspect)
            model_.read_suspect(asked.first);
          else if (model_.spills())
            model_.read_spilled(asked.first, page.covered);
        });
  }

  // The dead-letter queue may hold a letter without the queue hearing of it.
  void end_burial(std::uint32_t pick, bool is_heard) {
    if (burials_.empty())
      return;
    auto message = take_burial(pick);
    letters_.emplace(message.sequence, death_of(message.letter).value());
    disk_.erase(message.sequence, 1);
    history_.push_back({records::erase{message.sequence, 1, message.letter.body.size()}});
    model_.buried(message.sequence);
    if (is_heard)
      answer_burial(message.sequence, true);
    else
      unheard_.push_back(message.sequence);
  }

  void fail_to_bury(std::uint32_t pick) {
    if (!burials_.empty())
      answer_burial(take_burial(pick).sequence, false);
  }

  void answer_burial(sequence_number sequence, bool succeeded) {
    run([&] { queue_->burial_ended(now_, sequence, succeeded, out_); },
        [&] { model_.burial_ended(sequence, succeeded); });
  }

  // Asks for any messages, some of which may be elsewhere.
  void move(const step& item) {
    auto letters = std::vector<dead_message>{};
    auto wanted = std::set<sequence_number>{};
    for (const auto& [sequence, message] : model_.messages)
      if ((value_of(sequence) + item.pick) % (1 + item.amount % 3) == 0) {
        letters.push_back({sequence, envelope(message.text)});
        wanted.insert(sequence);
      }
    auto question = ask();
    moved_ = {question, wanted.size()};
    run([&] { queue_->move(now_, question, letters, out_); },
        [&] { model_.move(question, wanted); });
    if (model_.under_way.at(question).empty())
      model_.under_way.erase(question);
  }

  // The other queue may hold the messages without this one hearing of it.
  void end_move(std::uint32_t pick, bool is_heard) {
    if (moves_.empty())
      return;
    auto question = take_move(pick);
    if (model_.stores()) // else the queue does it when it hears of it
      for (auto sequence : model_.under_way.at(question))
        disk_.erase(sequence, 1);
    model_.moved(question);
    if (is_heard)
      answer_move(question);
    else
      unheard_moves_.push_back(question);
  }

  void answer_move(question_id question) {
    moved_ = {question, 0};
    run([&] { queue_->move_ended(now_, question, {}, out_); },
        [&] { model_.move_ended(question, true); });
  }

  void fail_to_move(std::uint32_t pick) {
    if (moves_.empty())
      return;
    refused_ = take_move(pick);
    run([&] { queue_->move_ended(now_, refused_, {errc::closed, "no such luck"}, out_); },
        [&] { model_.move_ended(refused_, false); });
    refused_ = question_id::none;
  }

  // -- what happens outside the queue -----------------------------------------

  [[nodiscard]] consumer_id consumer_of(const step& item) const {
    if (model_.consumers.empty())
      return consumer_id{99};
    auto at = item.who % model_.consumers.size();
    return std::next(model_.consumers.begin(), static_cast<std::ptrdiff_t>(at))->first;
  }

  [[nodiscard]] static session_id session_of(const step& item) {
    return session_id{1 + item.who % 3};
  }

  [[nodiscard]] static credit limit_of(const step& item) {
    return {item.amount % 6, item.pick % 80};
  }

  [[nodiscard]] static std::optional<duration> lease_of(const step& item) {
    return item.who % 3 == 0 ? std::optional<duration>{1s * (1 + item.amount)} : std::nullopt;
  }

  // Some of what is in flight, of everybody or of `holder`.
  [[nodiscard]] std::set<sequence_number> some_in_flight(const step& item,
                                                         consumer_id holder) const {
    auto found = std::set<sequence_number>{};
    auto bits = item.pick * 2 + 1;
    for (const auto& [sequence, message] : model_.messages)
      if (message.where == place::in_flight
          && (holder == consumer_id::none || message.holder == holder)) {
        if (bits % 2 == 1)
          found.insert(sequence);
        bits = bits / 2 + (bits % 2) * 128;
      }
    return found;
  }

  [[nodiscard]] std::optional<std::set<sequence_number>> begun_of(const step& item) const {
    if (item.amount % 3 == 0)
      return std::nullopt;
    if (item.amount % 3 == 1)
      return std::set<sequence_number>{};
    return some_in_flight(item, consumer_of(item));
  }

  // Consumers of memory queues are not marked.
  [[nodiscard]] std::set<sequence_number> in_handlers(const step& item) const {
    if (!model_.stores() || item.amount % 4 == 0)
      return {};
    return some_in_flight(item, consumer_id::none);
  }

  [[nodiscard]] static std::optional<std::vector<sequence_range>>
  ranges_of(const std::optional<std::set<sequence_number>>& some) {
    if (!some)
      return std::nullopt;
    auto ranges = std::vector<sequence_range>{};
    for (auto sequence : *some)
      ranges.push_back({sequence, 1});
    return ranges;
  }

  void settle(const step& item, settle_kind kind) {
    if (handed_.empty())
      return;
    auto [tag, holder] = delivery_of(item);
    auto consumer = item.who % 5 == 0 ? consumer_of(item) : holder;
    auto count = item.amount % 7 == 6 ? 1'000'000 : 1 + item.amount % 4;
    auto delay = item.who % 2 == 0 ? std::optional<duration>{} : 1s * (item.amount % 4);
    auto due = now_ + 1s * (item.amount % 5) - 1s;
    auto reason = item.pick % 5 == 0 ? "no connection" : item.pick % 5 == 1 ? "no hope" : "because";
    auto items = std::vector<settlement>{{tag, count, kind, delay, reason, due}};
    if (item.who % 3 == 0)
      items.push_back({advanced(tag, 2), 3, settle_kind::ack, {}, {}});
    settle(consumer, items);
  }

  // Mostly one that is in flight, at times any of the last ones, of all lives.
  [[nodiscard]] std::pair<delivery_tag, consumer_id> delivery_of(const step& item) const {
    auto open = std::vector<std::pair<delivery_tag, consumer_id>>{};
    for (const auto& [sequence, message] : model_.messages)
      if (message.where == place::in_flight)
        open.emplace_back(message.tag, message.holder);
    if (!open.empty() && item.who % 4 != 0)
      return open[item.pick % open.size()];
    return handed_[handed_.size() - 1 - item.pick % handed_.size()];
  }

  void pass_time(const step& item) {
    switch (item.pick % 3) {
    case 0: now_ += std::chrono::milliseconds{item.amount}; break;
    case 1: now_ += std::chrono::seconds{item.amount}; break;
    case 2: wait_until(wake_up_ - 1ns); break;
    }
  }

  void tick(const step& item) {
    if (item.pick % 3 != 0)
      wait_until(wake_up_);
    tick();
  }

  void wait_until(time_point instant) {
    if (wake_up_ != never)
      now_ = std::max(now_, instant);
  }

  void write(std::uint32_t most) {
    for (; most > 0 && !writes_.empty(); --most) {
      disk_.apply(writes_.front().records);
      history_.push_back(writes_.front().records);
      written_ = writes_.front().ticket;
      model_.written(written_);
      writes_.pop_front();
    }
    compare();
  }

  [[nodiscard]] dead_message take_burial(std::uint32_t pick) {
    auto at = burials_.begin() + static_cast<std::ptrdiff_t>(pick % burials_.size());
    auto message = std::move(*at);
    burials_.erase(at);
    return message;
  }

  [[nodiscard]] question_id take_move(std::uint32_t pick) {
    auto at = moves_.begin() + static_cast<std::ptrdiff_t>(pick % moves_.size());
    auto question = *at;
    moves_.erase(at);
    return question;
  }

  // Marks that are not known to be charged are left behind once more.
  void crash(const std::set<sequence_number>& in_handlers) {
    left_behind_.insert(in_handlers.begin(), in_handlers.end());
    turns_ = {};
    auto former = queue_start{};
    former.in_handlers = ranges_of(left_behind_).value();
    begin_anew(std::move(former));
    start(left_behind_);
    tick();
  }

  void begin_anew(queue_start former) {
    model_.crash();
    held_.clear();
    writes_.clear();
    burials_.clear();
    moves_.clear();
    unheard_moves_.clear();
    unheard_.clear();
    load_.reset();
    suspect_load_.reset();
    written_ = commit_ticket::none;
    wake_up_ = never;
    queue_.emplace(reborn(std::move(former)));
  }

  // A journal that failed stays failed; only a crash, or opening it again, gets
  // over it.
  void fail_journal(const step& item) {
    if (model_.spills())
      lose_journal(item);
    if (!model_.stores())
      return;
    fail();
    crash(in_handlers(item));
  }

  void reopen_journal() {
    if (model_.spills())
      return_journal();
    if (!model_.stores())
      return;
    fail();
    turns_.begin_anew();
    auto former = queue_start{};
    former.last_consumer = queue_->last_consumer();
    former.so_far = queue_->figures();
    begin_anew(std::move(former));
    start({});
    tick();
  }

  // What was asked for first may be on disk all the same.
  void lose_journal(const step& item) {
    if (!writes_.empty() && item.pick % 2 == 0) {
      disk_.apply(writes_.front().records);
      model_.written(writes_.front().ticket);
    }
    writes_.clear();
    out_.clear();
    queue_->write_failed({errc::journal_failed, "the disk is full"}, out_);
    auto refused = std::vector<question_id>{};
    for (const auto& refusal : each<effects::refuse>(out_))
      refused.push_back(refusal.question);
    RC_ASSERT(refused.size() == out_.size());
    RC_ASSERT(refused == model_.lose_journal());
    compare();
  }

  // Whoever did not notice its failure writes again as well.
  void return_journal() {
    writes_.clear();
    load_.reset();
    run([&] { queue_->journal_returned(now_, out_); }, [&] { model_.journal_returned(); });
  }

  void fail() {
    out_.clear();
    queue_->fail({errc::journal_failed, "the disk is full"}, out_);
    auto refused = std::vector<question_id>{};
    for (const auto& item : each<effects::refuse>(out_))
      refused.push_back(item.question);
    for (const auto& item : each<effects::end_turn>(out_))
      meet(item);
    RC_ASSERT(refused.size() + each<effects::end_turn>(out_).size() == out_.size());
    RC_ASSERT(refused == model_.fail());
    RC_ASSERT(!turns_.is_held()); // nobody will hear how a suspect that is out ended
  }

  [[nodiscard]] queue_core reborn(queue_start former) {
    if (spills(config_))
      disk_.rows.clear(); // nothing of it outlives its process
    auto start = disk_.recover();
    start.id = queue_id{1};
    start.name = "orders";
    start.config = config_;
    start.budget = budget_;
    start.opened = epoch{++life_};
    start.in_handlers = std::move(former.in_handlers);
    start.last_consumer = former.last_consumer;
    start.so_far = former.so_far;
    return queue_core{std::move(start)};
  }

  [[nodiscard]] question_id ask() {
    return question_id{++questions_};
  }

  // -- effects ----------------------------------------------------------------

  void meet(const effects::persist& item) {
    writes_.push_back(item);
  }

  void meet(const effects::confirm& item) {
    auto numbers =
      list{value_of(item.outcome.up_to), value_of(item.outcome.resend_from), item.messages};
    for (const auto& refused : item.outcome.refused)
      numbers.add(value_of(refused.number), 1);
    RC_ASSERT(nothing_is_told_before_it_is_committed(model_, item.question, numbers));
    RC_ASSERT(who_is_held_is_told_why(model_, item));
    if (item.is_held)
      held_.insert(item.outcome.session);
    for (auto sequence : model_.answers.front().confirms)
      model_.messages.at(sequence).is_confirmed = true;
    model_.answers.pop_front();
    producers_.confirm(item.outcome.session, item.outcome.up_to);
  }

  void meet(const effects::let_publish& item) {
    RC_ASSERT(held_.erase(item.session) == 1u);
    RC_ASSERT(whoever_goes_on_finds_room(model_));
  }

  void meet(const effects::settled& item) {
    auto numbers = list{item.outcome.settled, item.outcome.stale};
    RC_ASSERT(nothing_is_told_before_it_is_committed(model_, item.question, numbers));
    model_.answers.pop_front();
  }

  void meet(const effects::unsubscribed& item) {
    RC_ASSERT(nothing_is_told_before_it_is_committed(model_, item.question, list{}));
    model_.answers.pop_front();
  }

  void meet(const effects::refuse& item) {
    RC_ASSERT(item.question == refused_ || item.question == model_.refused);
    model_.refused = question_id::none;
  }

  void meet(const effects::move& item) {
    auto leaving = std::set<sequence_number>{};
    for (const auto& letter : item.letters)
      RC_ASSERT(leaving.insert(letter.sequence).second);
    RC_ASSERT(leaving == model_.under_way.at(item.question));
    moves_.push_back(item.question);
  }

  void meet(const effects::moved& item) {
    RC_ASSERT(item.question == moved_.first);
    RC_ASSERT(moved_.second == 0u || item.outcome.in_use == moved_.second);
  }

  void meet(const effects::deliver& item) {
    RC_ASSERT(item.run.is_resident());
    RC_ASSERT(nothing_is_delivered_while_paused(model_));
    RC_ASSERT(credit_is_never_exceeded(model_, item));
    RC_ASSERT(every_lease_is_as_long_as_agreed(model_, item));
    RC_ASSERT(a_suspect_is_never_delivered_with_another(model_, turns_, item));
    RC_ASSERT(item.with == company::none || the_oldest_goes_first(model_, item));
    RC_ASSERT(order_holds_until_a_redelivery(model_, item));
    RC_ASSERT(every_delivery_is_counted(model_, item));
    RC_ASSERT(what_was_tried_often_enough_is_not_delivered(model_, item));
    RC_ASSERT(what_was_handled_is_not_delivered(model_, item));
    RC_ASSERT(tags_are_never_reused(tags_, item));
    model_.deliver(item);
    for (auto i = std::uint64_t{0}; i < item.run.count; ++i) {
      tags_.insert(advanced(item.first_tag, i));
      handed_.emplace_back(advanced(item.first_tag, i), item.consumer);
    }
  }

  void meet(const effects::load& item) {
    auto where = model_.messages.at(item.first).where;
    auto& asked = where == place::suspect ? suspect_load_ : load_;
    RC_ASSERT(!asked);
    if (where == place::suspect)
      RC_ASSERT(item.first == item.last);
    else
      RC_ASSERT(where == place::ready); // ahead of time, or the oldest of all
    RC_ASSERT(model_.messages.at(item.last).where == where);
    asked = item;
  }

  void meet(const effects::bury& item) {
    auto sequence = item.message.sequence;
    RC_ASSERT(model_.to_bury.erase(sequence) == 1u);
    const auto& dying = model_.messages.at(sequence);
    auto end = death_of(item.message.letter).value();
    RC_ASSERT(text_of(item.message.letter) == dying.text);
    RC_ASSERT(end.sequence == sequence);
    RC_ASSERT(end.deliveries == dying.deliveries);
    RC_ASSERT(end.cause == dying.cause);
    burials_.push_back(item.message);
  }

  void meet(const effects::buried&) {
    RC_FAIL("answered a burial that nobody asked for");
  }

  void meet(const effects::charged&) {
    RC_ASSERT(model_.charges_due == 1u);
    model_.charges_due = 0;
    left_behind_.clear();
  }

  void meet(const effects::ask_turn&) {
    RC_ASSERT(model_.next_suspect());
    RC_ASSERT(turns_.ask());
  }

  void meet(const effects::end_turn&) {
    RC_ASSERT(turns_.end());
  }

  void meet(const effects::wake_at& item) {
    wake_up_ = item.when;
  }

  // -- draining ---------------------------------------------------------------

  [[nodiscard]] bool is_drained() const {
    return model_.count(place::ended) == model_.messages.size() && writes_.empty()
           && producers_.waiting().empty();
  }

  void calm_down() {
    if (model_.is_down)
      return_journal();
    write(UINT32_MAX);
    tell();
    grant_turn();
    while (load_ || suspect_load_)
      read(0, 100);
    while (!burials_.empty())
      end_burial(0, true);
    while (!moves_.empty())
      end_move(0, true);
    for (; !unheard_moves_.empty(); unheard_moves_.pop_back())
      answer_move(unheard_moves_.back());
    for (; !unheard_.empty(); unheard_.pop_back())
      answer_burial(unheard_.back(), true);
    for (auto session : producers_.waiting())
      resend(session, 0);
    auto everything = settlement{delivery_tag{1}, std::uint64_t{1} << 50, settle_kind::ack, {}, {}};
    settle(model_.consumers.begin()->first, {everything});
  }

  queue_config config_;
  std::shared_ptr<resident_budget> budget_;
  queue_table disk_;
  queue_model model_;
  std::uint32_t life_ = 0;
  std::optional<queue_core> queue_;
  time_point now_ = at(0s);
  time_point wake_up_ = never; // what the queue asked for last
  effect_list out_;
  std::uint64_t questions_ = 0;

  simulated_producers producers_;
  std::set<session_id> held_; // told that the queue is full, and not that there is room
  std::deque<effects::persist> writes_; // asked for, not on disk
  std::vector<std::vector<record>> history_; // what reached the disk
  commit_ticket written_{};
  std::optional<effects::load> load_;         // of what is ready
  std::optional<effects::load> suspect_load_; // of one suspect
  simulated_turns turns_;
  std::set<sequence_number> left_behind_; // in handlers when a process ended, and not charged
  std::vector<dead_message> burials_;    // asked for, not answered
  std::vector<sequence_number> unheard_; // buried, but the answer is still on its way
  std::vector<question_id> moves_;         // asked for, not answered
  std::vector<question_id> unheard_moves_; // done, but the answer is still on its way
  std::pair<question_id, std::size_t> moved_; // to be answered; how many are in use, if all
  question_id refused_{};                     // by the present command
  std::map<sequence_number, death> letters_;
  std::set<delivery_tag> tags_;
  std::vector<std::pair<delivery_tag, consumer_id>> handed_;
};

} // namespace ferry::testing
