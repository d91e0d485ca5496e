#include "ferry/actors/running_queues.hpp"

#include "ferry/actors/answers.hpp"
#include "ferry/actors/protocol/journaling.hpp"
#include "ferry/actors/protocol/reopening.hpp"

#include <utility>

namespace ferry::actors {

namespace {

// What others see of it: only a queue on disk has rows that matter to them.
queue_id known_as(const persistence::stored_queue& stored) {
  return persistence::is_on_disk(stored.config) ? stored.id : queue_id::none;
}

} // namespace

void running_queues::run(persistence::stored_queue stored) {
  auto info = messages::queue_info{stored.name, stored.config, {}, known_as(stored)};
  auto links = links_of(stored);
  auto actor = spawn_queue(self_->system(), start_of(std::move(stored)), std::move(links));
  info.queue = caf::actor_cast<caf::actor>(actor);
  queues_.emplace(info.name, info);
}

queue_links running_queues::links_of(const persistence::stored_queue& stored) const {
  auto to = queue_links{links_.journal, links_.supervisor, {}, known_as(stored), links_.clock, {},
                        links_.report,  links_.reader};
  if (links_.marks)
    to.charged = [marks = links_.marks, queue = stored.id] { marks->counted(queue); };
  if (stored.config.last_resort == last_resort::dead_letter)
    to.dead_letters =
      as<queue_actor>(queues_.at(dead_letter_name(stored.name, stored.config)).queue);
  return to;
}

queue_start running_queues::start_of(persistence::stored_queue stored) {
  auto from = persistence::start_of(std::move(stored));
  from.opened = links_.opened;
  from.seed = ++links_.seed;
  from.budget = links_.budget;
  if (links_.marks)
    from.in_handlers = links_.marks->of(from.id);
  return from;
}

queue_actor running_queues::take(const std::string& name) {
  auto node = queues_.extract(name);
  return node.empty() ? queue_actor{} : as<queue_actor>(node.mapped().queue);
}

void running_queues::tell_of_failure(const error& why, epoch opened) {
  for (const auto& [name, queue] : queues_)
    if (persistence::uses_journal(queue.config))
      compat::send(self_, as<queue_actor>(queue.queue),
                   messages::commit_failed{for_now(why), opened});
}

std::vector<std::string> running_queues::go_on(epoch opened, persistence::kept_queues& kept) {
  using enum persistence::continuation::step;
  links_.opened = opened;
  auto lost = std::vector<std::string>{};
  for (const auto& [name, queue] : queues_) {
    auto next = kept.go_on(name, queue.config, queue.id);
    if (next.how == resume)
      compat::send(self_, as<queue_actor>(queue.queue), messages::journal_returned{opened});
    if (next.how == revive)
      compat::send(self_, as<queue_actor>(queue.queue),
                   messages::revive{start_of(std::move(next.from))});
    if (next.how == give_up)
      lost.push_back(name);
  }
  return lost;
}

} // namespace ferry::actors
