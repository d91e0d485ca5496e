// What must hold for a queue whatever happens, as sentences: the real queue and
// the disk are compared with the model.

#pragma once

#include "support/queue_model.hpp"
#include "support/queue_table.hpp"
#include "support/simulated_turns.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace ferry::testing {

// -- after every command ------------------------------------------------------

/// What a producer may rely on has ended, or is on disk if it is nowhere else.
[[nodiscard]] inline bool nothing_confirmed_is_lost(const queue_model& model,
                                                    const queue_table& disk) {
  return std::ranges::all_of(model.messages, [&](const auto& entry) {
    const auto& [sequence, item] = entry;
    auto has_row = model.stores() || item.is_spilled;
    return !has_row || !item.is_confirmed || item.how != ending::none
           || disk.rows.contains(sequence);
  });
}

[[nodiscard]] inline bool no_message_is_in_two_places(const queue_model& model,
                                                      const queue_figures& figures) {
  return figures.committing == model.count(place::committing)
         && figures.ready == model.count(place::ready) + model.count(place::suspect)
         && figures.in_flight == model.count(place::in_flight)
         && figures.delayed == model.count(place::delayed)
         && figures.dying == model.count(place::dying)
         && figures.moving == model.count(place::moving);
}

[[nodiscard]] inline bool a_pause_ends_with_its_time(const queue_model& model,
                                                     const queue_figures& figures) {
  return (figures.paused == 1) == (model.paused_until != time_point{});
}

/// Counts of deliveries, due times, payloads and suspicions included.
[[nodiscard]] inline bool the_disk_holds_what_was_written(const queue_model& model,
                                                          const queue_table& disk) {
  auto kept = std::size_t{0};
  for (const auto& [sequence, item] : model.messages)
    if (item.row) {
      auto found = disk.rows.find(sequence);
      if (found == disk.rows.end() || text_of(found->second.item) != item.text
          || model_row{found->second.deliveries, found->second.due,
                       disk.suspects.contains(sequence)}
               != *item.row)
        return false;
      ++kept;
    }
  return kept == disk.rows.size();
}

/// No message of a remembered id is stored twice, nor delivered again, across crashes.
[[nodiscard]] inline bool what_is_remembered_is_on_disk(const queue_model& model,
                                                        const queue_table& disk) {
  auto ids = std::map<std::pair<id_kind, std::string>, time_point>{};
  for (const auto& [kind, known] : model.memory_on_disk.ids)
    for (const auto& [id, met] : known)
      ids[{kind, id}] = met;
  auto sessions = std::map<session_id, model_session>{};
  for (const auto& [session, kept] : disk.sessions)
    sessions[session] = {kept.up_to, kept.used};
  return ids == disk.ids && sessions == model.memory_on_disk.sessions;
}

[[nodiscard]] inline bool the_bytes_are_those_of_what_has_not_ended(const queue_model& model,
                                                                    const queue_figures& figures) {
  auto bytes = std::uint64_t{0};
  for (const auto& [sequence, item] : model.messages)
    if ((model.stores() || item.is_spilled) && item.where != place::ended
        && item.where != place::dying)
      bytes += item.text.size();
  return figures.disk_bytes == bytes;
}

/// Of a memory queue: all that came while the RAM was used up, until it is read back.
[[nodiscard]] inline bool what_is_spilled_is_counted(const queue_model& model,
                                                     const queue_figures& figures) {
  return model.stores()
         || figures.spilled
              == static_cast<std::uint64_t>(std::ranges::count_if(
                model.messages,
                [](const auto& entry) { return queue_model::is_on_disk_only(entry.second); }));
}

/// What is delayed has used up the RAM: nothing is read back until some of it is due.
[[nodiscard]] inline bool reading_waits_for_what_is_delayed(const queue_model& model,
                                                            const queue_figures& figures) {
  return model.spills() && figures.resident_bytes >= model.config().resident_bytes;
}

