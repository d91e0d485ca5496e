// What must hold for a queue whatever happens, as sentences: the real queue and
// the disk are compared with the model.

#pragma once

#include "support/queue_model.hpp"
#include "support/queue_table.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace ferry::testing {

// -- after every command ------------------------------------------------------

/// What a producer may rely on has ended, or is on disk if there is one.
[[nodiscard]] inline bool nothing_confirmed_is_lost(const queue_model& model,
                                                    const queue_table& disk) {
  return std::ranges::all_of(model.messages, [&](const auto& entry) {
    const auto& [sequence, item] = entry;
    return !model.stores() || !item.is_confirmed || item.how != ending::none
           || disk.rows.contains(sequence);
  });
}

[[nodiscard]] inline bool no_message_is_in_two_places(const queue_model& model,
                                                      const queue_figures& figures) {
  return figures.committing == model.count(place::committing)
         && figures.ready == model.count(place::ready)
         && figures.in_flight == model.count(place::in_flight)
         && figures.delayed == model.count(place::delayed)
         && figures.dying == model.count(place::dying)
         && figures.moving == model.count(place::moving);
}

/// Counts of deliveries, due times and payloads included.
[[nodiscard]] inline bool the_disk_holds_what_was_written(const queue_model& model,
                                                          const queue_table& disk) {
  auto kept = std::size_t{0};
  for (const auto& [sequence, item] : model.messages)
    if (item.row) {
      auto found = disk.rows.find(sequence);
      if (found == disk.rows.end() || text_of(found->second.item) != item.text
          || model_row{found->second.deliveries, found->second.due} != *item.row)
        return false;
      ++kept;
    }
  return kept == disk.rows.size();
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

/// Unless its payload has yet to be read.
[[nodiscard]] inline bool nothing_ready_waits_beside_free_credit(const queue_model& model) {
  return !model.oldest_ready() || std::ranges::none_of(model.consumers, [&](const auto& entry) {
    return has_room(model.held(entry.first), entry.second);
  });
}

[[nodiscard]] inline bool nothing_due_is_slept_through(const queue_model& model,
                                                       time_point wake_up) {
  return wake_up <= model.next_due();
}

[[nodiscard]] inline bool is_shown_as(const model_message& item, message_state state) {
  switch (state) {
  case message_state::committing: return item.where == place::committing;
  case message_state::ready: return item.where == place::ready;
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

// -- for every delivery, before it is noted -----------------------------------

/// Bytes may be exceeded by one message, delivered alone, while some are left.
[[nodiscard]] inline bool credit_is_never_exceeded(const queue_model& model,
                                                   const effects::deliver& item) {
  auto found = model.consumers.find(item.consumer);
  if (found == model.consumers.end())
    return false;
  const auto& limit = found->second;
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

/// What is handed out for the first time is younger than all that was before.
[[nodiscard]] inline bool order_holds_until_a_redelivery(const queue_model& model,
                                                         const effects::deliver& item) {
  if (item.run.deliveries > 1 || model.messages.at(item.run.first).was_delivered)
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
    case ending::none: return false;
    }
    return false;
  });
}

} // namespace ferry::testing
