// How something that cannot be copied gets into an actor.

#pragma once

#include <memory>
#include <utility>

namespace ferry::actors {

/// Spawning and sending copy their arguments; a slot can be copied, and whoever
/// receives it takes out what is in it.
template <class Item>
using slot = std::shared_ptr<std::unique_ptr<Item>>;

template <class Item>
[[nodiscard]] slot<Item> in_a_slot(std::unique_ptr<Item> item) {
  return std::make_shared<std::unique_ptr<Item>>(std::move(item));
}

} // namespace ferry::actors
