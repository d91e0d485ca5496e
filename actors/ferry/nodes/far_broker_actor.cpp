#include "ferry/nodes/far_broker_actor.hpp"

#include "ferry/actors/stop_questions.hpp"
#include "ferry/nodes/answering.hpp"
#include "ferry/nodes/far_queue_actor.hpp"
#include "ferry/nodes/question_book.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <random>
#include <utility>
#include <vector>

namespace ferry::actors {

namespace {

using info_promise = caf::typed_response_promise<messages::queue_info>;
using report_promise = caf::typed_response_promise<messages::journal_report>;
using join_promise = caf::typed_response_promise<messages::joined>;

/// A queue that this node uses, and how it asked for it.
struct known_queue {
  far_queue_actor actor;
  std::optional<queue_config> declared_as; // `nullopt`: it was found
};

bool is_refusal(const error& why) {
  return why.code == errc::wrong_peer || why.code == errc::not_permitted
         || why.code == errc::not_trusted || why.code == errc::invalid_argument;
}

constexpr auto ask_again_after = std::chrono::seconds{1}; // for a queue

struct far_broker_shell {
  explicit far_broker_shell(far_broker_actor::pointer selfptr) : self(selfptr) {
    // CAF builds the state before the arguments arrive; start() finishes it
  }

  far_broker_actor::behavior_type start(const far_broker_options& given);

  // -- commands ---------------------------------------------------------------

  info_promise declare(const messages::declare& m);
  info_promise find(const messages::find& m);
  report_promise ask_journal(const messages::ask_journal& m);
  join_promise join();
  stop_questions::promise stop();

  template <class Answer, class Question>
  caf::typed_response_promise<Answer> forward(const Question& asked);

  /// Sends a question that is open in the book.
  template <class Question>
  void put(question_id question, const Question& asked) {
    if (auto why = post(self, address, question, asked); why.code != errc::none)
      questions.fail(question, why);
  }

  template <class Question>
  info_promise ask_for_queue(const Question& asked, std::optional<queue_config> config);

  known_queue& remember(const messages::far_queue& queue, std::optional<queue_config> config);
  void ask_again(const std::string& queue, const known_queue& known);
  void ask_later(const std::string& queue);

  // -- the link ---------------------------------------------------------------

  void dial_next(const error& why);
  void wake(const messages::wake& m);
  void take(const messages::dialed& m);
  void open(const messages::link_opened& m);
  void lose(const messages::link_cut& m);
  void retry(const error& why, const std::string& text);
  void take(const messages::mail& m);
  void unbind_all(const error& why);
  void end(const error& why);
  void leave();
  void report(const std::string& text) const;

  [[nodiscard]] bool is_open() const noexcept {
    return address.link != nullptr;
  }

  [[nodiscard]] time_point now() const {
    return options->clock.now(self);
  }

  [[nodiscard]] double random() {
    return std::generate_canonical<double, 32>(randomness);
  }

  far_broker_actor::pointer self;
  std::optional<far_broker_options> options;
  std::optional<reconnect_policy> reconnect;
  std::minstd_rand randomness;
  std::size_t dialing = 0;      // the address in the list
  std::uint64_t generation = 0; // a wake of an older generation is ignored
  link_actor link;              // also before it is open
  postal_address address;       // its link is null while none is open
  std::string peer;             // for people
  error disconnected;           // why there is no link
  bool is_over = false;         // refused, given up, or stopped: there will be none
  question_book questions;
  std::map<std::string, known_queue> queues;
  std::vector<std::string> refused_for_now; // by the broker of the open link
  std::vector<join_promise> joining;
  stop_questions stopping;