/// A queue that blocks its producers holds no more than it may; one message may be
/// larger.
[[nodiscard]] inline bool a_full_queue_takes_no_more(const queue_model& model) {
  const auto& config = model.config();
  auto count_fits = config.max_messages == 0 || model.present() <= config.max_messages;
  auto bytes_fit = config.max_bytes == 0 || model.present_bytes() <= config.max_bytes
                   || model.present() == 1;
  return config.overflow != overflow::block || (count_fits && bytes_fit);
}

/// Everybody who waits for room hears of it, the last one when all has ended.
[[nodiscard]] inline bool nobody_is_held_by_an_empty_queue(const queue_model& model,
                                                           std::size_t held,
                                                           const queue_figures& figures) {
  return figures.held == held && (held == 0 || model.present() > 0);
}

/// But for one page, which here holds one message.
[[nodiscard]] inline bool what_lies_in_ram_is_within_the_budget(const queue_model& model,
                                                                const queue_figures& figures) {
  constexpr auto one_page = std::uint64_t{3000}; // its history included
  return !model.stores() || figures.resident_bytes <= model.config().resident_bytes
         || figures.resident_bytes <= one_page;
}

[[nodiscard]] inline bool counts_never_go_down(const queue_figures& before,
                                               const queue_figures& after) {
  return std::ranges::all_of(queue_numbers, [&](const auto& item) {
    return item.kind == figure_kind::gauge || before.*item.value <= after.*item.value;
  });
}

[[nodiscard]] inline bool has_room(const credit& held, const credit& limit) {
  return held.messages < limit.messages && (held.bytes < limit.bytes || held.messages == 0);
}

[[nodiscard]] inline bool somebody_has_room(const queue_model& model) {
  return std::ranges::any_of(model.consumers, [&](const auto& entry) {
    return has_room(model.held(entry.first), entry.second.limit);
  });
}

/// Unless its payload has yet to be read, or the queue pauses, which it may do until
/// it was woken.
[[nodiscard]] inline bool nothing_ready_waits_beside_free_credit(const queue_model& model) {
  return !model.oldest_ready() || model.paused_until != time_point{} || !somebody_has_room(model);
}

/// A turn is asked for, or used, where somebody could try a suspect.
[[nodiscard]] inline bool no_suspect_waits_without_asking(const queue_model& model,
                                                          const simulated_turns& turns) {
  return !model.next_suspect() || model.paused_until != time_point{} || model.is_suspect_in_flight()
         || !somebody_has_room(model) || turns.is_asked() || turns.is_held();
}

/// A turn lasts while a suspect is in flight, or is being read.
[[nodiscard]] inline bool a_turn_is_given_back(const queue_model& model,
                                               const simulated_turns& turns, bool is_reading) {
  return !turns.is_held() || model.is_suspect_in_flight()
         || (model.next_suspect() && !model.is_paused()
             && (is_reading || model.count(place::in_flight) > 0));
}

[[nodiscard]] inline bool nothing_due_is_slept_through(const queue_model& model,
                                                       time_point wake_up) {
  return wake_up <= model.next_due();
}

[[nodiscard]] inline bool is_shown_as(const model_message& item, message_state state) {
  switch (state) {
  case message_state::committing: return item.where == place::committing;
  case message_state::ready: return item.where == place::ready || item.where == place::suspect;
  case message_state::in_flight: return item.where == place::in_flight;
  case message_state::delayed: return item.where == place::delayed;
  case message_state::dying: return item.where == place::dying;
  case message_state::moving: return item.where == place::moving;
  }
  return false;
}

/// In its state, with its count and payload, and by sequence. What another queue
/// has already may be shown or not, until this one hears of it.
[[nodiscard]] inline bool
browsing_shows_every_message_once(const queue_model& model,
                                  const std::vector<browsed_message>& shown) {
  auto at = shown.begin();
  for (const auto& [sequence, item] : model.messages) {
    auto is_shown = at != shown.end() && at->sequence == sequence;
    if (item.where == place::ended || (item.how == ending::moved && !is_shown))
      continue;
    if (!is_shown || !is_shown_as(item, at->state)
        || at->deliveries != item.deliveries || text_of(at->message) != item.text)
      return false;
    ++at;
  }
  return at == shown.end();
}

