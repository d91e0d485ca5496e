#include "ferry/actors/queue_messenger.hpp"

#include "ferry/actors/answers.hpp"
#include "ferry/actors/protocol/journaling.hpp"
#include "ferry/actors/protocol/reading.hpp"
#include "ferry/actors/protocol/signalling.hpp"

#include <memory>
#include <utility>
#include <variant>

namespace ferry::actors {

queue_messenger::queue_messenger(queue_actor::pointer self, queue_links links,
                                 const queue_start& from, queue_replies replies)
  : self_(self),
    links_(std::move(links)),
    id_(from.id),
    opened_(from.opened),
    replies_(std::move(replies)) {
}

void queue_messenger::carry_out(effect_list& effects, const command_context& of) {
  command_ = of;
  for (auto& item : effects)
    std::visit([this](auto& e) { run(e); }, item);
  effects.clear();
  hand_over();
  send_letters();
  command_ = {};
}

// -- the journal ----------------------------------------------------------------------

void queue_messenger::run(effects::persist& e) {
  auto batch = std::make_shared<persistence::write_batch>();
  batch->queue = id_;
  batch->records = std::move(e.records);
  compat::send(self_, links_.journal,
               messages::write{me(), e.ticket, std::move(batch), opened_, command_.how});
}

void queue_messenger::run(effects::load& e) {
  compat::send(self_, links_.reader, messages::load{me(), id_, e, opened_});
}

void queue_messenger::run(effects::charged&) {
  if (links_.charged)
    links_.charged();
}

// -- producers ------------------------------------------------------------------------

void queue_messenger::run(effects::confirm& e) {
  if (e.is_held)
    if (auto producer = questions_.asker_of<messages::receipt>(e.question))
      held_.add(e.outcome.session, producer);
  questions_.answer(e.question, messages::receipt{std::move(e.outcome)});
}

void queue_messenger::run(effects::let_publish& e) {
  held_.tell(self_, e.session);
}

void queue_messenger::run(effects::refuse& e) {
  questions_.refuse(e.question, to_caf(e.why));
}

// -- consumers ------------------------------------------------------------------------

void queue_messenger::subscribe(consumer_id consumer, const caf::actor& receiver) {
  receivers_.add(consumer, as<delivery_receiver>(receiver));
  compat::send(self_, links_.supervisor, messages::watch{me(), consumer, receiver});
}

void queue_messenger::run(effects::deliver& e) {
  receivers_.gather(e);
}

void queue_messenger::hand_over() {
  receivers_.hand_over([this](const delivery_receiver& receiver, consumer_id consumer,
                              std::vector<delivered_run> runs) {
    compat::send(self_, receiver, messages::delivery{consumer, std::move(runs)});
  });
}

void queue_messenger::run(effects::settled& e) {
  questions_.answer(e.question, messages::settled{e.outcome});
}

void queue_messenger::run(effects::unsubscribed& e) {
  questions_.answer(e.question, messages::unsubscribed{});
}

// -- the supervisor -------------------------------------------------------------------

void queue_messenger::run(effects::wake_at& e) {
  compat::send(self_, links_.supervisor, messages::wake_at{me(), e.when});
}

void queue_messenger::run(effects::ask_turn&) {
  compat::send(self_, links_.supervisor, messages::ask_turn{me()});
}

void queue_messenger::run(effects::end_turn&) {
  compat::send(self_, links_.supervisor, messages::end_turn{me()});
}

// -- other queues ---------------------------------------------------------------------

void queue_messenger::run(effects::bury& e) {
  letters_.push_back(std::move(e.message));
}

void queue_messenger::send_letters() {
  if (letters_.empty())
    return;
  auto sequences = std::vector<sequence_number>{};
  for (const auto& item : letters_)
    sequences.push_back(item.sequence);
  auto ended = [this, sequences, asked_in = life_](bool succeeded) {
    if (asked_in == life_)
      replies_.burials_ended(sequences, succeeded);
  };
  compat::request(self_, links_.dead_letters,
                  messages::bury{links_.origin, std::exchange(letters_, {}), opened_})
    .then([ended](const messages::buried&) { ended(true); },
          [ended](const caf::error&) { ended(false); });
}

void queue_messenger::run(effects::buried& e) {
  questions_.answer(e.question, messages::buried{});
}

// The target's answer may be as late as its disk: were it given up, the messages
// could be ready here and stored there. A target that ended answers at once.
void queue_messenger::run(effects::move& e) {
  auto ended = [this, question = e.question, asked_in = life_](const error& why) {
    if (asked_in == life_)
      replies_.move_ended(question, why);
  };
  compat::request(self_, command_.move_target,
                  messages::bury{links_.origin, std::move(e.letters), opened_})
    .then([ended](const messages::buried&) { ended({}); },
          [ended](const caf::error& why) { ended(from_caf(why)); });
}

void queue_messenger::run(effects::moved& e) {
  questions_.answer(e.question, messages::moved{e.outcome});
}

// -- another life ---------------------------------------------------------------------

void queue_messenger::begin_anew(epoch opened) {
  use_opening(opened);
  ++life_;
  held_.tell_all(self_);
}

void queue_messenger::end_subscriptions() {
  for (const auto& [consumer, receiver] : receivers_.take_all())
    compat::send(self_, receiver, messages::resubscribe{consumer});
}

} // namespace ferry::actors
