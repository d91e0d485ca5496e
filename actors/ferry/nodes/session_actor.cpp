#include "ferry/nodes/session_actor.hpp"

#include "ferry/actors/protocol/declaring.hpp"
#include "ferry/actors/protocol/journaling.hpp"
#include "ferry/actors/protocol/operating.hpp"
#include "ferry/actors/protocol/stopping.hpp"
#include "ferry/actors/reporter.hpp"
#include "ferry/link/printable.hpp"
#include "ferry/link/waiting_line.hpp"
#include "ferry/nodes/answering.hpp"
#include "ferry/nodes/door_actor.hpp"

#include <caf/stateful_actor.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace ferry::actors {

namespace {

struct session_shell;

using session_self = caf::stateful_actor<session_shell>;

/// A queue that the client uses.
struct door {
  queue_number number = broker_number;
  caf::actor actor;
};

struct session_shell {
  explicit session_shell(session_self* selfptr) : self(selfptr) {
    // CAF builds the state before the arguments arrive; start() finishes it
  }

  caf::behavior start(const session_options& given);

  void meet(const messages::knock& m);
  void take(const messages::mail& m);
  void take(const letter& item);
  void take(asked_letter asked, messages::declare m);
  void take(asked_letter asked, messages::find m);
  void take(asked_letter asked, messages::close_queue m);
  void take(asked_letter asked, messages::list_queues m);
  void take(asked_letter asked, messages::redrive m);
  void take(asked_letter asked, messages::ask_journal m);
  void end(const error& why);
  void give_up(const std::string& text);

  void open_door(asked_letter asked, auto question);
  const door& door_to(const messages::queue_info& queue);
  template <class Answer>
  void ask_broker(asked_letter asked, auto question, auto answered);
  template <class Answer>
  void ask_broker(asked_letter asked, auto question, auto answered, auto afterwards);
  void fail(asked_letter asked, const caf::error& why);
  [[nodiscard]] bool allows(permission what, const std::string& queue, asked_letter asked);
  [[nodiscard]] std::string name_of(const hello& who) const;
  void list_next();
  [[nodiscard]] messages::queue_names visible(const messages::queue_names& all) const;
  void reply(asked_letter asked, const auto& message);

  session_self* self;
  std::optional<session_options> options;
  reporter report;
  postal_address client; // its link is null until it knocked
  std::string client_name;
  std::string shown;                 // the client, for people; empty until it was let in
  std::optional<error> leaving;      // why nobody is let in any more
  std::map<std::string, door> doors; // by the queue's name
  queue_number last_number = broker_number;
  waiting_line<asked_letter> lists; // of queues, which may be many

