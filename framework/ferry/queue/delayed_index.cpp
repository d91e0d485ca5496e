#include "ferry/queue/delayed_index.hpp"

namespace ferry {

void delayed_index::add(delayed_run item) {
  size_ += item.run.count;
  auto key = std::pair{item.due, item.run.first};
  runs_.emplace(key, std::move(item.run));
}

std::vector<delayed_run> delayed_index::take_due(time_point now) {
  auto due = std::vector<delayed_run>{};
  while (!runs_.empty() && runs_.begin()->first.first <= now) {
    auto node = runs_.extract(runs_.begin());
    size_ -= node.mapped().count;
    due.push_back({node.key().first, std::move(node.mapped())});
  }
  return due;
}

std::optional<time_point> delayed_index::next_due() const {
  if (runs_.empty())
    return std::nullopt;
  return runs_.begin()->first.first;
}

} // namespace ferry
