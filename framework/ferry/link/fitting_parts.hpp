// What is more than one letter holds, in parts that each fit one.

#pragma once

#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

namespace ferry {

/// Cuts `items` in halves until each part fits, as `fits(part)` says, and appends the
/// parts in order. A single item is a part whether it fits or not.
template <class Item, class Judge>
void append_fitting_parts(std::vector<std::vector<Item>>& parts, std::vector<Item> items,
                          const Judge& fits) {
  if (items.size() <= 1 || fits(items)) {
    parts.push_back(std::move(items));
    return;
  }
  auto middle = std::next(items.begin(), static_cast<std::ptrdiff_t>(items.size() / 2));
  auto rest =
    std::vector<Item>{std::make_move_iterator(middle), std::make_move_iterator(items.end())};
  items.erase(middle, items.end());
  append_fitting_parts(parts, std::move(items), fits);
  append_fitting_parts(parts, std::move(rest), fits);
}

/// `items` in parts that each fit.
/// Shape    at least one part; only that of no items is empty
template <class Item, class Judge>
[[nodiscard]] std::vector<std::vector<Item>> fitting_parts(std::vector<Item> items,
                                                           const Judge& fits) {
  auto parts = std::vector<std::vector<Item>>{};
  append_fitting_parts(parts, std::move(items), fits);
  return parts;
}

} // namespace ferry
