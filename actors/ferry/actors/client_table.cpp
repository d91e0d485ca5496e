#include "ferry/actors/client_table.hpp"

#include <algorithm>
#include <iterator>

namespace ferry::actors {

void cut_off(const known_producer& producer) {
  if (auto port = producer.port.lock()) {
    port->connect({});
    port->fail(
      {errc::closed, "queue \"" + producer.queue + "\" was closed before this was confirmed"});
  }
  if (auto running = caf::actor_cast<producer_actor>(producer.actor))
    caf::anon_send_exit(running, caf::exit_reason::user_shutdown);
}

// Whoever has ended makes room.
void client_table::add(known_producer item) {
  auto held = std::lock_guard{mutex_};
  std::erase_if(producers_, [](const known_producer& known) { return known.port.expired(); });
  producers_.push_back(std::move(item));
}

void client_table::add_group(const std::string& queue, std::uint64_t group) {
  auto held = std::lock_guard{mutex_};
  groups_.emplace(queue, group);
}

std::vector<std::uint64_t> client_table::take_groups(const std::string& queue) {
  auto held = std::lock_guard{mutex_};
  auto found = std::vector<std::uint64_t>{};
  for (auto [at, end] = groups_.equal_range(queue); at != end; ++at)
    found.push_back(at->second);
  groups_.erase(queue);
  return found;
}

std::vector<known_producer> client_table::producers() const {
  auto held = std::lock_guard{mutex_};
  return producers_;
}

std::vector<known_producer> client_table::producers_of(const std::string& queue) const {
  auto found = producers();
  std::erase_if(found, [&](const known_producer& item) { return item.queue != queue; });
  return found;
}

} // namespace ferry::actors
