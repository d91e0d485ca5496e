#include "ferry/nodes/far_queue_actor.hpp"

#include "ferry/link/delivery_transit.hpp"
#include "ferry/link/far_consumers.hpp"
#include "ferry/nodes/answering.hpp"
#include "ferry/nodes/gathered_outcome.hpp"
#include "ferry/nodes/question_book.hpp"
#include "ferry/queue/piecewise_page.hpp"
#include "ferry/retry/death.hpp"
#include "ferry/retry/shortened.hpp"

#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace ferry::actors {

namespace {

struct far_queue_shell {
  explicit far_queue_shell(far_queue_actor::pointer selfptr) : self(selfptr) {
    // CAF builds the state before the arguments arrive; start() finishes it
  }

  far_queue_actor::behavior_type start(const far_queue_options& given);

  // -- producers and consumers ------------------------------------------------

  using receipt_promise = caf::typed_response_promise<messages::receipt>;
  using subscription_promise = caf::typed_response_promise<messages::subscription>;
  using settled_promise = caf::typed_response_promise<messages::settled>;
  using unsubscribed_promise = caf::typed_response_promise<messages::unsubscribed>;

  /// A page that was sent over this link and is not answered.
  struct sent_page {
    receipt_promise promise;
    session_id session{};
    publish_number first{};
    std::shared_ptr<piecewise_page> pieces; // null where it went as a whole
  };

  receipt_promise publish(const messages::publish& m);
  void send(sent_page page, const messages::publish& m);
  void send_next_piece(sent_page page);
  void finish(sent_page page, const messages::receipt& m);
  bool is_under_way(const publish_request& batch, const receipt_promise& promise);
  void receive(question_id question, const messages::receipt& m);
  void refuse(question_id question, const caf::error& why);
  subscription_promise subscribe(const messages::subscribe& m);
  void subscribed(const messages::subscription& m, const caf::actor& receiver,
                  subscription_promise promise);
  void grant(messages::grant_credit m);
  settled_promise settle(messages::settle m);
  void settle_in_letters(messages::settle m, const std::shared_ptr<gathered_outcome>& whole);
  unsubscribed_promise unsubscribe(messages::unsubscribe m);
  void lose(messages::consumer_lost m);

  template <class Answer, class Question>
  caf::typed_response_promise<Answer> forward(const Question& asked);

  /// Sends a question that is open in the book.
  template <class Question>
  void put(question_id question, const Question& asked) {
    if (auto why = post(self, address, question, asked); why.code != errc::none)
      questions.fail(question, why);
  }

  // -- the link ---------------------------------------------------------------

  void bind(const messages::bind& m);
  void unbind(const error& why);
  void take(const messages::mail& m);
  [[nodiscard]] bool take(const letter& item);
  void hear(messages::room);
  void hear(messages::far_delivery m);
  void hear(messages::resubscribe m);
  void hand_over(consumer_id here, const messages::far_delivery& m);
  void tell_producers();
  void tell_everybody();
  messages::stopped stop();

  [[nodiscard]] bool is_bound() const noexcept {
    return address.link != nullptr;
  }

  far_queue_actor::pointer self;
  std::optional<far_queue_options> options;
  postal_address address; // its link is null while there is none
  error unbound_because;
  question_book questions;
  std::map<question_id, sent_page> pages;
  std::map<session_id, caf::weak_actor_ptr> held; // producers that wait for room or a link
  far_consumers ids;
  std::map<consumer_id, delivery_receiver> receivers;       // by their id here
  std::vector<delivery_receiver> unsubscribed;              // refused while there was no link
  std::multimap<consumer_id, messages::far_delivery> early; // by their id there