  static inline const char* name = "ferry.session";
};

caf::behavior session_shell::start(const session_options& given) {
  options = given;
  report = reporter{given.report};
  compat::survive_errors(self);
  compat::on_exception(self, [this](const std::string& text) { give_up(text); });
  return {
    [this](const messages::knock& m) { meet(m); },
    [](const messages::link_opened&) {},
    [this](const messages::mail& m) { take(m); },
    [this](const messages::link_cut& m) { end(m.why); },
    [this](const messages::backed_up&) { lists.hold(); },
    [this](const messages::drained&) {
      lists.go_on();
      list_next();
    },
    [this](const messages::cut_link& m) {
      leaving = m.why;
      if (client.link)
        compat::send(self, client.link, m);
    },
  };
}

void session_shell::meet(const messages::knock& m) {
  client.link = caf::actor_cast<link_actor>(self->current_sender());
  if (leaving) {
    compat::send(self, client.link, messages::cut_link{*leaving});
    return;
  }
  auto known = options->access->identify(m.who, options->certificate);
  if (!known) {
    report(name_of(m.who) + " was turned away: " + known.why().text);
    compat::send(self, client.link, messages::cut_link{known.why()});
    return;
  }
  client_name = *known;
  client.most_bytes = longest_letter(limits_of(m.who));
  shown = name_of(m.who);
  auto as_whom = known->empty() ? "" : " as client \"" + printable_name(*known) + "\"";
  report(shown + " is connected" + as_whom);
  compat::send(self, client.link, messages::let_in{});
}

std::string session_shell::name_of(const hello& who) const {
  return "node \"" + who.node + "\" at " + options->address;
}

void session_shell::end(const error& why) {
  for (const auto& [queue, opened] : doors)
    self->send_exit(opened.actor, caf::exit_reason::user_shutdown);
  doors.clear();
  if (!shown.empty())
    report(shown + " is gone: " + why.text);
  else if (!client.link) // it has not even knocked
    report("a connection from " + options->address + " was refused: " + why.text);
  client.link = nullptr;
  self->quit();
}

// The client comes again, and meets another session.
void session_shell::give_up(const std::string& text) {
  auto why = error{errc::disconnected, "its session failed: " + text};
  if (auto link = std::exchange(client.link, nullptr))
    compat::send(self, link, messages::cut_link{why});
  end(why);
}

// -- letters ------------------------------------------------------------------------

void session_shell::take(const messages::mail& m) {
  for (const auto& item : *m.letters)
    take(item);
}

// As at a door: what cannot be read ends the link.
void session_shell::take(const letter& item) {
  auto take_it = [this](asked_letter asked, auto m) {
    take(asked, std::move(m));
    return true;
  };
  if (take_as_one_of<messages::declare, messages::find, messages::close_queue,
                     messages::list_queues, messages::redrive, messages::ask_journal>(item,
                                                                                      take_it))
    return;
  compat::send(self, client.link,
               messages::cut_link{{errc::wrong_peer, "a letter to the broker cannot be read"}});
}

// Whoever has dead letters go to a queue publishes there, and creates it where it is not.
void session_shell::take(asked_letter asked, messages::declare m) {
  auto letters = dead_letter_name(m.name, m.config);
  auto are_its_own = letters == dead_letter_name(m.name, {});
  if (allows(permission::declare, m.name, asked)
      && (!wants_dead_letters(m.config) || are_its_own
          || (allows(permission::declare, letters, asked)
              && allows(permission::publish, letters, asked))))
    open_door(asked, std::move(m));
}

// To a client that may do nothing to it, there is no such queue.
void session_shell::take(asked_letter asked, messages::find m) {
  if (options->access->shows(client_name, m.name))
    open_door(asked, std::move(m));
  else
    reply(asked, error{errc::not_permitted, "client \"" + client_name + "\" may not use queue \""
                                              + m.name + "\"; grant it in access_config::grants"});
}

void session_shell::take(asked_letter asked, messages::close_queue m) {
  if (allows(permission::administer, m.name, asked))
    ask_broker<messages::stopped>(asked, std::move(m),
                                  [](const messages::stopped& given) { return given; });
}

void session_shell::take(asked_letter asked, messages::list_queues) {
  lists.add(asked);
  list_next();
}

void session_shell::list_next() {
  auto asked = lists.next();
  if (!asked)
    return;
  auto answered = [this] {
    lists.answered();
    list_next();
  };
  ask_broker<messages::queue_names>(
    *asked, messages::list_queues{},
    [this](const messages::queue_names& all) { return visible(all); }, answered);
}

void session_shell::take(asked_letter asked, messages::redrive m) {
  if (allows(permission::administer, m.from, asked)
      && (m.options.to.empty() || allows(permission::publish, m.options.to, asked)))
    ask_broker<messages::redriven>(asked, std::move(m),
                                   [](const messages::redriven& given) { return given; });
}

// The journal is that of all queues.
void session_shell::take(asked_letter asked, messages::ask_journal m) {
  if (allows(permission::administer, "*", asked))
    ask_broker<messages::journal_report>(
      asked, m, [](const messages::journal_report& given) { return to_wire(given); });
}

messages::queue_names session_shell::visible(const messages::queue_names& all) const {
  auto some = messages::queue_names{};
  std::ranges::copy_if(all.names, std::back_inserter(some.names), [this](const auto& queue) {
    return options->access->shows(client_name, queue);
  });
  return some;
}

// -- doors --------------------------------------------------------------------------

void session_shell::open_door(asked_letter asked, auto question) {
  ask_broker<messages::queue_info>(
    asked, std::move(question), [this](const messages::queue_info& queue) {
      return messages::far_queue{queue.name, queue.config, door_to(queue).number};
    });
}

template <class Answer>
void session_shell::ask_broker(asked_letter asked, auto question, auto answered) {
  ask_broker<Answer>(asked, std::move(question), answered, [] {});
}

// What `answered` makes of the broker's answer is the client's.
template <class Answer>
void session_shell::ask_broker(asked_letter asked, auto question, auto answered, auto afterwards) {
  compat::request(self, options->broker, std::move(question))
    .then(
      [this, asked, answered, afterwards](const Answer& given) {
        if (client.link)
          reply(asked, answered(given));
        afterwards();
      },
      [this, asked, afterwards](const caf::error& why) {
        fail(asked, why);
        afterwards();
      });
}

// Silence is an answer as well; a broker that has ended is not.
void session_shell::fail(asked_letter asked, const caf::error& why) {
  if (is_answer(why) || why == caf::sec::request_timeout)
    reply(asked, from_caf(why));
  else if (client.link)
    leave_with_broker(self, client.link);
}

// The link hears of the door before the client does, so no letter misses it.
const door& session_shell::door_to(const messages::queue_info& queue) {
  auto [found, is_new] = doors.try_emplace(queue.name);
  if (!is_new)
    return found->second;
  auto number = ++last_number;
  auto address = postal_address{client.link, number, client.most_bytes};
  auto actor =
    spawn_door(self->system(), {client_name, queue.name, as<queue_actor>(queue.queue),
                                options->broker, address, options->access, options->clock});
  compat::send(self, client.link, messages::route{number, actor});
  found->second = {number, std::move(actor)};
  return found->second;
}

bool session_shell::allows(permission what, const std::string& queue, asked_letter asked) {
  auto allowed = options->access->allows(client_name, what, queue);
  if (!allowed)
    reply(asked, allowed.why());
  return allowed.ok();
}

void session_shell::reply(asked_letter asked, const auto& message) {
  if (client.link)
    answer(self, client, asked, message);
}

caf::behavior session_behavior(session_self* self, const session_options& options) {
  return compat::state(self).start(options);
}

} // namespace

caf::actor spawn_session(caf::actor_system& system, session_options options) {
  return system.spawn(session_behavior, std::move(options));
}

} // namespace ferry::actors
