#include "ferry/nodes/door_actor.hpp"

#include "ferry/actors/protocol/consuming.hpp"
#include "ferry/actors/protocol/declaring.hpp"
#include "ferry/actors/protocol/operating.hpp"
#include "ferry/actors/protocol/publishing.hpp"
#include "ferry/actors/protocol/signalling.hpp"
#include "ferry/link/delivery_transit.hpp"
#include "ferry/link/printable.hpp"
#include "ferry/link/queue_closing.hpp"
#include "ferry/link/waiting_line.hpp"
#include "ferry/queue/plausible.hpp"

#include <caf/stateful_actor.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <variant>

namespace ferry::actors {

namespace {

template <class Message>
bool is_believable(const Message&) {
  return true;
}

bool is_believable(const messages::publish& m) {
  return is_plausible(m.batch);
}

bool is_believable(const messages::settle& m) {
  return std::ranges::all_of(m.settlements,
                             [](const settlement& item) { return is_plausible(item); });
}

bool is_believable(const messages::consumer_lost& m) {
  return std::ranges::all_of(m.begun,
                             [](const sequence_range& item) { return is_plausible(item); });
}

/// What can only be meant as "for ever" is taken so.
template <class Message>
void make_believable(Message&) {
}

void make_believable(messages::settle& m) {
  for (auto& item : m.settlements)
    make_plausible(item);
}

void make_believable(messages::pause& m) {
  m.wait = made_plausible(m.wait);
}

/// A question whose answer is far longer than itself.
struct long_question {
  asked_letter asked;
  std::variant<messages::browse, messages::ask_figures> what;
};

struct door_shell;

using door_self = caf::stateful_actor<door_shell>;

struct door_shell {
  explicit door_shell(door_self* selfptr) : self(selfptr) {
    // CAF builds the state before the arguments arrive; start() finishes it
  }

  caf::behavior start(const door_options& given);

  void take(const messages::mail& m);
  void take(const letter& item);
  void take(asked_letter asked, messages::publish m);
  void take(asked_letter asked, messages::far_subscribe m);
  void take(asked_letter asked, messages::grant_credit m);
  void take(asked_letter asked, messages::settle m);
  void take(asked_letter asked, messages::unsubscribe m);
  void take(asked_letter asked, messages::consumer_lost m);
  void take(asked_letter asked, messages::pause m);
  void take(asked_letter asked, messages::ask_figures m);
  void take(asked_letter asked, messages::browse m);

  [[nodiscard]] error too_many_consumers() const;
  void hold();
  void go_on();
  void grant_all();
  void grant(consumer_id consumer, credit wanted);
  void ask_in_turn(long_question question);
  void ask_next();

  void deliver(const messages::delivery& m);
  void send(messages::delivery part);
  void give_back(const messages::delivery& single);
  [[nodiscard]] bool may(permission what, asked_letter asked);
  void reply(asked_letter asked, const auto& message);
  void fail(asked_letter asked, const error& why);
  void judge(asked_letter asked, const error& why, std::optional<errc> broker_says);
  void push(const auto& message);
  void give_up(const std::string& text);

  template <class Answer, class Question>
  void forward(asked_letter asked, Question question) {
    forward<Answer>(asked, std::move(question), [] {});
  }

  /// Calls `afterwards` when it is answered.
  template <class Answer, class Question>
  void forward(asked_letter asked, Question question, auto afterwards) {
    compat::request(self, options->queue, std::move(question))
      .then(
        [this, asked, afterwards](const Answer& given) {
          reply(asked, given);
          afterwards();
        },
        [this, asked, afterwards](const caf::error& why) {
          fail(asked, from_caf(why));
          afterwards();
        });
  }

  door_self* self;
  std::optional<door_options> options;
  std::map<consumer_id, credit> consumers; // that this client may settle for, and what
                                           // they want
  std::size_t subscribing = 0;             // consumers that the queue was asked for
  waiting_line<long_question> questions;   // held while too much waits for the client

