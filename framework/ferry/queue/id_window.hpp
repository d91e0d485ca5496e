// Which message ids were met lately. What an id stands for, a message stored or
// one handled, is the caller's.

#pragma once

#include "ferry/time.hpp"

#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ferry {

/// Remembers ids, the latest `max_ids` of them, until they are `max_age` old.
///
/// Bounds      `remember` keeps the number down, `expire` the age.
/// Time        The caller's; an earlier instant than the one before counts as that.
/// Errors      None.
/// Cost        O(1) per id, on average; an id's text is stored once.
/// Threads     One owner at a time; no locking inside.
class id_window {
public:
  /// Range    `max_ids` 0: nothing is ever remembered
  id_window(std::size_t max_ids, duration max_age) : max_ids_(max_ids), max_age_(max_age) {
  }

  // moving keeps the list's nodes where they are, and `places_` looks into them
  id_window(id_window&&) = default;
  id_window& operator=(id_window&&) = default;

  // -- modifiers --------------------------------------------------------------

  /// Remembers `id` as met at `now`, also where it was met before; returns the ids
  /// that had to make room, oldest first.
  [[nodiscard]] std::vector<std::string> remember(time_point now, std::string_view id);

  /// Forgets the ids that are `max_age` old at `now`, and returns them, oldest first.
  [[nodiscard]] std::vector<std::string> expire(time_point now);

  // -- properties -------------------------------------------------------------

  /// Whether `id` was met less than `max_age` before `now`.
  [[nodiscard]] bool contains(time_point now, std::string_view id) const {
    auto known = places_.find(id);
    return known != places_.end() && now < later(known->second->met, max_age_);
  }

  [[nodiscard]] std::size_t size() const noexcept {
    return ids_.size();
  }

  /// When `expire` has something to forget; `nullopt` while nothing is remembered.
  [[nodiscard]] std::optional<time_point> next_expiry() const;

private:
  struct entry {
    std::string id;
    time_point met{};
  };

  [[nodiscard]] std::string forget_oldest();

  std::size_t max_ids_;
  duration max_age_;
  std::list<entry> ids_; // oldest first
  std::unordered_map<std::string_view, std::list<entry>::iterator> places_; // keys look into `ids_`
};

} // namespace ferry