// -- for every answer ---------------------------------------------------------

/// The answer is the next one due: its commit came, and so did all before it.
[[nodiscard]] inline bool nothing_is_told_before_it_is_committed(const queue_model& model,
                                                                 question_id question,
                                                                 const list& numbers) {
  return !model.answers.empty() && model.answers.front().question == question
         && model.answers.front().numbers == numbers;
}

/// Who has to send again because the queue is full, hears that it is; a gap is none.
[[nodiscard]] inline bool who_is_held_is_told_why(const queue_model& model,
                                                  const effects::confirm& item) {
  auto is_held = model.answers.front().is_held;
  return is_held == item.is_held && is_held == (item.outcome.held.code == errc::queue_full)
         && is_held == !item.outcome.held.text.empty();
}

/// Half of each limit is free.
[[nodiscard]] inline bool whoever_goes_on_finds_room(const queue_model& model) {
  const auto& config = model.config();
  return model.present() == 0 || config.overflow != overflow::block
         || ((config.max_messages == 0 || model.present() <= config.max_messages / 2)
             && (config.max_bytes == 0 || model.present_bytes() <= config.max_bytes / 2));
}

// -- for every delivery, before it is noted -----------------------------------

/// Bytes may be exceeded by one message, delivered alone, while some are left.
[[nodiscard]] inline bool credit_is_never_exceeded(const queue_model& model,
                                                   const effects::deliver& item) {
  auto found = model.consumers.find(item.consumer);
  if (found == model.consumers.end())
    return false;
  const auto& limit = found->second.limit;
  auto held = model.held(item.consumer);
  return has_room(held, limit) && held.messages + item.run.count <= limit.messages
         && (item.run.count == 1 || held.bytes + resident_bytes(item.run) <= limit.bytes);
}

/// Each message is the oldest that is ready, and has its own payload.
[[nodiscard]] inline bool the_oldest_goes_first(const queue_model& model,
                                                const effects::deliver& item) {
  auto oldest = model.messages.find(model.oldest_ready().value_or(sequence_number::none));
  for (auto i = std::uint64_t{0}; i < item.run.count; ++i, ++oldest)
    if (oldest == model.messages.end() || oldest->second.where != place::ready
        || oldest->first != advanced(item.run.first, i)
        || oldest->second.text != text_of(item.run.envelopes()[i]))
      return false;
  return true;
}

[[nodiscard]] inline bool nothing_is_delivered_while_paused(const queue_model& model) {
  return !model.is_paused();
}

/// A suspect goes out by itself, the oldest first, within a turn, and when none other
/// is in flight; who is no suspect may have company.
[[nodiscard]] inline bool a_suspect_is_never_delivered_with_another(const queue_model& model,
                                                                    const simulated_turns& turns,
                                                                    const effects::deliver& item) {
  if (item.with == company::none)
    return item.run.count == 1 && item.run.first == model.next_suspect() && turns.is_held()
           && !model.is_suspect_in_flight()
           && model.messages.at(item.run.first).text == text_of(item.run.envelopes()[0]);
  for (auto i = std::uint64_t{0}; i < item.run.count; ++i)
    if (model.messages.at(advanced(item.run.first, i)).is_suspect)
      return false;
  return true;
}

/// Only a queue that keeps everything delivers more often than it may.
[[nodiscard]] inline bool
what_was_tried_often_enough_is_not_delivered(const queue_model& model,
                                             const effects::deliver& item) {
  const auto& config = model.config();
  return config.max_deliveries == 0 || config.last_resort == last_resort::keep
         || item.run.deliveries <= config.max_deliveries;
}