  static inline const char* name = "ferry.door";
};

caf::behavior door_shell::start(const door_options& given) {
  options = given;
  compat::survive_errors(self);
  compat::on_exception(self, [this](const std::string& text) { give_up(text); });
  return {
    [this](const messages::mail& m) { take(m); },
    [this](const messages::delivery& m) { deliver(m); },
    [this](const messages::resubscribe& m) {
      consumers.erase(m.consumer);
      push(m);
    },
    [this](const messages::room& m) { push(m); },
    [this](const messages::backed_up&) { hold(); },
    [this](const messages::drained&) { go_on(); },
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
  auto take_it = [this](asked_letter asked, auto m) {
    if (!is_believable(m))
      return false;
    make_believable(m);
    take(asked, std::move(m));
    return true;
  };
  if (take_as_one_of<messages::publish, messages::settle, messages::grant_credit,
                     messages::far_subscribe, messages::unsubscribe, messages::consumer_lost,
                     messages::pause, messages::ask_figures, messages::browse>(item, take_it))
    return;
  compat::send(self, options->address.link,
               messages::cut_link{{errc::wrong_peer, "a letter about queue \"" + options->queue_name
                                                       + "\" cannot be read"}});
}

void door_shell::take(asked_letter asked, messages::publish m) {
  if (may(permission::publish, asked))
    forward<messages::receipt>(asked, std::move(m));
}

// The first deliveries may overtake the answer of the queue; the client keeps them.
void door_shell::take(asked_letter asked, messages::far_subscribe m) {
  if (!may(permission::consume, asked))
    return;
  if (consumers.size() + subscribing >= most_consumers)
    return reply(asked, too_many_consumers());
  ++subscribing;
  m.who.name = printable_name(m.who.name);
  auto myself = caf::actor_cast<caf::actor>(self);
  auto wanted = m.who.limit;
  auto was_held = questions.is_held();
  if (was_held)
    m.who.limit = {};
  compat::request(self, options->queue, messages::subscribe{myself, std::move(m.who)})
    .then(
      [this, asked, wanted, was_held](const messages::subscription& given) {
        --subscribing;
        consumers.insert_or_assign(given.consumer, wanted);
        reply(asked, given);
        if (was_held != questions.is_held())
          grant(given.consumer, wanted);
      },
      [this, asked](const caf::error& why) {
        --subscribing;
        fail(asked, from_caf(why));
      });
}

error door_shell::too_many_consumers() const {
  return {errc::invalid_argument, "client \"" + options->client + "\" has "
                                    + std::to_string(most_consumers) + " consumers at queue \""
                                    + options->queue_name
                                    + "\" already; stop some, or connect once more"};
}

void door_shell::take(asked_letter asked, messages::grant_credit m) {
  acknowledge(self, options->address, asked);
  auto found = consumers.find(m.consumer);
  if (found == consumers.end())
    return;
  found->second = m.limit;
  grant(m.consumer, m.limit);
}

// Whoever does not hold them cannot settle them: they are stale to him.
void door_shell::take(asked_letter asked, messages::settle m) {
  if (consumers.contains(m.consumer))
    return forward<messages::settled>(asked, std::move(m));
  reply(asked, messages::settled{all_stale(m)});
}

void door_shell::take(asked_letter asked, messages::unsubscribe m) {
  if (consumers.erase(m.consumer) > 0)
    forward<messages::unsubscribed>(asked, m);
  else
    reply(asked, messages::unsubscribed{});
}

void door_shell::take(asked_letter asked, messages::consumer_lost m) {
  acknowledge(self, options->address, asked);
  if (consumers.erase(m.consumer) > 0)
    compat::send(self, options->queue, std::move(m));
}

void door_shell::take(asked_letter asked, messages::pause m) {
  if (may(permission::administer, asked))
    forward<messages::paused>(asked, m);
}

void door_shell::take(asked_letter asked, messages::ask_figures m) {
  ask_in_turn({asked, m});
}

void door_shell::take(asked_letter asked, messages::browse m) {
  if (may(permission::administer, asked))
    ask_in_turn({asked, std::move(m)});
}

void door_shell::ask_in_turn(long_question question) {
  questions.add(std::move(question));
  ask_next();
}

void door_shell::ask_next() {
  auto question = questions.next();
  if (!question)
    return;
  auto afterwards = [this] {
    questions.answered();
    ask_next();
  };
  if (auto* browse = std::get_if<messages::browse>(&question->what))
    forward<messages::browsed>(question->asked, std::move(*browse), afterwards);
  else
    forward<messages::figures>(question->asked, messages::ask_figures{}, afterwards);
}

// -- a client that does not read ----------------------------------------------------

void door_shell::hold() {
  questions.hold();
  grant_all();
}

void door_shell::go_on() {
  questions.go_on();
  grant_all();
  ask_next();
}

void door_shell::grant_all() {
  for (const auto& [consumer, wanted] : consumers)
    grant(consumer, wanted);
}

// Whatever it wants, it gets nothing more before it has read what it got.
void door_shell::grant(consumer_id consumer, credit wanted) {
  compat::send(self, options->queue,
               messages::grant_credit{consumer, questions.is_held() ? credit{} : wanted});
}

bool door_shell::may(permission what, asked_letter asked) {
  auto allowed = options->access->allows(options->client, what, options->queue_name);
  if (!allowed)
    reply(asked, allowed.why());
  return allowed.ok();
}

void door_shell::reply(asked_letter asked, const auto& message) {
  answer(self, options->address, asked, message);
}

// The queue alone does not know whether it ends for good: its broker may close as well.
void door_shell::fail(asked_letter asked, const error& why) {
  if (why.code != errc::closed)
    return reply(asked, why);
  compat::request(self, options->broker, messages::find{options->queue_name})
    .then([this, asked, why](const messages::queue_info&) { judge(asked, why, errc::none); },
          [this, asked, why](const caf::error& said) {
            judge(asked, why, is_answer(said) ? std::optional{from_caf(said).code} : std::nullopt);
          });
}

void door_shell::judge(asked_letter asked, const error& why, std::optional<errc> broker_says) {
  if (closing_of(broker_says) == closing::of_the_queue)
    reply(asked, why);
  else
    leave_with_broker(self, options->address.link);
}

// However much credit the consumer has, no letter is long.
void door_shell::deliver(const messages::delivery& m) {
  for (auto& part : into_parts(m.runs))
    send({m.consumer, std::move(part)});
}

// The client may take less than this node; it would end the link over one letter.
void door_shell::send(messages::delivery part) {
  auto item = to_letter(options->address.number, question_id::none,
                        messages::far_delivery{options->clock.now(self), part});
  if (item.bytes.size() <= options->address.most_bytes) {
    post_letter(self, options->address, std::move(item));
    return;
  }
  auto halves = halves_of(part.runs);
  if (!halves)
    return give_back(part);
  send({part.consumer, std::move(halves->first)});
  send({part.consumer, std::move(halves->second)});
}

// As if its handler had failed: another consumer may take it, and it ends as a dead
// letter that says why.
void door_shell::give_back(const messages::delivery& single) {
  auto reason = "the message is larger than a letter to client \"" + options->client
                + "\" may be (limit " + std::to_string(options->address.most_bytes)
                + " bytes, headers included); raise link_config::letters there";
  auto failed = settlement{single.runs.front().first_tag, 1, settle_kind::nack, {}, reason};
  compat::request(self, options->queue, messages::settle{single.consumer, {failed}})
    .then([](const messages::settled&) {}, [](const caf::error&) {}); // its deadline comes
}

// What no letter asked for.
void door_shell::push(const auto& message) {
  (void)post(self, options->address, question_id::none, message); // a few bytes
}

// Nobody else would answer the client's letters; it comes again, and meets another door.
void door_shell::give_up(const std::string& text) {
  auto why = error{errc::disconnected,
                   "the broker's side of queue \"" + options->queue_name + "\" failed: " + text};
  compat::send(self, options->address.link, messages::cut_link{why});
}

caf::behavior door_behavior(door_self* self, const door_options& options) {
  return compat::state(self).start(options);
}

} // namespace

caf::actor spawn_door(caf::actor_system& system, door_options options) {
  return system.spawn(door_behavior, std::move(options));
}

} // namespace ferry::actors
