#include "ferry/persistence/kept_queues.hpp"

#include <utility>

namespace ferry::persistence {

bool is_on_disk(const queue_config& config) noexcept {
  return config.durability == durability::disk;
}

bool uses_journal(const queue_config& config) noexcept {
  return is_on_disk(config) || spills(config);
}

std::string stored_name(const std::string& queue, const queue_config& config) {
  return is_on_disk(config) ? queue : queue + " (spilled)";
}

queue_config stored_options(const queue_config& config) {
  if (is_on_disk(config))
    return config;
  auto options = queue_config{};
  options.durability = durability::memory;
  options.over_budget = over_budget::spill;
  return options;
}

queue_start start_of(stored_queue stored) {
  auto from = queue_start{};
  from.id = stored.id;
  from.name = std::move(stored.name);
  from.config = std::move(stored.config);
  from.next = stored.next;
  for (auto& item : stored.runs)
    from.runs.push_back({item.due, std::move(item.run)});
  for (const auto& item : stored.sessions)
    from.sessions.push_back({item.session, item.up_to, item.used});
  for (auto& item : stored.ids)
    from.ids.push_back({item.kind, std::move(item.id), item.at});
  for (auto sequence : stored.suspects)
    from.suspects.push_back({sequence, 1});
  from.payload_bytes = stored.payload_bytes;
  return from;
}

void kept_queues::open(std::vector<stored_queue> found) {
  found_.clear();
  for (auto& item : found) {
    auto stored_as = item.name;
    found_.emplace(std::move(stored_as), std::move(item));
  }
}

void kept_queues::leave(const std::string& queue) {
  found_.erase(queue);
}

// A queue on disk of the name of a memory queue is not run: the name is taken.
continuation kept_queues::go_on(const std::string& queue, const queue_config& config, queue_id id) {
  using enum continuation::step;
  if (spills(config)) {
    auto place = place_of(queue, config);
    auto found = found_.find(stored_name(queue, config));
    auto is_there = place && found != found_.end() && found->second.id == place->id;
    return {is_there ? resume : give_up, {}};
  }
  auto node = found_.extract(queue);
  if (!is_on_disk(config))
    return {nothing, {}};
  if (!node || node.mapped().id != id)
    return {give_up, {}};
  return {revive, std::move(node.mapped())};
}

kept_rest kept_queues::take_rest() {
  auto rest = kept_rest{{}, take_leftovers()};
  while (!found_.empty())
    take_with_letters(std::string{found_.begin()->first}, rest.queues);
  return rest;
}

// Before a memory queue's place lie the rows of processes that are gone; from there on
// they are ours.
leftover_rows kept_queues::take_leftovers() {
  auto leftovers = leftover_rows{};
  for (auto at = found_.begin(); at != found_.end();) {
    const auto& [stored_as, queue] = *at;
    if (is_on_disk(queue.config)) {
      ++at;
      continue;
    }
    auto place = places_.try_emplace(stored_as, spill_place{queue.id, queue.next}).first->second;
    if (place.id == queue.id)
      leftovers.add(queue, place.next);
    at = found_.erase(at);
  }
  return leftovers;
}

void kept_queues::take_with_letters(const std::string& queue, std::vector<stored_queue>& out) {
  auto node = found_.extract(queue);
  if (!node)
    return;
  const auto& config = node.mapped().config;
  if (config.last_resort == last_resort::dead_letter)
    take_with_letters(dead_letter_name(queue, config), out);
  out.push_back(std::move(node.mapped()));
}

void kept_queues::add_place(const std::string& queue, const queue_config& config, queue_id id) {
  places_.emplace(stored_name(queue, config), spill_place{id});
}

std::optional<spill_place> kept_queues::place_of(const std::string& queue,
                                                 const queue_config& config) const {
  auto found = places_.find(stored_name(queue, config));
  return found == places_.end() ? std::nullopt : std::optional{found->second};
}

} // namespace ferry::persistence
