// What the core of a queue wants of others, as messages to them: the half of a queue's
// shell that carries out effects. The other half, queue_actor.cpp, takes what comes.

#pragma once

#include "ferry/actors/handles.hpp"
#include "ferry/actors/protocol/consuming.hpp"
#include "ferry/actors/protocol/moving.hpp"
#include "ferry/actors/protocol/publishing.hpp"
#include "ferry/actors/question_table.hpp"
#include "ferry/actors/queue_actor.hpp"
#include "ferry/actors/receiver_table.hpp"
#include "ferry/actors/waiting_producers.hpp"

#include <functional>
#include <vector>

namespace ferry::actors {

/// Hears what other queues answered, for the core. What the queue asked in a former life
/// is not heard of: it started anew from what is on disk.
struct queue_replies {
  std::function<void(const std::vector<sequence_number>&, bool succeeded)> burials_ended;
  std::function<void(question_id, const error& why)> move_ended; // errc::none: it succeeded
};

/// What the command at hand says beside the core.
struct command_context {
  urgency how = urgency::usual; // of what it writes
  queue_actor move_target = {}; // of a move
};

/// Carries out effects, in their order.
///
/// Threads     The queue's only.
class queue_messenger {
public:
  using questions_asked = question_table<messages::receipt, messages::buried, messages::settled,
                                         messages::unsubscribed, messages::moved>;

  queue_messenger(queue_actor::pointer self, queue_links links, const queue_start& from,
                  queue_replies replies);

  // -- modifiers --------------------------------------------------------------

  /// Empties `effects`. What one command has for a consumer, or for the dead letters, goes
  /// as one message.
  void carry_out(effect_list& effects, const command_context& of);

  /// Begins to deliver to `receiver`, and has it watched.
  void subscribe(consumer_id consumer, const caf::actor& receiver);

  void unsubscribe(consumer_id consumer) {
    receivers_.remove(consumer);
  }

  /// The queue goes on in another opening of the journal.
  void use_opening(epoch opened) noexcept {
    opened_ = opened;
  }

  /// The queue starts anew in another opening: what others still answer to its former
  /// life is not heard of, and producers that were held try again, because the next core
  /// does not know them.
  void begin_anew(epoch opened);

  /// Has all receivers subscribe again.
  void end_subscriptions();

  /// Of clients; they are answered by effects.
  [[nodiscard]] questions_asked& questions() noexcept {
    return questions_;
  }

  // -- properties -------------------------------------------------------------

  [[nodiscard]] const queue_links& links() const noexcept {
    return links_;
  }

  [[nodiscard]] queue_id id() const noexcept {
    return id_;
  }

  [[nodiscard]] epoch opened() const noexcept {
    return opened_;
  }

private:
  void run(effects::persist& e);
  void run(effects::confirm& e);
  void run(effects::let_publish& e);
  void run(effects::settled& e);
  void run(effects::refuse& e);
  void run(effects::deliver& e);
  void run(effects::load& e);
  void run(effects::bury& e);
  void run(effects::buried& e);
  void run(effects::unsubscribed& e);
  void run(effects::charged& e);
  void run(effects::ask_turn& e);
  void run(effects::end_turn& e);
  void run(effects::wake_at& e);
  void run(effects::move& e);
  void run(effects::moved& e);
  void hand_over();
  void send_letters();

  [[nodiscard]] caf::actor me() const {
    return caf::actor_cast<caf::actor>(self_);
  }

  queue_actor::pointer self_;
  queue_links links_;
  queue_id id_;
  epoch opened_;
  queue_replies replies_;
  std::uint64_t life_ = 1; // a queue on disk starts anew with its journal
  questions_asked questions_;
  waiting_producers held_; // by the core
  receiver_table<delivery_receiver> receivers_;
  std::vector<dead_message> letters_; // of the command at hand
  command_context command_;
};

} // namespace ferry::actors
