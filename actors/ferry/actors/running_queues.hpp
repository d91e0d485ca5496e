// The queues of a broker that run: their actors, and what each begins and goes on with.

#pragma once

#include "ferry/actors/broker_actor.hpp"
#include "ferry/actors/protocol/declaring.hpp"
#include "ferry/actors/queue_actor.hpp"
#include "ferry/persistence/kept_queues.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ferry::actors {

/// Starts queues, and has them live on over an opening of the journal.
///
/// Threads     The broker's only.
class running_queues {
public:
  running_queues(broker_actor::pointer self, const broker_links& links)
    : self_(self),
      links_(links) {
  }

  // -- modifiers --------------------------------------------------------------

  /// Starts a queue.
  /// Expects   that the queue runs which takes its dead letters
  void run(persistence::stored_queue stored);

  /// Forgets `name`, which is to be stopped; returns null where it does not run.
  [[nodiscard]] queue_actor take(const std::string& name);

  /// Tells the queues that have rows that the journal failed: those that had nothing in
  /// the failed commit hear of it here.
  void tell_of_failure(const error& why, epoch opened);

  /// Has the queues go on with what the journal `kept`, which is open again. Returns the
  /// names of those whose rows are not there; they stay refused.
  [[nodiscard]] std::vector<std::string> go_on(epoch opened, persistence::kept_queues& kept);

  // -- properties -------------------------------------------------------------

  /// By their names.
  [[nodiscard]] const std::map<std::string, messages::queue_info>& all() const noexcept {
    return queues_;
  }

  /// The opening of the journal in which they write.
  [[nodiscard]] epoch opened() const noexcept {
    return links_.opened;
  }

private:
  [[nodiscard]] queue_links links_of(const persistence::stored_queue& stored) const;
  [[nodiscard]] queue_start start_of(persistence::stored_queue stored);

  broker_actor::pointer self_;
  broker_links links_;
  std::map<std::string, messages::queue_info> queues_;
};

} // namespace ferry::actors
