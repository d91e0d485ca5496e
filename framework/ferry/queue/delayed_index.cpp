#include "ferry/queue/delayed_index.hpp"

#include <algorithm>

namespace ferry {

void delayed_index::add(delayed_run item) {
  size_ += item.run.count;
  share_.take(memory_bytes(item.run));
  auto key = std::pair{item.due, item.run.first};
  runs_.emplace(key, std::move(item.run));
}

std::vector<delayed_run> delayed_index::take_due(time_point now) {
  auto due = std::vector<delayed_run>{};
  while (!runs_.empty() && runs_.begin()->first.first <= now) {
    auto node = runs_.extract(runs_.begin());
    size_ -= node.mapped().count;
    share_.give_back(memory_bytes(node.mapped()));
    due.push_back({node.key().first, std::move(node.mapped())});
  }
  return due;
}

std::vector<delayed_run> delayed_index::take(std::span<const sequence_number> wanted) {
  auto taken = std::vector<delayed_run>{};
  for (auto at = runs_.begin(); at != runs_.end();) {
    auto current = at++;
    auto& run = current->second;
    auto next = std::ranges::lower_bound(wanted, run.first);
    if (next == wanted.end() || *next > run.last())
      continue;
    auto item = delayed_run{current->first.first, std::move(run)};
    runs_.erase(current);
    size_ -= item.run.count;
    share_.give_back(memory_bytes(item.run));
    cut_out(std::move(item), {next, wanted.end()}, taken);
  }
  return taken;
}

// What lies between the messages that are wanted stays delayed. Its new entry may
// be gone through once more, which finds nothing that is wanted.
void delayed_index::cut_out(delayed_run item, std::span<const sequence_number> wanted,
                            std::vector<delayed_run>& taken) {
  for (auto sequence : wanted) {
    if (sequence > item.run.last())
      break;
    if (auto before = value_of(sequence) - value_of(item.run.first); before > 0)
      add({item.due, split_front(item.run, before)});
    taken.push_back({item.due, split_front(item.run, 1)});
    if (item.run.count == 0)
      return;
  }
  add(std::move(item));
}

std::optional<time_point> delayed_index::next_due() const {
  if (runs_.empty())
    return std::nullopt;
  return runs_.begin()->first.first;
}

} // namespace ferry