  static inline const char* name = "ferry.far_broker";
};

far_broker_actor::behavior_type far_broker_shell::start(const far_broker_options& given) {
  options = given;
  randomness.seed(static_cast<std::minstd_rand::result_type>(given.seed));
  reconnect.emplace(now(), given.addresses.size(), given.reconnect);
  compat::survive_errors(self);
  compat::on_exit(self, [this](const caf::error&) { leave(); });
  dial_next({errc::disconnected, "the broker was not reached yet"});
  return {
    [this](const messages::declare& m) { return declare(m); },
    [this](const messages::find& m) { return find(m); },
    [this](const messages::close_queue& m) { return forward<messages::stopped>(m); },
    [this](const messages::list_queues& m) { return forward<messages::queue_names>(m); },
    [this](const messages::redrive& m) { return forward<messages::redriven>(m); },
    [this](const messages::ask_journal& m) { return ask_journal(m); },
    [this](const messages::join&) { return join(); },
    [this](const messages::dialed& m) { take(m); },
    [this](const messages::link_opened& m) { open(m); },
    [this](const messages::link_cut& m) { lose(m); },
    [this](const messages::mail& m) { take(m); },
    [this](const messages::wake& m) { wake(m); },
    [this](const messages::stop&) { return stop(); },
  };
}

// -- commands -------------------------------------------------------------------------

template <class Answer, class Question>
caf::typed_response_promise<Answer> far_broker_shell::forward(const Question& asked) {
  auto promise = self->make_response_promise<Answer>();
  if (is_open())
    put(questions.open<Answer>(promise), asked);
  else
    promise.deliver(to_caf(disconnected));
  return promise;
}

info_promise far_broker_shell::declare(const messages::declare& m) {
  return ask_for_queue(m, m.config);
}

info_promise far_broker_shell::find(const messages::find& m) {
  return ask_for_queue(m, std::nullopt);
}

template <class Question>
info_promise far_broker_shell::ask_for_queue(const Question& asked,
                                             std::optional<queue_config> config) {
  auto promise = self->make_response_promise<messages::queue_info>();
  if (!is_open()) {
    promise.deliver(to_caf(disconnected));
    return promise;
  }
  auto question = questions.open<messages::far_queue>(
    [this, promise, config](const messages::far_queue& found) mutable {
      auto& known = remember(found, config);
      promise.deliver(messages::queue_info{
        found.name, found.config, caf::actor_cast<caf::actor>(known.actor), queue_id::none});
    },
    [promise](const caf::error& why) mutable { promise.deliver(why); });
  put(question, asked);
  return promise;
}

// The link hears of the queue before the queue does, so no letter misses it.
known_queue& far_broker_shell::remember(const messages::far_queue& queue,
                                        std::optional<queue_config> config) {
  auto [found, is_new] = queues.try_emplace(queue.name);
  auto& known = found->second;
  if (is_new)
    known.actor =
      spawn_far_queue(self->system(), {queue.name, options->supervisor, options->clock});
  if (config)
    known.declared_as = std::move(config);
  compat::send(self, address.link,
               messages::route{queue.number, caf::actor_cast<caf::actor>(known.actor)});
  compat::send(
    self, known.actor,
    messages::bind{caf::actor_cast<caf::actor>(address.link), queue.number, address.most_bytes});
  return known;
}

// A memory queue is gone with the process that held it: whoever declared it does so
// again.
void far_broker_shell::ask_again(const std::string& queue, const known_queue& known) {
  auto question = questions.open<messages::far_queue>(
    [this](const messages::far_queue& found) { remember(found, std::nullopt); },
    [this, queue](const caf::error& why) {
      if (!is_open())
        return;
      compat::send(self, queues.at(queue).actor, messages::unbind{from_caf(why)});
      if (is_passing(why))
        ask_later(queue);
    });
  if (known.declared_as)
    put(question, messages::declare{queue, *known.declared_as});
  else
    put(question, messages::find{queue});
}

// The broker's journal is opened again, and nobody tells us.
void far_broker_shell::ask_later(const std::string& queue) {
  refused_for_now.push_back(queue);
  if (refused_for_now.size() == 1)
    compat::send_after(self, ask_again_after, far_broker_actor{self}, messages::wake{++generation});
}

report_promise far_broker_shell::ask_journal(const messages::ask_journal& m) {
  auto promise = self->make_response_promise<messages::journal_report>();
  if (!is_open()) {
    promise.deliver(to_caf(disconnected));
    return promise;
  }
  auto question = questions.open<messages::far_journal>(
    [promise](const messages::far_journal& given) mutable { promise.deliver(from_wire(given)); },
    [promise](const caf::error& why) mutable { promise.deliver(why); });
  put(question, m);
  return promise;
}

join_promise far_broker_shell::join() {
  auto promise = self->make_response_promise<messages::joined>();
  if (is_open())
    promise.deliver(messages::joined{peer});
  else if (is_over)
    promise.deliver(to_caf(disconnected));
  else
    joining.push_back(promise);
  return promise;
}

// -- the link -------------------------------------------------------------------------

void far_broker_shell::dial_next(const error& why) {
  disconnected = why;
  auto next = reconnect->next(now(), random());
  if (!next) {
    end({errc::closed, why.text
                         + "; no link for as long as reconnect_config::give_up_after "
                           "allows, connect again"});
    return;
  }
  dialing = next->address;
  auto wait = std::max(next->when - now(), duration::zero());
  compat::send_after(self, wait, far_broker_actor{self}, messages::wake{++generation});
}

void far_broker_shell::wake(const messages::wake& m) {
  if (m.generation != generation || is_over)
    return;
  if (!is_open())
    return options->dial(options->addresses[dialing], far_broker_actor{self});
  for (const auto& queue : std::exchange(refused_for_now, {}))
    ask_again(queue, queues.at(queue));
}

void far_broker_shell::take(const messages::dialed& m) {
  if (is_over)
    return;
  if (m.stream)
    link = options->make_link(self->system(), {link_side::client, options->link, options->mine,
                                               m.stream->socket.release(), m.stream->slot,
                                               caf::actor_cast<caf::actor>(self), options->clock});
  else
    retry(m.why, m.why.text);
}

void far_broker_shell::open(const messages::link_opened& m) {
  if (self->current_sender() != link)
    return;
  address = {link, broker_number, longest_letter(limits_of(m.peer))};
  peer = m.peer.node;
  reconnect->opened();
  refused_for_now.clear();
  report("connected to broker \"" + peer + "\" at " + options->addresses[dialing]);
  for (const auto& [queue, known] : queues)
    ask_again(queue, known);
  for (auto& promise : std::exchange(joining, {}))
    promise.deliver(messages::joined{peer});
}

void far_broker_shell::lose(const messages::link_cut& m) {
  if (self->current_sender() != link)
    return;
  link = nullptr;
  auto text =
    "the broker at " + options->addresses[dialing] + " is not connected (" + m.why.text + ")";
  if (is_open())
    report(text);
  retry(m.why, text);
}

// Whoever waits for the first link hears of a refusal at once; later, the other node
// may be exchanged for one that does not refuse.
void far_broker_shell::retry(const error& why, const std::string& text) {
  if (is_refusal(why) && !joining.empty())
    return end({why.code, text});
  auto told =
    error{errc::disconnected, text + "; it is dialed again by itself, try it again later"};
  unbind_all(told);
  dial_next(told);
}

void far_broker_shell::unbind_all(const error& why) {
  address = {};
  disconnected = why;
  questions.fail_all(why);
  for (const auto& [queue, known] : queues)
    compat::send(self, known.actor, messages::unbind{why});
}

void far_broker_shell::take(const messages::mail& m) {
  if (!is_open() || self->current_sender() != link)
    return; // of a link that is gone
  for (const auto& item : *m.letters) {
    auto head = head_of(item);
    if (head && questions.answer(*head, item))
      continue;
    compat::send(self, link,
                 messages::cut_link{{errc::wrong_peer, "an answer of the broker cannot be read"}});
    return;
  }
}

void far_broker_shell::end(const error& why) {
  is_over = true;
  unbind_all(why);
  for (auto& promise : std::exchange(joining, {}))
    promise.deliver(to_caf(why));
  report(why.text);
}

stop_questions::promise far_broker_shell::stop() {
  auto promise = stopping.ask(self);
  leave();
  return promise;
}

void far_broker_shell::leave() {
  is_over = true;
  unbind_all({errc::closed, "the connection was closed; connect again"});
  if (link)
    compat::send(self, link, messages::cut_link{{errc::closed, "the client closed its link"}});
  link = nullptr;
  for (const auto& [queue, known] : std::exchange(queues, {}))
    compat::send_anonymously(known.actor, messages::stop{});
  for (auto& waiting : std::exchange(joining, {}))
    waiting.deliver(to_caf(disconnected));
  stopping.answer();
  self->quit();
}

// What a user's function throws must not end the link.
void far_broker_shell::report(const std::string& text) const {
  try {
    if (options->report)
      options->report(text);
  } catch (...) { // documented: it has nowhere to go
  }
}

far_broker_actor::behavior_type
far_broker_behavior(far_broker_actor::stateful_pointer<far_broker_shell> self,
                    const far_broker_options& options) {
  return compat::state(self).start(options);
}

} // namespace

far_broker_actor spawn_far_broker(caf::actor_system& system, far_broker_options options) {
  return system.spawn(far_broker_behavior, std::move(options));
}

} // namespace ferry::actors
