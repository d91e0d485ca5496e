#include "ferry/nodes/door_actor.hpp"

#include <caf/stateful_actor.hpp>

#include <optional>
#include <set>
#include <utility>

namespace ferry::actors {

namespace {

struct door_shell;

using door_self = caf::stateful_actor<door_shell>;

struct door_shell {
  explicit door_shell(door_self* selfptr) : self(selfptr) {
    // CAF builds the state before the arguments arrive; start() finishes it
  }

  caf::behavior start(const door_options& given);

  void take(const messages::mail& m);
  void take(const letter& item);
  void take(question_id question, messages::publish m);
  void take(question_id question, messages::far_subscribe m);
  void take(question_id question, messages::grant_credit m);
  void take(question_id question, messages::settle m);
  void take(question_id question, messages::unsubscribe m);
  void take(question_id question, messages::consumer_lost m);
  void take(question_id question, messages::pause m);
  void take(question_id question, messages::ask_figures m);
  void take(question_id question, messages::browse m);

  template <class Message>
  bool is_taken(const letter_head& head, const letter& item);

  template <class... Messages>
  bool is_taken_as_one_of(const letter_head& head, const letter& item);

  [[nodiscard]] bool may(permission what, question_id question);
  void reply(question_id question, const auto& message);

  template <class Answer, class Question>
  void forward(question_id question, Question asked) {
    answer_by<Answer>(self, options->queue, options->address, question, std::move(asked));
  }

  door_self* self;
  std::optional<door_options> options;
  std::set<consumer_id> consumers; // that this client may settle for

  static inline const char* name = "ferry.door";
};

caf::behavior door_shell::start(const door_options& given) {
  options = given;
  compat::survive_errors(self);
  return {
    [this](const messages::mail& m) { take(m); },
    [this](const messages::delivery& m) {
      reply({}, messages::far_delivery{options->clock.now(self), m});
    },
    [this](const messages::resubscribe& m) {
      consumers.erase(m.consumer);
      reply({}, m);
    },
    [this](const messages::room& m) { reply({}, m); },
  };
}

// -- letters ------------------------------------------------------------------------

void door_shell::take(const messages::mail& m) {
  for (const auto& item : *m.letters)
    take(item);
}

// A client of this protocol version sends nothing else; what cannot be read ends its
// link, because nothing after it can be trusted.
void door_shell::take(const letter& item) {
  auto head = head_of(item);
  if (head
      && is_taken_as_one_of<messages::publish, messages::settle, messages::grant_credit,
                            messages::far_subscribe, messages::unsubscribe, messages::consumer_lost,
                            messages::pause, messages::ask_figures, messages::browse>(*head, item))
    return;
  compat::send(self, options->address.link,
               messages::cut_link{{errc::wrong_peer, "a letter about queue \"" + options->queue_name
                                                       + "\" cannot be read"}});
}

template <class... Messages>
bool door_shell::is_taken_as_one_of(const letter_head& head, const letter& item) {
  return (is_taken<Messages>(head, item) || ...);
}

template <class Message>
bool door_shell::is_taken(const letter_head& head, const letter& item) {
  if (head.kind != kind_of<Message>)
    return false;
  auto message = message_from<Message>(item);
  if (message)
    take(head.question, std::move(*message));
  return message.has_value();
}

void door_shell::take(question_id question, messages::publish m) {
  if (may(permission::publish, question))
    forward<messages::receipt>(question, std::move(m));
}

// The first deliveries may overtake the answer of the queue; the client keeps them.
void door_shell::take(question_id question, messages::far_subscribe m) {
  if (!may(permission::consume, question))
    return;
  auto myself = caf::actor_cast<caf::actor>(self);
  compat::request(self, options->queue, messages::subscribe{myself, std::move(m.who)})
    .then(
      [this, question](const messages::subscription& given) {
        consumers.insert(given.consumer);
        reply(question, given);
      },
      [this, question](const caf::error& why) { reply(question, from_caf(why)); });
}

void door_shell::take(question_id, messages::grant_credit m) {
  if (consumers.contains(m.consumer))
    compat::send(self, options->queue, std::move(m));
}

// Whoever does not hold them cannot settle them: they are stale to him.
void door_shell::take(question_id question, messages::settle m) {
  if (consumers.contains(m.consumer))
    return forward<messages::settled>(question, std::move(m));
  auto outcome = settle_outcome{};
  for (const auto& item : m.settlements)
    outcome.stale += item.count;
  reply(question, messages::settled{outcome});
}

void door_shell::take(question_id question, messages::unsubscribe m) {
  if (consumers.erase(m.consumer) > 0)
    forward<messages::unsubscribed>(question, m);
  else
    reply(question, messages::unsubscribed{});
}

void door_shell::take(question_id, messages::consumer_lost m) {
  if (consumers.erase(m.consumer) > 0)
    compat::send(self, options->queue, std::move(m));
}

void door_shell::take(question_id question, messages::pause m) {
  if (may(permission::administer, question))
    forward<messages::paused>(question, m);
}

void door_shell::take(question_id question, messages::ask_figures m) {
  forward<messages::figures>(question, m);
}

void door_shell::take(question_id question, messages::browse m) {
  if (may(permission::administer, question))
    forward<messages::browsed>(question, std::move(m));
}

bool door_shell::may(permission what, question_id question) {
  auto allowed = options->access->allows(options->client, what, options->queue_name);
  if (!allowed)
    reply(question, allowed.why());
  return allowed.ok();
}

void door_shell::reply(question_id question, const auto& message) {
  post(self, options->address, question, message);
}

caf::behavior door_behavior(door_self* self, const door_options& options) {
  return compat::state(self).start(options);
}

} // namespace

caf::actor spawn_door(caf::actor_system& system, door_options options) {
  return system.spawn(door_behavior, std::move(options));
}

} // namespace ferry::actors