  static inline const char* name = "ferry.far_queue";
};

far_queue_actor::behavior_type far_queue_shell::start(const far_queue_options& given) {
  options = given;
  unbound_because = {errc::disconnected, "queue \"" + given.name + "\" is not connected yet"};
  compat::survive_errors(self);
  return {
    [this](const messages::publish& m) { return publish(m); },
    [this](const messages::subscribe& m) { return subscribe(m); },
    [this](const messages::grant_credit& m) { grant(m); },
    [this](const messages::settle& m) { return settle(m); },
    [this](const messages::unsubscribe& m) { return unsubscribe(m); },
    [this](const messages::pause& m) { return forward<messages::paused>(m); },
    [this](const messages::ask_figures& m) { return forward<messages::figures>(m); },
    [this](const messages::browse& m) { return forward<messages::browsed>(m); },
    [this](const messages::consumer_lost& m) { lose(m); },
    [](const messages::wake&) {}, // deadlines are kept where the queue is
    [this](const messages::bind& m) { bind(m); },
    [this](const messages::unbind& m) { unbind(m.why); },
    [this](const messages::mail& m) { take(m); },
    [this](const messages::stop&) { return stop(); },
  };
}

template <class Answer, class Question>
caf::typed_response_promise<Answer> far_queue_shell::forward(const Question& asked) {
  auto promise = self->make_response_promise<Answer>();
  if (is_bound())
    put(questions.open<Answer>(promise), asked);
  else
    promise.deliver(to_caf(unbound_because));
  return promise;
}

// -- producers ------------------------------------------------------------------------

far_queue_shell::receipt_promise far_queue_shell::publish(const messages::publish& m) {
  auto promise = self->make_response_promise<messages::receipt>();
  if (!is_bound()) {
    held[m.batch.session] = caf::actor_cast<caf::weak_actor_ptr>(compat::source_of(promise));
    promise.deliver(to_caf(unbound_because));
    return promise;
  }
  if (m.batch.is_resend && is_under_way(m.batch, promise))
    return promise;
  send({promise, m.batch.session, m.batch.first, nullptr}, m);
  return promise;
}

void far_queue_shell::send(sent_page page, const messages::publish& m) {
  auto question = std::make_shared<question_id>();
  *question = questions.open<messages::receipt>(
    [this, question](const messages::receipt& given) { receive(*question, given); },
    [this, question](const caf::error& why) { refuse(*question, why); });
  auto item = to_letter(address.number, *question, m);
  if (item.bytes.size() <= address.most_bytes) {
    pages.emplace(*question, std::move(page));
    post_letter(self, address, std::move(item));
    return;
  }
  questions.forget(*question);
  page.pieces = std::make_shared<piecewise_page>(m.batch);
  send_next_piece(std::move(page));
}

// The other node may take less than this one; it would end the link over one letter.
void far_queue_shell::send_next_piece(sent_page page) {
  auto fits = [this](const publish_request& request) {
    auto item = to_letter(address.number, question_id::none, messages::publish{request});
    return item.bytes.size() <= address.most_bytes;
  };
  auto why = error{errc::too_large, "a message to queue \"" + options->name
                                      + "\" is larger than a letter to its broker may be (limit "
                                      + std::to_string(address.most_bytes)
                                      + " bytes, headers included); raise link_config::letters "
                                        "there"};
  if (auto piece = page.pieces->next(fits, why))
    return send(std::move(page), {std::move(*piece)});
  auto outcome = messages::receipt{page.pieces->outcome()};
  finish(std::move(page), outcome);
}

// A link loses nothing while it holds: what is on its way is not sent twice, however
// long the answer takes. The producer's newer question gets that answer.
bool far_queue_shell::is_under_way(const publish_request& batch, const receipt_promise& promise) {
  for (auto& [question, page] : pages)
    if (page.session == batch.session && page.first == batch.first) {
      page.promise.deliver(to_caf({errc::disconnected, "the page was sent again"}));
      page.promise = promise;
      return true;
    }
  return false;
}

void far_queue_shell::receive(question_id question, const messages::receipt& m) {
  auto page = std::move(pages.extract(question).mapped());
  if (!page.pieces)
    return finish(std::move(page), m);
  page.pieces->answered(m.outcome);
  send_next_piece(std::move(page));
}

void far_queue_shell::finish(sent_page page, const messages::receipt& m) {
  if (m.outcome.held.code != errc::none)
    held[m.outcome.session] = caf::actor_cast<caf::weak_actor_ptr>(compat::source_of(page.promise));
  page.promise.deliver(m);
}

void far_queue_shell::refuse(question_id question, const caf::error& why) {
  auto page = std::move(pages.extract(question).mapped());
  if (!is_bound())
    held[page.session] = caf::actor_cast<caf::weak_actor_ptr>(compat::source_of(page.promise));
  page.promise.deliver(why);
}

// The queue says that there is room without saying for whom: whoever waits tries.
void far_queue_shell::tell_producers() {
  for (const auto& [session, waiting] : std::exchange(held, {}))
    if (auto producer = caf::actor_cast<producer_actor>(waiting))
      compat::send(self, producer, messages::room{});
}

// -- consumers ------------------------------------------------------------------------

far_queue_shell::subscription_promise far_queue_shell::subscribe(const messages::subscribe& m) {
  auto promise = self->make_response_promise<messages::subscription>();
  auto failed = [this, promise, receiver = m.receiver](const caf::error& why) mutable {
    if (!is_bound())
      unsubscribed.push_back(as<delivery_receiver>(receiver));
    promise.deliver(why);
  };
  if (!is_bound()) {
    failed(to_caf(unbound_because));
    return promise;
  }
  auto question = questions.open<messages::subscription>(
    [this, promise, receiver = m.receiver](const messages::subscription& given) mutable {
      subscribed(given, receiver, promise);
    },
    failed);
  put(question, messages::far_subscribe{m.who});
  return promise;
}

void far_queue_shell::subscribed(const messages::subscription& m, const caf::actor& receiver,
                                 subscription_promise promise) {
  auto here = ids.open(m.consumer);
  receivers.emplace(here, as<delivery_receiver>(receiver));
  compat::send(self, options->supervisor,
               messages::watch{caf::actor_cast<caf::actor>(self), here, receiver});
  promise.deliver(messages::subscription{here});
  auto [first, last] = early.equal_range(m.consumer);
  for (auto at = first; at != last; ++at)
    hand_over(here, at->second);
  early.erase(first, last);
}

void far_queue_shell::grant(messages::grant_credit m) {
  auto there = ids.there(m.consumer);
  if (!there)
    return;
  m.consumer = *there;
  (void)post(self, address, {}, m); // a few bytes
}

// Deliveries of a link that is gone have returned to the queue.
far_queue_shell::settled_promise far_queue_shell::settle(messages::settle m) {
  auto promise = self->make_response_promise<messages::settled>();
  if (auto there = ids.there(m.consumer)) {
    for (auto& item : m.settlements) // the queue keeps no more of them either
      item.reason = shortened(item.reason, longest_reason);
    m.consumer = *there;
    auto whole = std::make_shared<gathered_outcome>(promise);
    settle_in_letters(std::move(m), whole);
    whole->no_more();
  } else {
    promise.deliver(messages::settled{all_stale(m)});
  }
  return promise;
}

// Long reasons of many messages may be more than one letter holds.
void far_queue_shell::settle_in_letters(messages::settle m,
                                        const std::shared_ptr<gathered_outcome>& whole) {
  auto size = to_letter(address.number, question_id::none, m).bytes.size();
  if (size > address.most_bytes && m.settlements.size() > 1) {
    auto middle = m.settlements.begin() + static_cast<std::ptrdiff_t>(m.settlements.size() / 2);
    auto rest = messages::settle{m.consumer, {middle, m.settlements.end()}};
    m.settlements.erase(middle, m.settlements.end());
    settle_in_letters(std::move(m), whole);
    settle_in_letters(std::move(rest), whole);
    return;
  }
  whole->expect_part();
  auto question = questions.open<messages::settled>(
    [whole](const messages::settled& given) { whole->part_settled(given.outcome); },
    [whole](const caf::error& why) { whole->part_failed(why); });
  put(question, m);
}

far_queue_shell::unsubscribed_promise far_queue_shell::unsubscribe(messages::unsubscribe m) {
  auto there = ids.close(m.consumer);
  receivers.erase(m.consumer);
  if (there)
    return forward<messages::unsubscribed>(messages::unsubscribe{*there});
  auto promise = self->make_response_promise<messages::unsubscribed>();
  promise.deliver(messages::unsubscribed{});
  return promise;
}

void far_queue_shell::lose(messages::consumer_lost m) {
  auto there = ids.close(m.consumer);
  receivers.erase(m.consumer);
  if (!there)
    return;
  m.consumer = *there;
  (void)post(self, address, {}, m); // a few ranges
}

// -- the link -------------------------------------------------------------------------

void far_queue_shell::bind(const messages::bind& m) {
  address = {as<link_actor>(m.link), m.number, m.most_bytes};
  tell_everybody();
}

// Who waits for a link tries now, whether there is one or there will be none.
void far_queue_shell::tell_everybody() {
  tell_producers();
  for (const auto& receiver : std::exchange(unsubscribed, {}))
    compat::send(self, receiver, messages::resubscribe{});
}

void far_queue_shell::unbind(const error& why) {
  address = {};
  unbound_because = why;
  early.clear();
  ids.clear();
  questions.fail_all(why);
  for (const auto& [here, receiver] : std::exchange(receivers, {}))
    compat::send(self, receiver, messages::resubscribe{here});
  if (!is_passing(to_caf(why)))
    tell_everybody();
}

void far_queue_shell::take(const messages::mail& m) {
  if (!is_bound() || self->current_sender() != address.link)
    return; // of a link that is gone
  for (const auto& item : *m.letters)
    if (!take(item)) {
      compat::send(self, address.link,
                   messages::cut_link{{errc::wrong_peer, "a letter about queue \"" + options->name
                                                           + "\" cannot be read"}});
      return;
    }
}

bool far_queue_shell::take(const letter& item) {
  if (auto head = head_of(item); head && head->question != question_id::none)
    return questions.answer(*head, item);
  return take_as_one_of<messages::room, messages::far_delivery, messages::resubscribe>(
    item, [this](asked_letter, auto m) {
      hear(std::move(m));
      return true;
    });
}

void far_queue_shell::hear(messages::room) {
  tell_producers();
}

// The lanes of a link are independent, so a delivery may overtake the subscription.
void far_queue_shell::hear(messages::far_delivery m) {
  if (auto here = ids.here(m.what.consumer))
    hand_over(*here, m);
  else if (!ids.was_closed(m.what.consumer))
    early.emplace(m.what.consumer, std::move(m));
}

void far_queue_shell::hand_over(consumer_id here, const messages::far_delivery& m) {
  auto found = receivers.find(here);
  if (found == receivers.end())
    return;
  auto runs = on_this_clock(m.what.runs, m.sent, options->clock.now(self));
  compat::send(self, found->second, messages::delivery{here, std::move(runs)});
}

void far_queue_shell::hear(messages::resubscribe m) {
  auto here = ids.here(m.consumer);
  if (!here)
    return;
  (void)ids.close(*here);
  auto node = receivers.extract(*here);
  if (!node.empty())
    compat::send(self, node.mapped(), messages::resubscribe{*here});
}

messages::stopped far_queue_shell::stop() {
  address = {};
  questions.fail_all({errc::closed, "the connection was closed; connect again"});
  receivers.clear();
  self->quit();
  return {};
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
