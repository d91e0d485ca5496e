#include "ferry/nodes/far_queues.hpp"

#include "ferry/actors/protocol/stopping.hpp"

namespace ferry::actors {

far_queues::info_promise far_queues::declare(const messages::declare& m) {
  return ask(m, m.config);
}

far_queues::info_promise far_queues::find(const messages::find& m) {
  return ask(m, std::nullopt);
}

template <class Question>
far_queues::info_promise far_queues::ask(const Question& asked,
                                         const std::optional<queue_config>& declared_as) {
  auto promise = self_->make_response_promise<messages::queue_info>();
  link_->ask<messages::far_queue>(
    self_, asked,
    [this, promise, declared_as](const messages::far_queue& found) mutable {
      auto queue = caf::actor_cast<caf::actor>(bind(found, declared_as));
      promise.deliver(
        messages::queue_info{found.name, found.config, std::move(queue), queue_id::none});
    },
    [promise](const caf::error& why) mutable { promise.deliver(why); });
  return promise;
}

// The link hears of the queue before the queue does, so no letter misses it.
const far_queue_actor& far_queues::bind(const messages::far_queue& queue,
                                        std::optional<queue_config> declared_as) {
  const auto& actor = queues_.use(queue.name, std::move(declared_as), [&] {
    return spawn_far_queue(self_->system(), {queue.name, needs_.supervisor, needs_.clock});
  });
  const auto& to = link_->address();
  compat::send(self_, to.link, messages::route{queue.number, caf::actor_cast<caf::actor>(actor)});
  compat::send(self_, actor,
               messages::bind{caf::actor_cast<caf::actor>(to.link), queue.number, to.most_bytes});
  return actor;
}

// -- of the link ----------------------------------------------------------------------

// What the last link left to ask for is among them.
void far_queues::ask_for_all() {
  (void)queues_.take_refused();
  for (const auto& [queue, used] : queues_.all())
    ask_again(queue);
}

void far_queues::ask_for_refused() {
  for (const auto& queue : queues_.take_refused())
    ask_again(queue);
}

void far_queues::ask_again(const std::string& queue) {
  auto got = [this](const messages::far_queue& found) { bind(found, std::nullopt); };
  auto failed = [this, queue](const caf::error& why) { not_got(queue, why); };
  if (const auto& config = queues_.at(queue).declared_as)
    link_->ask<messages::far_queue>(self_, messages::declare{queue, *config}, got, failed);
  else
    link_->ask<messages::far_queue>(self_, messages::find{queue}, got, failed);
}

// The broker's journal is opened again, and nobody tells us.
void far_queues::not_got(const std::string& queue, const caf::error& why) {
  if (!link_->is_open())
    return;
  compat::send(self_, queues_.at(queue).queue, messages::unbind{from_caf(why)});
  if (is_passing(why) && queues_.refused(queue))
    needs_.ask_later();
}

void far_queues::unbind_all(const error& why) {
  for (const auto& [queue, used] : queues_.all())
    compat::send(self_, used.queue, messages::unbind{why});
}

void far_queues::stop_all() {
  for (const auto& [queue, used] : queues_.take_all())
    compat::send_anonymously(used.queue, messages::stop{});
}

} // namespace ferry::actors