[[nodiscard]] inline bool what_was_handled_is_not_delivered(const queue_model& model,
                                                            const effects::deliver& item) {
  for (auto i = std::uint64_t{0}; i < item.run.count; ++i)
    if (model.is_handled(model.messages.at(advanced(item.run.first, i))))
      return false;
  return true;
}

/// The message's own, else the consumer's, else the queue's; never the longest.
[[nodiscard]] inline bool every_lease_is_as_long_as_agreed(const queue_model& model,
                                                           const effects::deliver& item) {
  for (auto i = std::uint64_t{0}; i < item.run.count; ++i) {
    const auto& message = model.messages.at(advanced(item.run.first, i));
    if (item.lease != model.term_of(message, item.consumer))
      return false;
  }
  return item.limit == later(model.now(), model.longest_term())
         && item.deadline == std::min(later(model.now(), item.lease), item.limit);
}

/// What is handed out for the first time is younger than all that was before,
/// unless it was on its way elsewhere meanwhile, or put off by its consumer.
[[nodiscard]] inline bool order_holds_until_a_redelivery(const queue_model& model,
                                                         const effects::deliver& item) {
  const auto& oldest = model.messages.at(item.run.first);
  if (item.run.deliveries > 1 || oldest.was_delivered || oldest.was_away || oldest.was_deferred)
    return true;
  return std::ranges::none_of(model.messages, [&](const auto& entry) {
    return entry.second.was_delivered && entry.first > item.run.first;
  });
}

[[nodiscard]] inline bool every_delivery_is_counted(const queue_model& model,
                                                    const effects::deliver& item) {
  auto first = model.messages.find(item.run.first);
  return std::all_of(
    first, std::next(first, static_cast<std::ptrdiff_t>(item.run.count)),
    [&](const auto& entry) { return entry.second.deliveries + 1 == item.run.deliveries; });
}

/// Across crashes too: `used` are the tags of all lives.
[[nodiscard]] inline bool tags_are_never_reused(const std::set<delivery_tag>& used,
                                                const effects::deliver& item) {
  auto next = used.lower_bound(item.first_tag);
  return next == used.end() || *next >= advanced(item.first_tag, item.run.count);
}

// -- for every start ----------------------------------------------------------

/// Every message that was in a handler and has a row is counted once and noted as a
/// suspect; a neighbour that was not, is neither.
[[nodiscard]] inline bool the_culprit_is_charged_at_every_death(
  const queue_table& disk, const std::set<sequence_number>& in_handlers,
  const std::vector<record>& written) {
  auto charges = std::map<sequence_number, std::uint32_t>{};
  auto suspects = std::set<sequence_number>{};
  for (const auto& charge : each<records::reschedule>(written))
    for (auto i = std::uint64_t{0}; i < charge.count; ++i)
      if (!charges.emplace(advanced(charge.first, i), charge.deliveries).second)
        return false;
  for (const auto& noted : each<records::suspect>(written))
    for (auto i = std::uint64_t{0}; i < noted.count; ++i)
      suspects.insert(advanced(noted.first, i));
  for (const auto& [sequence, row] : disk.rows)
    if (auto charge = charges.find(sequence);
        in_handlers.contains(sequence)
          ? charge == charges.end() || charge->second != row.deliveries + 1
              || !suspects.contains(sequence)
          : charge != charges.end() || suspects.contains(sequence))
      return false;
  return true;
}

// -- when all is over ---------------------------------------------------------

[[nodiscard]] inline bool
every_ended_message_is_acked_or_a_dead_letter(const queue_model& model,
                                              const std::map<sequence_number, death>& letters) {
  return std::ranges::all_of(model.messages, [&](const auto& entry) {
    const auto& [sequence, item] = entry;
    switch (item.how) {
    case ending::acknowledged: return true;
    case ending::discarded: return model.config().last_resort == last_resort::discard;
    case ending::dead: return letters.contains(sequence);
    case ending::moved: return true;
    case ending::filtered: return model.config().handled_ids > 0;
    case ending::none: return false;
    }
    return false;
  });
}

} // namespace ferry::testing
