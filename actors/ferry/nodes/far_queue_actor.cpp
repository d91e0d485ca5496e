#include "ferry/nodes/far_queue_actor.hpp"

#include "ferry/actors/protocol/consuming.hpp"
#include "ferry/actors/protocol/operating.hpp"
#include "ferry/actors/protocol/publishing.hpp"
#include "ferry/actors/protocol/signalling.hpp"
#include "ferry/actors/protocol/stopping.hpp"
#include "ferry/nodes/correspondence.hpp"
#include "ferry/nodes/far_consuming.hpp"
#include "ferry/nodes/far_publishing.hpp"

#include <optional>
#include <string>
#include <utility>

namespace ferry::actors {

namespace {

struct far_queue_shell {
  explicit far_queue_shell(far_queue_actor::pointer selfptr) : self(selfptr) {
    // CAF builds the state before the arguments arrive; start() finishes it
  }

  far_queue_actor::behavior_type start(const far_queue_options& options);

  void bind(const messages::bind& m);
  void unbind(const error& why);
  void tell_waiting();
  void take(const messages::mail& m);
  [[nodiscard]] bool take(const letter& item);
  void hear(messages::room);
  void hear(messages::far_delivery m);
  void hear(messages::resubscribe m);
  messages::stopped stop();

  far_queue_actor::pointer self;
  std::string queue_name;
  correspondence link; // with the queue
  std::optional<far_publishing> publishing;
  std::optional<far_consuming> consuming;

  static inline const char* name = "ferry.far_queue";
};

far_queue_actor::behavior_type far_queue_shell::start(const far_queue_options& options) {
  queue_name = options.name;
  link.close({errc::disconnected, "queue \"" + queue_name + "\" is not connected yet"});
  publishing.emplace(self, link, queue_name);
  consuming.emplace(self, link, options.supervisor, options.clock);
  compat::survive_errors(self);
  return {
    [this](const messages::publish& m) { return publishing->publish(m); },
    [this](const messages::subscribe& m) { return consuming->subscribe(m); },
    [this](const messages::grant_credit& m) { consuming->grant(m); },
    [this](const messages::settle& m) { return consuming->settle(m); },
    [this](const messages::unsubscribe& m) { return consuming->unsubscribe(m); },
    [this](const messages::pause& m) { return link.forward<messages::paused>(self, m); },
    [this](const messages::ask_figures& m) { return link.forward<messages::figures>(self, m); },
    [this](const messages::browse& m) { return link.forward<messages::browsed>(self, m); },
    [this](const messages::consumer_lost& m) { consuming->lose(m); },
    [](const messages::wake&) {}, // deadlines are kept where the queue is
    [this](const messages::bind& m) { bind(m); },
    [this](const messages::unbind& m) { unbind(m.why); },
    [this](const messages::mail& m) { take(m); },
    [this](const messages::stop&) { return stop(); },
  };
}

// -- the link -------------------------------------------------------------------------

void far_queue_shell::bind(const messages::bind& m) {
  link.open({as<link_actor>(m.link), m.number, m.most_bytes});
  tell_waiting();
}

void far_queue_shell::unbind(const error& why) {
  link.close(why);
  consuming->cut();
  if (!is_passing(to_caf(why)))
    tell_waiting();
}

// Who waits for a link tries now, whether there is one or there will be none.
void far_queue_shell::tell_waiting() {
  publishing->tell_waiting();
  consuming->tell_waiting();
}

messages::stopped far_queue_shell::stop() {
  link.close({errc::closed, "the connection was closed; connect again"});
  consuming->forget_all();
  self->quit();
  return {};
}

// -- letters --------------------------------------------------------------------------

void far_queue_shell::take(const messages::mail& m) {
  if (!link.is_open() || self->current_sender() != link.address().link)
    return; // of a link that is gone
  for (const auto& item : *m.letters)
    if (!take(item)) {
      compat::send(self, link.address().link,
                   messages::cut_link{{errc::wrong_peer, "a letter about queue \"" + queue_name
                                                           + "\" cannot be read"}});
      return;
    }
}

bool far_queue_shell::take(const letter& item) {
  if (auto head = head_of(item); head && head->question != question_id::none)
    return link.take_answer(*head, item);
  return take_as_one_of<messages::room, messages::far_delivery, messages::resubscribe>(
    item, [this](asked_letter, auto m) {
      hear(std::move(m));
      return true;
    });
}

void far_queue_shell::hear(messages::room) {
  publishing->tell_waiting();
}

void far_queue_shell::hear(messages::far_delivery m) {
  consuming->hear(std::move(m));
}

void far_queue_shell::hear(messages::resubscribe m) {
  consuming->hear(m);
}

far_queue_actor::behavior_type
far_queue_behavior(far_queue_actor::stateful_pointer<far_queue_shell> self,
                   const far_queue_options& options) {
  return compat::state(self).start(options);
}

} // namespace

far_queue_actor spawn_far_queue(caf::actor_system& system, far_queue_options options) {
  return system.spawn(far_queue_behavior, std::move(options));
}

} // namespace ferry::actors
